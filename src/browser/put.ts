// Sends bytes to a presigned URL. XMLHttpRequest, because fetch doesn't tell how much it has sent.

import type { Target } from './gateway.ts';

/** A connection on which nothing moves for as long is lost, though nobody says so. */
const STALL_MS = 60_000;

/** The store's status; `undefined` when there was no answer, as with a lost network. */
export type PutStatus = number | undefined;

/** Throws the signal's reason when it is aborted. `onSent` is told of all that was sent so far. */
export async function put(
  { url, headers }: Target,
  body: Blob,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<PutStatus> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    let stall = setTimeout(abort, STALL_MS);
    request.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) {
      // Browsers say the length by themselves, and refuse to be told.
      if (name.toLowerCase() !== 'content-length') request.setRequestHeader(name, value);
    }
    request.upload.addEventListener('progress', ({ loaded }) => {
      clearTimeout(stall);
      stall = setTimeout(abort, STALL_MS);
      onSent(loaded);
    });
    request.addEventListener('loadend', () => {
      clearTimeout(stall);
      signal.removeEventListener('abort', abort);
      if (signal.aborted) reject(signal.reason);
      else resolve(request.status || undefined);
    });
    signal.addEventListener('abort', abort);
    request.send(body);
  });
}
