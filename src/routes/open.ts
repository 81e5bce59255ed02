// Recipients open links here.

import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { problemResponse } from '../http/problem.ts';
import type { HallpassContext } from '../http/request-context.ts';
import { openLink } from '../links/open.ts';

const METHODS = 'GET, HEAD, OPTIONS';

export const openRoutes = new Hono<HallpassContext>()
  .use(
    '/:token',
    cors({
      origin: '*',
      allowMethods: ['GET', 'HEAD'],
      exposeHeaders: ['Hallpass-Claim', 'Retry-After'],
    }),
  )
  // Hono answers HEAD here too; it is presigned as HEAD, since S3 signs the method.
  .get('/:token', async (c) => {
    const method = c.req.method === 'HEAD' ? 'HEAD' : 'GET';
    const opened = await openLink(c.var.services, { token: c.req.param('token'), method });
    return opened.ok ? c.redirect(opened.value, 302) : problemResponse(c, opened.denial);
  })
  .all('/:token', (c) => problemResponse(c, { reason: 'method_not_allowed', allow: METHODS }));
