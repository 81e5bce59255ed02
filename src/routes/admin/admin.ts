// The dashboard of operators: what every page of it has, and what is mounted where.

import { Hono } from 'hono';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { requireSession } from '../../http/admin-session.ts';
import { answerFailure } from '../../http/failure.ts';
import { problemResponse } from '../../http/problem.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { appPages } from './apps.ts';
import { eventPages } from './events.ts';
import { linkPages } from './links.ts';
import { mintPages } from './mint.ts';
import { overviewPages } from './overview.ts';
import { revokePages } from './revoke-links.ts';
import { signInRoutes } from './sign-in.ts';
import { storePages } from './stores.ts';
import { webhookPages } from './webhooks.ts';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

export const adminRoutes = new Hono<HallpassContext>()
  .use(async function adminHost(c, next) {
    const { adminHost } = c.var.services.config;
    if (adminHost !== undefined && new URL(c.req.url).host !== adminHost) {
      return problemResponse(c, { reason: 'not_found' });
    }
    c.header('Content-Security-Policy', POLICY);
    // Forms are known by their origin, which no-referrer would take from them (Fetch, 3.2.2).
    c.header('Referrer-Policy', 'same-origin');
    return next();
  })
  .use(csrf())
  .route('/', signInRoutes)
  .use(requireSession())
  .route('/', overviewPages)
  .route('/apps', appPages)
  .route('/links/new', mintPages)
  .route('/links/revoke', revokePages)
  .route('/links', linkPages)
  .route('/events', eventPages)
  .route('/stores', storePages)
  .route('/webhooks', webhookPages)
  .onError((error, c) =>
    // What csrf() throws.
    error instanceof HTTPException && error.status === 403
      ? problemResponse(c, { reason: 'cross_site' })
      : answerFailure(error, c),
  );
