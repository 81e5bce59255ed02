// The one retry policy of the client: every request may be repeated, since what creates something has
// an Idempotency-Key and a redeem its claim.

export type RetryOptions = {
  /** How often a request is sent at most; 4 by default. */
  readonly attempts?: number | undefined;
  /** Ends the request and any wait for the next try. */
  readonly signal?: AbortSignal | undefined;
};

const ATTEMPTS = 4;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;

/** Too fast, can't tell now, or its twin is still under way: the server says when to come back. */
const PASSING = new Set([429, 502, 503, 504]);

/** Sends until there is an answer that another try would not change. */
export async function sendWithRetry(
  send: () => Promise<Response>,
  { attempts = ATTEMPTS, signal }: RetryOptions,
): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    let wait: number | undefined;
    try {
      const response = await send();
      wait = isPassing(response) ? waitOf(response, attempt) : undefined;
      if (wait === undefined || attempt >= attempts) return response;
      await response.body?.cancel();
    } catch (error) {
      if (signal?.aborted || attempt >= attempts) throw error;
      wait = backoff(attempt);
    }
    await sleep(wait, signal);
  }
}

function isPassing(response: Response): boolean {
  const isTwin = response.status === 409 && response.headers.has('Retry-After');
  return isTwin || PASSING.has(response.status);
}

/** `undefined` when it would take longer than anybody waits for a call. */
function waitOf(response: Response, attempt: number): number | undefined {
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  if (Number.isNaN(seconds)) return backoff(attempt);
  // Not all at the very second that all were told.
  const wait = seconds * 1_000 + Math.random() * FIRST_WAIT_MS;
  return wait > LONGEST_WAIT_MS ? undefined : wait;
}

/** Full jitter, so that those who failed together don't come back together. */
function backoff(attempt: number): number {
  return Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
}

export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
