// RateLimit-Policy and RateLimit: draft-ietf-httpapi-ratelimit-headers. Never on redirects, where
// nobody reads them.

import type { Context } from 'hono';
import type { RateLimit } from '../links/rate.ts';

/** Says that nothing is left of a link's rate, and when something will be again. */
export function setRateLimitHeaders(
  c: Context,
  refused: { readonly rateLimit: RateLimit; readonly retryAfterSeconds: number },
): void {
  const { limit, windowSeconds } = refused.rateLimit;
  c.header('RateLimit-Policy', `"link";q=${limit};w=${windowSeconds}`);
  c.header('RateLimit', `"link";r=0;t=${refused.retryAfterSeconds}`);
}
