// Operators sign in to the dashboard and out of it here.

import { Hono } from 'hono';
import { endSession, keepSession } from '../../http/admin-session.ts';
import { isAdminToken } from '../../http/authenticate.ts';
import { problemDetails, problemResponse, setProblemHeaders } from '../../http/problem.ts';
import { MAX_BODY_BYTES, readFields } from '../../http/read-body.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { signInPage } from '../../pages/admin/sign-in-page.tsx';
import { unsentFormPage } from '../../pages/admin/unsent-form-page.tsx';
import { log } from '../../services.ts';

/** A form that was kept is encoded once more. */
const MAX_BYTES = 4 * MAX_BODY_BYTES;

export const signInRoutes = new Hono<HallpassContext>()
  .use('/sign-in', async function tokenOnly(c, next) {
    // Where Access stands in front, the admin token opens nothing.
    if (c.var.services.config.access) return problemResponse(c, { reason: 'access_required' });
    return next();
  })
  .get('/sign-in', (c) => c.html(signInPage({ returnTo: safeReturn(c.req.query('returnTo')) })))
  .post('/sign-in', async (c) => {
    const fields = await readFields(c, MAX_BYTES);
    if (!fields.ok) return problemResponse(c, fields.denial);
    const returnTo = safeReturn(fields.value.get('returnTo'));
    const kept = fields.value.get('kept') ?? undefined;

    const { sessions, sessionSecrets, siteHash, config } = c.var.services;
    const isRight = await isAdminToken(config, fields.value.get('token')?.trim() ?? '');
    const secret = isRight ? await sessionSecrets.draw() : undefined;
    const site = await siteHash(c.req.header('CF-Connecting-IP'));
    const begun = await sessions.begin(site, secret?.id);
    if (!begun.ok || !secret) {
      const denial = begun.ok ? ({ reason: 'admin_token_wrong' } as const) : begun.denial;
      log('warn', { event: 'admin.sign_in_refused', reason: denial.reason });
      const { status } = setProblemHeaders(c, denial);
      return c.html(signInPage({ returnTo, kept, problem: problemDetails(denial) }), status);
    }
    keepSession(c, secret.text);
    return kept === undefined
      ? c.redirect(returnTo, 303)
      : c.html(unsentFormPage(returnTo, new URLSearchParams(kept)));
  })
  .post('/sign-out', async (c) => {
    await endSession(c);
    const { access } = c.var.services.config;
    return c.redirect(access ? '/cdn-cgi/access/logout' : '/admin/sign-in', 303);
  });

/** Where nothing else can be told from: no path of the dashboard has this origin. */
const NOWHERE = 'https://hallpass.invalid';

/** A path of the dashboard, whatever was asked for. */
function safeReturn(path: string | null | undefined): string {
  const url = path ? URL.parse(path, NOWHERE) : null;
  const isInside =
    url?.origin === NOWHERE && /^\/admin(?:\/(?!sign-)[\w./-]*)?$/.test(url.pathname);
  return isInside ? url.pathname + url.search : '/admin';
}
