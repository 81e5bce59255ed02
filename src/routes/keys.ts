// Operators and apps make, list, rotate and revoke API keys here.

import { type Context, Hono } from 'hono';
import type { KeyId } from '../apps/api-key.ts';
import type { CreatedKey, Ledger } from '../apps/ports.ts';
import { requireCaller } from '../http/authenticate.ts';
import { readIdempotency } from '../http/idempotency-key.ts';
import { problemResponse } from '../http/problem.ts';
import { readJson } from '../http/read-body.ts';
import type { HallpassContext } from '../http/request-context.ts';
import { respond } from '../http/respond.ts';
import { createKeyBody, keyOnWire } from '../schemas/key.ts';

export const keyRoutes = new Hono<HallpassContext>()
  .use(requireCaller())
  .post('/', async (c) => {
    const body = await readJson(c, createKeyBody);
    if (!body.ok) return problemResponse(c, body.denial);
    const idempotency = await readIdempotency(c, body.value);
    if (!idempotency.ok) return problemResponse(c, idempotency.denial);
    const { app, ...terms } = body.value;
    const ledger = ledgerFor(c, app);
    if (!ledger) return appMissing(c, '/app');
    const created = await ledger.createKey(c.var.caller, terms, idempotency.value);
    return respond(c, created, (key) => showCreated(c, key));
  })
  .get('/', async (c) => {
    const ledger = ledgerFor(c, c.req.query('app'));
    if (!ledger) return appMissing(c, '/app');
    return respond(c, await ledger.listKeys(c.var.caller), (keys) =>
      c.json({ items: keys.map(keyOnWire), nextCursor: null }),
    );
  })
  .post('/:id/rotate', async (c) => {
    const idempotency = await readIdempotency(c, null);
    if (!idempotency.ok) return problemResponse(c, idempotency.denial);
    const ledger = ledgerFor(c, c.req.query('app'));
    if (!ledger) return appMissing(c, '/app');
    const id = c.req.param('id') as KeyId;
    const rotated = await ledger.rotateKey(c.var.caller, id, idempotency.value);
    return respond(c, rotated, (key) => showCreated(c, key));
  })
  .delete('/:id', async (c) => {
    const ledger = ledgerFor(c, c.req.query('app'));
    if (!ledger) return appMissing(c, '/app');
    const withLinks = c.req.query('revokeLinks') === 'true';
    const id = c.req.param('id') as KeyId;
    const revoked = await ledger.revokeKey(c.var.caller, id, withLinks);
    return respond(c, revoked, (key) => c.json(keyOnWire(key)));
  });

/** A key's own ledger, whatever it names; an operator names the app. */
function ledgerFor(
  { var: { services, caller } }: Context<HallpassContext>,
  app: string | undefined,
): Ledger | undefined {
  if (caller.kind === 'key') return services.ledgerOf(caller.credential.app);
  return app === undefined ? undefined : services.ledgerOf(app);
}

function appMissing(c: Context, pointer: string) {
  const errors = [{ pointer, detail: 'must be the id of an app' }];
  return problemResponse(c, { reason: 'invalid_request', errors });
}

function showCreated(c: Context, { key, apiKey }: CreatedKey) {
  const { id, ...shown } = keyOnWire(key);
  return c.json({ id, apiKey, ...shown }, 201);
}
