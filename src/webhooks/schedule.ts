// When a delivery that failed is tried again: the schedule that Standard Webhooks 1.0.0 recommends.

import { HOUR_MS, type Instant, SECOND_MS } from '../lib/time.ts';

const MINUTE_MS = 60 * SECOND_MS;

/** How long after an attempt that failed the next one is due; the first is due at once. */
const DELAYS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];

/** By how much of itself a delay grows at most: what failed together needn't come back together. */
const JITTER = 0.1;

/**
 * When to try again after so many attempts, the first of them being 1; `undefined` when that was the
 * last. `fraction` is random, from 0 to below 1.
 */
export function nextAttemptAt(
  attempts: number,
  now: Instant,
  fraction: number,
): Instant | undefined {
  const delay = DELAYS_MS[attempts - 1];
  return delay === undefined ? undefined : now + Math.round(delay * (1 + JITTER * fraction));
}
