// Recipients upload through links here.

import { type Context, Hono } from 'hono';
import { wantsCurl } from '../http/accept.ts';
import { anyOrigin } from '../http/any-origin.ts';
import { linkUrl } from '../http/link-url.ts';
import { problemResponse } from '../http/problem.ts';
import { readForm, readJson } from '../http/read-body.ts';
import { CLAIM_HEADER, keepClaim, recipientOf } from '../http/recipient.ts';
import type { HallpassContext } from '../http/request-context.ts';
import { curlConfig, curlDenial } from '../http/upload-by-curl.ts';
import { toIso } from '../lib/time.ts';
import { drawClaim } from '../links/claim.ts';
import { completeUpload } from '../links/complete-upload.ts';
import {
  abortUpload,
  arrivedParts,
  type BegunUpload,
  beginUploadLink,
  findUpload,
  type Sender,
  signParts,
} from '../links/uploads.ts';
import { beginUploadBody, partsBody, uploadOnWire } from '../schemas/upload.ts';

export const uploadRoutes = new Hono<HallpassContext>()
  .use(
    '/:token/uploads/*',
    anyOrigin({
      allowMethods: ['GET', 'POST', 'DELETE'],
      exposeHeaders: [CLAIM_HEADER, 'Retry-After'],
    }),
  )
  .post('/:token/uploads', async (c) => {
    const body = await readForm(c, beginUploadBody);
    if (!body.ok) return problemResponse(c, body.denial);
    const { services } = c.var;
    const { password, filename, ...wish } = body.value;
    const claim = c.req.header(CLAIM_HEADER) ?? drawClaim(services.random);
    const sender = { ...senderOf(c, claim), password };
    // Also of what is refused: a claim whose use was spent may be used again.
    c.header(CLAIM_HEADER, claim);
    const isByCurl = wantsCurl(c);
    const announcement = { wish, filename, isOnePiece: isByCurl };
    const begun = await beginUploadLink(services, sender, announcement);
    if (!begun.ok) {
      const { denial } = begun;
      return problemResponse(c, isByCurl ? curlDenial(denial, urlOf(c), wish.size) : denial);
    }
    keepClaim(c, claim, begun.value.expiresAt);
    if (isByCurl && begun.value.put) return c.text(curlConfig(begun.value.put));
    return c.json(begunOnWire(claim, begun.value), 201);
  })
  .get('/:token/uploads/:id', async (c) => {
    const { services } = c.var;
    const claim = c.req.param('id');
    const found = await findUpload(services, senderOf(c, claim));
    if (!found.ok) return problemResponse(c, found.denial);
    const arrived = await arrivedParts(services, found.value);
    if (!arrived.ok) return problemResponse(c, arrived.denial);
    return c.json(uploadOnWire(claim, found.value.upload, arrived.value));
  })
  .post('/:token/uploads/:id/parts', async (c) => {
    const body = await readJson(c, partsBody);
    if (!body.ok) return problemResponse(c, body.denial);
    const { partNumbers, sha256 } = body.value;
    const wanted = partNumbers.map((partNumber, index) => ({
      partNumber,
      sha256: sha256?.[index],
    }));
    const signed = await signParts(c.var.services, senderOf(c, c.req.param('id')), wanted);
    if (!signed.ok) return problemResponse(c, signed.denial);
    const parts = signed.value.map(({ partNumber, url, headers, expiresAt }) => ({
      ...{ partNumber, method: 'PUT', url, headers },
      expiresAt: toIso(expiresAt),
    }));
    return c.json({ parts });
  })
  .post('/:token/uploads/:id/complete', async (c) => {
    const claim = c.req.param('id');
    const completed = await completeUpload(c.var.services, senderOf(c, claim));
    if (!completed.ok) return problemResponse(c, completed.denial);
    return c.json(uploadOnWire(claim, completed.value));
  })
  .delete('/:token/uploads/:id', async (c) => {
    const claim = c.req.param('id');
    const aborted = await abortUpload(c.var.services, senderOf(c, claim));
    if (!aborted.ok) return problemResponse(c, aborted.denial);
    return c.json(uploadOnWire(claim, aborted.value));
  })
  // `curl -T file`: to where it may be sent without more words, else what to type instead.
  .put('/:token', async (c) => {
    const { services } = c.var;
    const length = c.req.header('Content-Length');
    if (length === undefined) return problemResponse(c, { reason: 'length_required' });
    const claim = c.req.header(CLAIM_HEADER) ?? drawClaim(services.random);
    c.header(CLAIM_HEADER, claim);
    const size = Number(length);
    const begun = await beginUploadLink(services, senderOf(c, claim), {
      wish: { size, contentType: c.req.header('Content-Type') },
      isUnannounced: true,
      isOnePiece: true,
    });
    if (!begun.ok) return problemResponse(c, curlDenial(begun.denial, urlOf(c), size));
    // What was sent already is said again, and not sent again.
    const { upload, put } = begun.value;
    return put ? c.redirect(put.url, 307) : c.json(uploadOnWire(claim, upload));
  });

function urlOf(c: Context<HallpassContext>): string {
  return linkUrl(c.var.services.config, c.req.param('token') ?? '');
}

function senderOf(c: Context<HallpassContext>, claim: string): Sender {
  return { ...recipientOf(c), token: c.req.param('token') ?? '', claim };
}

function begunOnWire(id: string, { upload, put, expiresAt }: BegunUpload) {
  const { state, plan } = upload;
  if (put) {
    const { url, headers } = put;
    return { id, state, method: 'PUT', url, headers, expiresAt: toIso(put.expiresAt) };
  }
  const { partSize, partCount } = plan;
  const parts = partCount > 1 ? { partSize, parts: partCount } : {};
  return { id, state, ...parts, expiresAt: toIso(expiresAt) };
}
