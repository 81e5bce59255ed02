// Who is asking: an app by its API key, an operator by the admin token, a monitor by its own. All come as
// RFC 6750 bearer.

import type { Context, MiddlewareHandler } from 'hono';
import type { Caller } from '../apps/caller.ts';
import type { Config } from '../config.ts';
import { equalInConstantTime, sha256, utf8 } from '../lib/digest.ts';
import { problemResponse } from './problem.ts';
import type { HallpassContext } from './request-context.ts';

/** Lets apps and operators in. A forged key is refused before any storage; the rest the ledger does. */
export function requireCaller(): MiddlewareHandler<HallpassContext> {
  return async function requireCaller(c, next) {
    const caller = await callerOf(c);
    if (!caller) return problemResponse(c, { reason: 'unauthenticated' });
    c.set('caller', caller);
    return next();
  };
}

/** Lets operators in. */
export function requireOperator(): MiddlewareHandler<HallpassContext> {
  return async function requireOperator(c, next) {
    const caller = await callerOf(c);
    if (!caller) return problemResponse(c, { reason: 'unauthenticated' });
    if (caller.kind !== 'operator') return problemResponse(c, { reason: 'operators_only' });
    c.set('caller', caller);
    return next();
  };
}

/** Lets monitors in as well, who read what operators do there. */
export function requireMonitor(): MiddlewareHandler<HallpassContext> {
  const operators = requireOperator();
  return async function requireMonitor(c, next) {
    const { metricsToken } = c.var.services.config;
    if (metricsToken === undefined || !(await isToken(metricsToken, bearerOf(c)))) {
      return operators(c, next);
    }
    c.set('caller', { kind: 'operator' });
    return next();
  };
}

async function callerOf(c: Context<HallpassContext>): Promise<Caller | undefined> {
  const { services } = c.var;
  const token = bearerOf(c);
  const credential = await services.apiKeys.credentialOf(token);
  if (credential) return { kind: 'key', credential };
  return (await isAdminToken(services.config, token)) ? { kind: 'operator' } : undefined;
}

function bearerOf(c: Context): string {
  const [, token = ''] = /^Bearer +(\S+) *$/i.exec(c.req.header('Authorization') ?? '') ?? [];
  return token;
}

export function isAdminToken({ adminToken }: Config, text: string): Promise<boolean> {
  return isToken(adminToken, text);
}

async function isToken(token: string, text: string): Promise<boolean> {
  const [expected, presented] = await Promise.all([sha256(utf8(token)), sha256(utf8(text))]);
  return equalInConstantTime(expected, presented);
}
