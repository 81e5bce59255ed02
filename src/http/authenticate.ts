// Who is asking: an app by its API key, or an operator by the admin token. Both come as RFC 6750 bearer.

import type { Context, MiddlewareHandler } from 'hono';
import { equalInConstantTime, sha256, utf8 } from '../lib/digest.ts';
import { problemResponse } from './problem.ts';
import type { HallpassContext } from './request-context.ts';

/** Refuses a forged key before any storage; whether it is in force the ledger says. */
export function requireApiKey(): MiddlewareHandler<HallpassContext> {
  return async function requireApiKey(c, next) {
    const credential = await c.var.services.apiKeys.credentialOf(bearerOf(c));
    if (!credential) return problemResponse(c, { reason: 'unauthenticated' });
    c.set('credential', credential);
    return next();
  };
}

export function requireAdmin(): MiddlewareHandler<HallpassContext> {
  return async function requireAdmin(c, next) {
    const expected = await sha256(utf8(c.var.services.config.adminToken));
    const presented = await sha256(utf8(bearerOf(c)));
    if (!equalInConstantTime(expected, presented)) {
      return problemResponse(c, { reason: 'unauthenticated' });
    }
    return next();
  };
}

function bearerOf(c: Context): string {
  const [, token = ''] = /^Bearer +(\S+) *$/i.exec(c.req.header('Authorization') ?? '') ?? [];
  return token;
}
