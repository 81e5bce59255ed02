// Waiting: for a moment, for the network, and for a gateway that will answer later.

import { SECOND_MS } from '../lib/time.ts';
import type { Asked, Refusal } from './gateway.ts';

const FIRST_DELAY_MS = SECOND_MS;
const LONGEST_DELAY_MS = 15 * SECOND_MS;

/** How often a refusal is asked about again that may pass; `Infinity` for what certainly passes. */
const PATIENCE: Readonly<Record<string, number>> = {
  network: Number.POSITIVE_INFINITY,
  rate_limited: Number.POSITIVE_INFINITY,
  unavailable: 5,
  internal_error: 2,
  store_unavailable: 2,
};

/** Rejects with the signal's reason when it is aborted. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop);
  });
}

/** Longer each time, and not in step with everybody else whose network came back. */
export function backoffMs(tries: number, random = Math.random()): number {
  const delay = Math.min(FIRST_DELAY_MS * 2 ** tries, LONGEST_DELAY_MS);
  return delay * (0.5 + random / 2);
}

/** Until the browser says that it is online again, or for as long as given. */
export async function untilOnline(milliseconds: number, signal: AbortSignal): Promise<void> {
  const isOver = new AbortController();
  const online = () => isOver.abort();
  addEventListener('online', online);
  try {
    await sleep(milliseconds, AbortSignal.any([signal, isOver.signal]));
  } catch {
    signal.throwIfAborted();
  } finally {
    removeEventListener('online', online);
  }
}

/** Asks until there is an answer that won't change by waiting. */
export async function persist<Value>(
  ask: () => Asked<Value>,
  onWait: (phase: 'offline' | 'waiting' | undefined) => void,
  signal: AbortSignal,
): Asked<Value> {
  for (let tries = 0; ; tries++) {
    const asked = await ask();
    const isPassing = !asked.ok && tries < (PATIENCE[asked.denial.reason] ?? 0);
    if (!isPassing) {
      if (tries > 0) onWait(undefined);
      return asked;
    }
    const isNetwork = asked.denial.reason === 'network';
    onWait(isNetwork ? 'offline' : 'waiting');
    if (isNetwork) await untilOnline(backoffMs(tries), signal);
    else await sleep(delayOf(asked.denial, tries), signal);
  }
}

function delayOf({ reason, retryAfterSeconds }: Refusal, tries: number): number {
  if (retryAfterSeconds === undefined) return backoffMs(tries);
  // Of a store it is a guess.
  if (reason === 'store_unavailable') return backoffMs(tries + 2);
  return retryAfterSeconds * SECOND_MS;
}
