// The one failure that callers tell apart: something we depend on gave no answer, so nothing is known.

/** Thrown when an authority can't answer; becomes 503 with Retry-After. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
