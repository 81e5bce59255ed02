// Recipients open and redeem links here.

import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { wantsJson } from '../http/accept.ts';
import { confirmResponse, refusedRedeem } from '../http/confirm.ts';
import { problemResponse } from '../http/problem.ts';
import { readForm } from '../http/read-body.ts';
import {
  broughtClaim,
  CLAIM_HEADER,
  isPrefetch,
  keepClaim,
  recipientOf,
} from '../http/recipient.ts';
import type { HallpassContext } from '../http/request-context.ts';
import { toIso } from '../lib/time.ts';
import { drawClaim } from '../links/claim.ts';
import { openLink } from '../links/open.ts';
import { redeemBody } from '../schemas/redeem.ts';

const ALLOW = 'GET, HEAD, POST, PUT, OPTIONS';

export const openRoutes = new Hono<HallpassContext>()
  .use(
    '/:token',
    cors({
      origin: '*',
      allowMethods: ['GET', 'HEAD', 'POST'],
      exposeHeaders: [CLAIM_HEADER, 'Retry-After'],
    }),
  )
  // Hono answers HEAD here too; it is presigned as HEAD, since S3 signs the method.
  .get('/:token', async (c) => {
    if (isPrefetch(c)) return problemResponse(c, { reason: 'prefetch' });
    const claim = broughtClaim(c);
    const opened = await openLink(c.var.services, {
      ...recipientOf(c),
      token: c.req.param('token'),
      method: c.req.method === 'HEAD' ? 'HEAD' : 'GET',
      claim,
    });
    if (!opened.ok) return problemResponse(c, opened.denial);
    if (opened.value.kind === 'confirm') return confirmResponse(c, opened.value, claim?.value);
    return c.redirect(opened.value.url, 302);
  })
  .post('/:token', async (c) => {
    const form = await readForm(c, redeemBody);
    if (!form.ok) return problemResponse(c, form.denial);
    const { services } = c.var;
    const claim = c.req.header(CLAIM_HEADER) ?? form.value.claim ?? drawClaim(services.random);
    const opened = await openLink(services, {
      ...recipientOf(c),
      token: c.req.param('token'),
      method: 'GET',
      claim: { value: claim, redeems: true },
      password: form.value.password,
    });
    if (!opened.ok) return refusedRedeem(c, opened.denial, claim);
    if (opened.value.kind === 'confirm') return confirmResponse(c, opened.value, claim);

    const { url, expiresAt, claimEndsAt } = opened.value;
    c.header(CLAIM_HEADER, claim);
    if (wantsJson(c)) return c.json({ url, claim, expiresAt: toIso(expiresAt) });
    if (claimEndsAt !== undefined) keepClaim(c, claim, claimEndsAt);
    return c.redirect(url, 303);
  })
  .all('/:token', (c) => problemResponse(c, { reason: 'method_not_allowed', allow: ALLOW }));
