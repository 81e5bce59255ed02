// Apps mint, inspect, change and revoke links here.

import { Hono } from 'hono';
import { requireApiKey } from '../http/authenticate.ts';
import { readIdempotency } from '../http/idempotency-key.ts';
import { problemResponse } from '../http/problem.ts';
import { readJson } from '../http/read-body.ts';
import { deferTo, type HallpassContext } from '../http/request-context.ts';
import { inspectLink } from '../links/inspect.ts';
import type { LinkId } from '../links/link-ref.ts';
import { mintLink } from '../links/mint.ts';
import { changeBody, linkOnWire, mintBody } from '../schemas/link.ts';

export const linkRoutes = new Hono<HallpassContext>()
  .use(requireApiKey())
  .post('/', async (c) => {
    const terms = await readJson(c, mintBody);
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
    const { id, ...shown } = linkOnWire(link, undefined, services.clock());
    const url = `${services.config.publicUrl}/${token}`;
    return c.json({ id, url, ...shown }, 201, { Location: `/v1/links/${id}` });
  })
  .get('/:id', async (c) => {
    const { services, credential } = c.var;
    const found = await inspectLink(services, credential, c.req.param('id') as LinkId);
    if (!found.ok) return problemResponse(c, found.denial);
    const { link, activity } = found.value;
    return c.json(linkOnWire(link, activity, services.clock()));
  })
  .patch('/:id', async (c) => {
    const patch = await readJson(c, changeBody);
    if (!patch.ok) return problemResponse(c, patch.denial);
    const { services, credential } = c.var;
    const id = c.req.param('id') as LinkId;
    const changed = await services.ledgers.change(credential, id, patch.value);
    if (!changed.ok) return problemResponse(c, changed.denial);
    const link = linkOnWire(changed.value, undefined, services.clock());
    return c.json(link, changed.value.settled ? 200 : 202);
  })
  .delete('/:id', async (c) => {
    const { services, credential } = c.var;
    const revoked = await services.ledgers.revoke(credential, c.req.param('id') as LinkId);
    if (!revoked.ok) return problemResponse(c, revoked.denial);
    const link = linkOnWire(revoked.value, undefined, services.clock());
    return c.json(link, link.state === 'revoking' ? 202 : 200);
  });
