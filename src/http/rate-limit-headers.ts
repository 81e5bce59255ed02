// RateLimit-Policy and RateLimit: draft-ietf-httpapi-ratelimit-headers. Never on redirects, where
// nobody reads them.

import type { Context } from 'hono';
import type { RateState } from '../apps/ports.ts';
import type { RateLimit } from '../links/rate.ts';

/** Says how an API key's rate stands after this request. */
export function setApiRateHeaders(c: Context, rate: RateState | undefined): void {
  if (!rate) return;
  c.header('RateLimit-Policy', `"api-key";q=${rate.requestsPerMinute};w=60`);
  c.header('RateLimit', `"api-key";r=${rate.remaining};t=${rate.resetSeconds}`);
}

/** Says that nothing is left of a link's rate, and when something will be again. */
export function setRateLimitHeaders(
  c: Context,
  refused: { readonly rateLimit: RateLimit; readonly retryAfterSeconds: number },
): void {
  const { limit, windowSeconds } = refused.rateLimit;
  c.header('RateLimit-Policy', `"link";q=${limit};w=${windowSeconds}`);
  c.header('RateLimit', `"link";r=0;t=${refused.retryAfterSeconds}`);
}
