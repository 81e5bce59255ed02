// Lets pages of any origin ask, without credentials, and read what they need of an answer.

import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

type AnyOriginOptions = {
  readonly allowMethods: string[];
  readonly exposeHeaders: string[];
};

export function anyOrigin(options: AnyOriginOptions): MiddlewareHandler {
  const preflight = cors({ origin: '*', ...options });
  const exposed = options.exposeHeaders.join(',');

  return async function anyOrigin(c, next) {
    if (c.req.method === 'OPTIONS') return preflight(c, next);
    await next();
    // hono/cors sets them before there is an answer, which costs two more to be made.
    c.res.headers.set('Access-Control-Allow-Origin', '*');
    c.res.headers.set('Access-Control-Expose-Headers', exposed);
  };
}
