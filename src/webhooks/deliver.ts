// One attempt to deliver a message: a POST, and what became of it. Redirects are not followed and
// answers are not read.

import { withDeadline } from '../lib/deadline.ts';
import { SECOND_MS } from '../lib/time.ts';

/** Standard Webhooks 1.0.0 recommends 15 to 30 s. */
export const TIMEOUT_MS = 15 * SECOND_MS;

const OK = 200;
const NO_LONGER_OK = 300;
const GONE = 410;

/** Why there was no answer, or none was asked for; never what a platform's error says of it. */
export const DELIVERY_ERRORS = [
  'timeout',
  'unreachable',
  'target_not_allowed',
  'secret_not_available',
  'webhook_disabled',
] as const;

export type DeliveryError = (typeof DELIVERY_ERRORS)[number];

export type Outcome =
  | { readonly kind: 'delivered'; readonly status: number }
  /** The endpoint wants nothing any more. */
  | { readonly kind: 'gone'; readonly status: number }
  | { readonly kind: 'failed'; readonly status: number }
  | { readonly kind: 'failed'; readonly error: DeliveryError };

export type Attempt = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export async function deliver(send: typeof fetch, attempt: Attempt): Promise<Outcome> {
  let isLate = false;
  try {
    return await withDeadline(TIMEOUT_MS, async (signal) => {
      signal.addEventListener('abort', () => {
        isLate = true;
      });
      const response = await send(attempt.url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'User-Agent': 'Hallpass-Webhooks',
          ...attempt.headers,
        },
        body: attempt.body,
        redirect: 'manual',
        signal,
      });
      // Nobody waits for the rest of an answer that nobody reads.
      response.body?.cancel().catch(() => {});
      return outcomeOf(response.status);
    });
  } catch {
    return { kind: 'failed', error: isLate ? 'timeout' : 'unreachable' };
  }
}

function outcomeOf(status: number): Outcome {
  if (status >= OK && status < NO_LONGER_OK) return { kind: 'delivered', status };
  return status === GONE ? { kind: 'gone', status } : { kind: 'failed', status };
}
