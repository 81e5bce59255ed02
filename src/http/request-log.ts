// One line of log for each request, and one measurement for each open, redeem, mint and revoke. Both are
// made of what Hallpass itself knows: of what a client sent there is the method and the ray id alone.

import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Caller } from '../apps/caller.ts';
import type { Config } from '../config.ts';
import { log } from '../services.ts';
import { type Noted, notedOf } from './note.ts';
import { recipientOf } from './recipient.ts';
import type { HallpassContext } from './request-context.ts';

/** What is the same for everybody and tells nothing of how Hallpass is used. */
const UNLOGGED = /^\/(?:healthz|docs|[\w-]+\.\w+)?$/;

/** What a request has done that was not refused; of all others it is only known that they were answered. */
const DONE: Readonly<Record<string, string>> = {
  'GET /:token': 'opened',
  'HEAD /:token': 'opened',
  'POST /:token': 'redeemed',
  'PUT /:token': 'redeemed',
  'POST /:token/uploads': 'redeemed',
  'POST /v1/links': 'minted',
  'POST /v1/links/batch': 'minted',
  'POST /admin/links/new': 'minted',
  'DELETE /v1/links/:id': 'revoked',
  'POST /v1/links/revoke': 'revoked',
  'POST /admin/links/:id/revoke': 'revoked',
};

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** https://developers.cloudflare.com/fundamentals/reference/cloudflare-ray-id/ */
const RAY = /^[0-9a-f]{16}(?:-[A-Z]{3})?$/;

export type RequestLine = {
  readonly event: 'request.answered';
  /** The template: a link's path is its token. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  /** What was done, or `refused`, or `failed`. */
  readonly outcome: string;
  readonly reason?: string;
  readonly link?: string;
  readonly app?: string;
  /** In production time stands still while nothing is waited for. */
  readonly durationMs: number;
  readonly ray?: string;
};

export function requestLog(): MiddlewareHandler<HallpassContext> {
  return async function requestLog(c, next) {
    const { clock, config, measure } = c.var.services;
    const startedAt = clock();
    await next();
    // Most requests are worth no line, and none is worth the time to find that out.
    if (!measure && !isWorthALine(c, config.logRequests)) return;
    const route = routeOf(c);
    if (UNLOGGED.test(route)) return;
    const noted = notedOf(c);
    const line = requestLine(c, route, noted, clock() - startedAt);
    if (isWorthALine(c, config.logRequests)) log('log', line);
    if (!measure || DONE[`${line.method} ${route}`] === undefined) return;
    const { country } = recipientOf(c);
    const { app, durationMs } = line;
    for (const [outcome, count] of Object.entries(outcomesOf(line, noted))) {
      measure({ app, route, outcome, country, durationMs, count });
    }
  };
}

function requestLine(
  c: Context<HallpassContext>,
  route: string,
  { link, app, reason, outcome }: Noted,
  durationMs: number,
): RequestLine {
  const caller: Caller | undefined = c.var.caller;
  const { status } = c.res;
  const method = METHODS.has(c.req.method) ? c.req.method : 'OTHER';
  const ray = c.req.header('cf-ray') ?? '';
  const whose = app ?? (caller?.kind === 'key' ? caller.credential.app : undefined);
  return {
    event: 'request.answered',
    route,
    method,
    status,
    outcome: outcomeOf(status, reason, outcome ?? DONE[`${method} ${route}`]),
    ...(reason && { reason }),
    ...(link && { link }),
    ...(whose && { app: whose }),
    durationMs,
    ...(RAY.test(ray) && { ray }),
  };
}

function outcomeOf(status: number, reason: Noted['reason'], done = 'answered'): string {
  if (status < 400) return done;
  // A browser that fetches ahead is refused with 503, and asks again.
  return status >= 500 && reason !== 'prefetch' ? 'failed' : 'refused';
}

/**
 * By default what was refused or failed. A refusal that is about no link and no caller is a stranger's
 * guess: who guesses a million tokens fills no log.
 */
function isWorthALine(c: Context<HallpassContext>, which: Config['logRequests']): boolean {
  if (which !== 'refused') return which === 'all';
  const { status } = c.res;
  const { link, app } = notedOf(c);
  const caller: Caller | undefined = c.var.caller;
  return status >= 500 || (status >= 400 && (link ?? app ?? caller) !== undefined);
}

function outcomesOf({ outcome, reason, status }: RequestLine, noted: Noted) {
  if (status >= 400) return { [reason ?? outcome]: 1 };
  return noted.outcomes ?? { [outcome]: 1 };
}

/** The template of the route that answered, or that would have, had no middleware refused. */
function routeOf(c: Context): string {
  const reached = matchedRoutes(c).slice(c.req.routeIndex);
  const { path } = reached.find((route) => !route.path.endsWith('*')) ?? { path: '/*' };
  return path;
}
