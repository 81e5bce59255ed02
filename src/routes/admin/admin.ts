// The dashboard of operators: what every page of it has, and what is mounted where.

import { Hono } from 'hono';
import { csrf } from 'hono/csrf';
import { HTTPException } from 'hono/http-exception';
import { problemOnDashboard, refusedForm } from '../../http/admin-page.ts';
import { requireSession } from '../../http/admin-session.ts';
import { logFailure } from '../../http/failure.ts';
import { problemResponse } from '../../http/problem.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { Unavailable } from '../../lib/unavailable.ts';
import { unsentFormPage } from '../../pages/admin/unsent-form-page.tsx';
import type { Config } from '../../services.ts';
import { appPages } from './apps.ts';
import { eventPages } from './events.ts';
import { linkPages } from './links.ts';
import { mintPages } from './mint.ts';
import { overviewPages } from './overview.ts';
import { revokePages } from './revoke-links.ts';
import { signInRoutes } from './sign-in.ts';
import { storePages } from './stores.ts';
import { webhookPages } from './webhooks.ts';

const FORM = 'application/x-www-form-urlencoded';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "frame-ancestors 'none'",
];

export const adminRoutes = new Hono<HallpassContext>()
  .use(async function adminHost(c, next) {
    const { adminHost } = c.var.services.config;
    if (adminHost !== undefined && new URL(c.req.url).host !== adminHost) {
      return problemResponse(c, { reason: 'not_found' });
    }
    c.header('Content-Security-Policy', policyOf(c.var.services.config));
    // Forms are known by their origin, which no-referrer would take from them (Fetch, 3.2.2).
    c.header('Referrer-Policy', 'same-origin');
    return next();
  })
  .use(async function formsOnly(c, next) {
    // What is no form csrf() lets pass, whoever sends it.
    const isForm = (c.req.header('Content-Type') ?? FORM).split(';')[0]?.trim() === FORM;
    const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
    return isForm || isRead ? next() : problemResponse(c, { reason: 'unsupported_media_type' });
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
  .all('*', (c) => problemOnDashboard(c, { reason: 'not_found' }))
  .onError((error, c) => {
    // What csrf() throws.
    if (error instanceof HTTPException && error.status === 403) {
      return problemResponse(c, { reason: 'cross_site' });
    }
    logFailure(error);
    const reason = error instanceof Unavailable ? 'unavailable' : 'internal_error';
    const { fields, caller } = c.var;
    // Nobody is at the dashboard yet, or nobody can be told.
    if (!caller) return problemResponse(c, { reason });
    if (!fields) return problemOnDashboard(c, { reason });
    return refusedForm(c, { reason }, (problem) => unsentFormPage(c.req.path, fields, problem));
  });

/** Access sends whoever is signed out there to its own origin, also after a form. */
function policyOf({ access }: Config): string {
  const targets = ["form-action 'self'", ...(access ? [access.team] : [])].join(' ');
  return [...POLICY, targets].join('; ');
}
