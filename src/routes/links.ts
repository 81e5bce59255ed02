// Apps mint, inspect and revoke links here.

import { Hono } from 'hono';
import { requireApiKey } from '../http/authenticate.ts';
import { readIdempotency } from '../http/idempotency-key.ts';
import { problemResponse } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { deferTo, type HallpassContext } from '../http/request-context.ts';
import type { LinkId } from '../links/link.ts';
import { mintLink } from '../links/mint.ts';
import { linkOnWire, mintBody } from '../schemas/link.ts';

export const linkRoutes = new Hono<HallpassContext>()
  .use(requireApiKey())
  .post('/', async (c) => {
    const terms = await readBody(c, mintBody);
    if (!terms.ok) return problemResponse(c, terms.denial);
    const idempotency = await readIdempotency(c, terms.value);
    if (!idempotency.ok) return problemResponse(c, idempotency.denial);

    const { services, credential } = c.var;
    const minted = await mintLink({ ...services, defer: deferTo(c) }, credential, {
      terms: terms.value,
      idempotency: idempotency.value,
    });
    if (!minted.ok) return problemResponse(c, minted.denial);

    const { link, token } = minted.value;
    const { id, ...shown } = linkOnWire(link, services.clock());
    const url = `${services.config.publicUrl}/${token}`;
    return c.json({ id, url, ...shown }, 201, { Location: `/v1/links/${id}` });
  })
  .get('/:id', async (c) => {
    const { services, credential } = c.var;
    const found = await services.ledgers.inspect(credential, c.req.param('id') as LinkId);
    return found.ok
      ? c.json(linkOnWire(found.value, services.clock()))
      : problemResponse(c, found.denial);
  })
  .delete('/:id', async (c) => {
    const { services, credential } = c.var;
    const revoked = await services.ledgers.revoke(credential, c.req.param('id') as LinkId);
    if (!revoked.ok) return problemResponse(c, revoked.denial);
    const link = linkOnWire(revoked.value, services.clock());
    return c.json(link, link.state === 'revoking' ? 202 : 200);
  });
