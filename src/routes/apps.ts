// Operators make, list and change apps here.

import { type Context, Hono } from 'hono';
import { requireOperator } from '../http/authenticate.ts';
import { readIdempotency } from '../http/idempotency-key.ts';
import { paged } from '../http/paged.ts';
import { problemResponse } from '../http/problem.ts';
import { readJson, readQuery } from '../http/read-body.ts';
import type { HallpassContext } from '../http/request-context.ts';
import { respond } from '../http/respond.ts';
import { appOnWire, changeAppBody, createAppBody } from '../schemas/app.ts';
import { pageQuery } from '../schemas/page.ts';

export const appRoutes = new Hono<HallpassContext>()
  .use(requireOperator())
  .post('/', async (c) => {
    const body = await readJson(c, createAppBody);
    if (!body.ok) return problemResponse(c, body.denial);
    const idempotency = await readIdempotency(c, body.value);
    if (!idempotency.ok) return problemResponse(c, idempotency.denial);
    const errors = unknownStores(c, body.value.stores);
    if (errors.length > 0) return problemResponse(c, { reason: 'invalid_request', errors });
    const created = await c.var.services.apps.create(body.value, idempotency.value);
    if (!created.ok) return problemResponse(c, created.denial);
    const app = appOnWire(created.value);
    return c.json(app, 201, { Location: `/v1/apps/${app.id}` });
  })
  .get('/', async (c) => {
    const query = readQuery(c, pageQuery);
    if (!query.ok) return problemResponse(c, query.denial);
    const page = await paged(c, 'apps', await c.var.services.apps.list(), query.value);
    if (!page.ok) return problemResponse(c, page.denial);
    const { items, nextCursor } = page.value;
    return c.json({ items: items.map(appOnWire), nextCursor });
  })
  .get('/:id', async (c) => {
    const { services, caller } = c.var;
    const app = await services.apps.find(c.req.param('id'));
    if (!app) return problemResponse(c, { reason: 'app_not_found' });
    const counted = await services.ledgerOf(app.id).countLinks(caller);
    return respond(c, counted, (links) => c.json({ ...appOnWire(app), links }));
  })
  .patch('/:id', async (c) => {
    const body = await readJson(c, changeAppBody);
    if (!body.ok) return problemResponse(c, body.denial);
    const errors = unknownStores(c, body.value.stores ?? []);
    if (errors.length > 0) return problemResponse(c, { reason: 'invalid_request', errors });
    const app = await c.var.services.apps.change(c.req.param('id'), body.value);
    return app ? c.json(appOnWire(app)) : problemResponse(c, { reason: 'app_not_found' });
  });

function unknownStores(c: Context<HallpassContext>, stores: readonly string[]) {
  const known = c.var.services.config.stores;
  return stores.flatMap((alias, index) =>
    known.has(alias) ? [] : [{ pointer: `/stores/${index}`, detail: 'must be a configured store' }],
  );
}
