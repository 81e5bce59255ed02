// Recipients open and redeem links here.

import { Hono } from 'hono';
import { wantsJson, wantsPage } from '../http/accept.ts';
import { anyOrigin } from '../http/any-origin.ts';
import { confirmResponse, refusedRedeem } from '../http/confirm.ts';
import { objectResponse } from '../http/object-response.ts';
import { problemResponse } from '../http/problem.ts';
import { readForm } from '../http/read-body.ts';
import {
  askedOfObject,
  broughtClaim,
  CLAIM_HEADER,
  isPrefetch,
  keepClaim,
  openRequest,
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
    anyOrigin({
      allowMethods: ['GET', 'HEAD', 'POST'],
      exposeHeaders: [
        CLAIM_HEADER,
        'Retry-After',
        'Accept-Ranges',
        'Content-Disposition',
        'Content-Range',
        'ETag',
      ],
    }),
  )
  // Hono answers HEAD here too; it is presigned as HEAD, since S3 signs the method.
  .get('/:token', async (c) => {
    if (isPrefetch(c)) return problemResponse(c, { reason: 'prefetch' });
    const claim = broughtClaim(c);
    const request = openRequest(c, {
      token: c.req.param('token'),
      method: c.req.method === 'HEAD' ? 'HEAD' : 'GET',
      claim,
      asked: askedOfObject(c),
    });
    const opened = await openLink(c.get('services'), request);
    if (!opened.ok) return problemResponse(c, opened.denial);
    const { value } = opened;
    if (value.kind === 'confirm') return confirmResponse(c, value, claim?.value);
    if (value.kind === 'object') return objectResponse(c, value);
    return c.redirect(value.kind === 'url' ? value.url : c.req.path, 302);
  })
  .post('/:token', async (c) => {
    const form = await readForm(c, redeemBody);
    if (!form.ok) return problemResponse(c, form.denial);
    const services = c.get('services');
    const claim = c.req.header(CLAIM_HEADER) ?? form.value.claim ?? drawClaim(services.random);
    const request = openRequest(c, {
      token: c.req.param('token'),
      method: 'GET',
      claim: { value: claim, redeems: true },
      password: form.value.password,
      // A browser comes back with its cookie, and may then resume; a program keeps none.
      asked: wantsPage(c) || wantsJson(c) ? undefined : {},
    });
    const opened = await openLink(services, request);
    if (!opened.ok) {
      // What was spent all the same is there for whoever comes back with it.
      if (opened.denial.reason === 'store_unavailable') c.header(CLAIM_HEADER, claim);
      return refusedRedeem(c, opened.denial, claim);
    }
    const { value } = opened;
    if (value.kind === 'confirm') return confirmResponse(c, value, claim);

    if (value.kind === 'object') return objectResponse(c, value, { [CLAIM_HEADER]: claim });
    c.header(CLAIM_HEADER, claim);
    const { expiresAt, claimEndsAt } = value;
    if (wantsJson(c)) {
      const url = value.kind === 'url' ? value.url : new URL(c.req.path, c.req.url).href;
      return c.json({ url, claim, expiresAt: toIso(expiresAt) });
    }
    if (claimEndsAt !== undefined) keepClaim(c, claim, claimEndsAt);
    return c.redirect(value.kind === 'url' ? value.url : c.req.path, 303);
  })
  .all('/:token', (c) => problemResponse(c, { reason: 'method_not_allowed', allow: ALLOW }));
