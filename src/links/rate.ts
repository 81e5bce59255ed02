// The generic cell rate algorithm (GCRA, ITU-T I.371): one instant of memory, exact, no windows that align.

import { type Instant, SECOND_MS } from '../lib/time.ts';

export type RateLimit = {
  readonly limit: number;
  readonly windowSeconds: number;
};

export const DEFAULT_RATE_LIMIT: RateLimit = { limit: 60, windowSeconds: 60 };

export type RateDecision =
  /** `nextFreeAt` is to be kept: when all of the limit is free again. */
  | { readonly ok: true; readonly nextFreeAt: Instant }
  | { readonly ok: false; readonly retryAfterSeconds: number };

/** Takes one of `limit` in any `windowSeconds`. A request sent after `retryAfterSeconds` passes. */
export function takeRate(
  rate: RateLimit,
  nextFreeAt: Instant | undefined,
  now: Instant,
): RateDecision {
  const windowMs = rate.windowSeconds * SECOND_MS;
  // More than a window away it is of another limit or another clock: then the rate begins anew.
  const isOfThisRate = nextFreeAt !== undefined && nextFreeAt <= now + windowMs + 1;
  const next = Math.max(isOfThisRate ? nextFreeAt : now, now) + windowMs / rate.limit;
  const waitMs = next - windowMs - now;
  // Fractions of a millisecond must not add up to a refusal at the very instant that was promised.
  if (waitMs <= 0.001) return { ok: true, nextFreeAt: next };
  return { ok: false, retryAfterSeconds: Math.ceil(waitMs / SECOND_MS) };
}
