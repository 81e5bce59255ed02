// Who is at the dashboard: an operator who signed in with the admin token, or whom Cloudflare Access let in.

import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { signInPage } from '../pages/admin/sign-in-page.tsx';
import { isLetInByAccess } from './access.ts';
import { problemResponse } from './problem.ts';
import { readFields } from './read-body.ts';
import type { HallpassContext } from './request-context.ts';

const COOKIE = 'hallpass_session';
/** `__Host-`: sent to this host alone, and set by no other (RFC 6265bis, 4.1.3.2). */
const HOST_ONLY = 'host';

/** What pages ask for while nobody may be there. */
const BY_THEMSELVES = ['/admin/events/new', '/admin/links/revoke/result'];

type AdminContext = Context<HallpassContext>;

/** Lets operators in; everybody else signs in first, and comes back to the same page or form. */
export function requireSession(): MiddlewareHandler<HallpassContext> {
  return async function requireSession(c, next) {
    const { access } = c.var.services.config;
    if (access) {
      const assertion = c.req.header('Cf-Access-Jwt-Assertion');
      const isLetIn = await isLetInByAccess(assertion, access, c.var.services.clock());
      if (!isLetIn) return problemResponse(c, { reason: 'access_required' });
    } else if (!(await isSignedIn(c))) {
      return askToSignIn(c);
    }
    c.set('caller', { kind: 'operator' });
    return next();
  };
}

export function keepSession(c: AdminContext, secret: string): void {
  // Without an age: it ends with the browser, and before that when the server says so.
  setCookie(c, COOKIE, secret, { prefix: HOST_ONLY, httpOnly: true, sameSite: 'Strict' });
}

/** Ends the session for everybody who has its cookie. */
export async function endSession(c: AdminContext): Promise<void> {
  const id = await sessionOf(c);
  deleteCookie(c, COOKIE, { prefix: HOST_ONLY });
  if (id !== undefined) await c.var.services.sessions.end(id);
}

/** A forged cookie is refused by computation alone. */
async function isSignedIn(c: AdminContext): Promise<boolean> {
  const id = await sessionOf(c);
  const isByHand = !BY_THEMSELVES.includes(c.req.path);
  return id !== undefined && (await c.var.services.sessions.see(id, isByHand));
}

async function sessionOf(c: AdminContext): Promise<string | undefined> {
  const secret = getCookie(c, COOKIE, HOST_ONLY);
  return secret === undefined ? undefined : c.var.services.sessionSecrets.read(secret);
}

async function askToSignIn(c: AdminContext): Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  const returnTo = pathname + search;
  if (c.req.method === 'GET' || c.req.method === 'HEAD') {
    return c.redirect(`/admin/sign-in?${new URLSearchParams({ returnTo })}`, 303);
  }
  const fields = await readFields(c);
  if (!fields.ok) return problemResponse(c, fields.denial);
  return c.html(signInPage({ returnTo, kept: fields.value.toString() }), 401);
}
