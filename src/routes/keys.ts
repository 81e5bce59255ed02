// Operators and apps make, list, rotate and revoke API keys here.

import { type Context, Hono } from 'hono';
import type { KeyId } from '../apps/api-key.ts';
import type { CreatedKey } from '../apps/ports.ts';
import { ledgerOfApp } from '../http/app-ledger.ts';
import { requireCaller } from '../http/authenticate.ts';
import { readIdempotency } from '../http/idempotency-key.ts';
import { paged } from '../http/paged.ts';
import { problemResponse } from '../http/problem.ts';
import { readJson, readQuery } from '../http/read-body.ts';
import type { HallpassContext } from '../http/request-context.ts';
import { respond } from '../http/respond.ts';
import { createKeyBody, keyOnWire, keyQuery, revokeKeyQuery, rotateQuery } from '../schemas/key.ts';

export const keyRoutes = new Hono<HallpassContext>()
  .use(requireCaller())
  .post('/', async (c) => {
    const body = await readJson(c, createKeyBody);
    if (!body.ok) return problemResponse(c, body.denial);
    const idempotency = await readIdempotency(c, body.value);
    if (!idempotency.ok) return problemResponse(c, idempotency.denial);
    const { app, ...terms } = body.value;
    const owned = ledgerOfApp(c, app);
    if (!owned.ok) return problemResponse(c, owned.denial);
    const created = await owned.value.ledger.createKey(c.var.caller, terms, idempotency.value);
    return respond(c, created, (key) => showCreated(c, key));
  })
  .get('/', async (c) => {
    const query = readQuery(c, keyQuery);
    if (!query.ok) return problemResponse(c, query.denial);
    const owned = ledgerOfApp(c, query.value.app);
    if (!owned.ok) return problemResponse(c, owned.denial);
    const { app, ledger } = owned.value;
    return respond(c, await ledger.listKeys(c.var.caller), async (keys) => {
      const page = await paged(c, `keys of ${app}`, keys, query.value);
      if (!page.ok) return problemResponse(c, page.denial);
      const { items, nextCursor } = page.value;
      return c.json({ items: items.map(keyOnWire), nextCursor });
    });
  })
  .post('/:id/rotate', async (c) => {
    const idempotency = await readIdempotency(c, null);
    if (!idempotency.ok) return problemResponse(c, idempotency.denial);
    const query = readQuery(c, rotateQuery);
    if (!query.ok) return problemResponse(c, query.denial);
    const owned = ledgerOfApp(c, query.value.app);
    if (!owned.ok) return problemResponse(c, owned.denial);
    const id = c.req.param('id') as KeyId;
    const rotated = await owned.value.ledger.rotateKey(c.var.caller, id, idempotency.value);
    return respond(c, rotated, (key) => showCreated(c, key));
  })
  .delete('/:id', async (c) => {
    const query = readQuery(c, revokeKeyQuery);
    if (!query.ok) return problemResponse(c, query.denial);
    const owned = ledgerOfApp(c, query.value.app);
    if (!owned.ok) return problemResponse(c, owned.denial);
    const withLinks = query.value.revokeLinks === 'true';
    const id = c.req.param('id') as KeyId;
    const revoked = await owned.value.ledger.revokeKey(c.var.caller, id, withLinks);
    return respond(c, revoked, (key) => c.json(keyOnWire(key)));
  });

function showCreated(c: Context, { key, apiKey }: CreatedKey) {
  const { id, ...shown } = keyOnWire(key);
  return c.json({ id, apiKey, ...shown }, 201);
}
