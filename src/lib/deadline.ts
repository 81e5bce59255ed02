// Work that is given up after a while.

/**
 * Runs work with a signal that aborts it. Not `AbortSignal.timeout`, whose timer goes on after the work is
 * done and keeps a Durable Object awake.
 */
export async function withDeadline<Value>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), milliseconds);
  try {
    return await work(abort.signal);
  } finally {
    clearTimeout(timer);
  }
}
