// Calls of Durable Objects: a time limit, one retry where the platform allows it, one kind of failure.

import { inTime } from '../lib/in-time.ts';
import { Unavailable } from '../lib/unavailable.ts';

/** How long each kind of object may take: longer than whatever it waits for itself. */
const TIMEOUTS_MS = {
  gate: 3_000,
  outbox: 3_000,
  sessions: 3_000,
  ledger: 8_000,
  directory: 12_000,
};

type ObjectKind = keyof typeof TIMEOUTS_MS;

/**
 * Calls an object by a fresh stub. Safe only for calls that may be repeated.
 * https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
 */
export async function callObject<Stub, Answer>(
  kind: ObjectKind,
  stubOf: () => Stub,
  call: (stub: Stub) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await withTimeout(kind, call(stubOf()));
  } catch (error) {
    if (!isRetryable(error)) throw unavailable(kind, error);
  }
  try {
    return await withTimeout(kind, call(stubOf()));
  } catch (error) {
    throw unavailable(kind, error);
  }
}

/** An overloaded object would only be loaded more. */
function isRetryable(error: unknown): boolean {
  const { retryable, overloaded } = error as { retryable?: boolean; overloaded?: boolean };
  return retryable === true && overloaded !== true;
}

function unavailable(kind: ObjectKind, cause: unknown): Unavailable {
  return cause instanceof Unavailable
    ? cause
    : new Unavailable(`the ${kind} gave no answer`, { cause });
}

function withTimeout<Answer>(kind: ObjectKind, answer: Promise<Answer>): Promise<Answer> {
  return inTime(TIMEOUTS_MS[kind], answer, () => new Unavailable(`the ${kind} took too long`));
}
