// Apps and operators make, list, change, rotate, test and delete webhooks here, and see how their
// deliveries went.

import { type Context, Hono } from 'hono';
import { ledgerOfApp } from '../http/app-ledger.ts';
import { requireCaller } from '../http/authenticate.ts';
import { readIdempotency } from '../http/idempotency-key.ts';
import { paged } from '../http/paged.ts';
import { problemResponse } from '../http/problem.ts';
import { readJson, readQuery } from '../http/read-body.ts';
import type { HallpassContext } from '../http/request-context.ts';
import { respond } from '../http/respond.ts';
import { readCursor, writeCursor } from '../lib/position.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import type { RequestDenial } from '../links/denial.ts';
import { NO_CURSOR } from '../links/list.ts';
import {
  changeWebhookBody,
  createdWebhookOnWire,
  createWebhookBody,
  deliveriesQuery,
  deliveryOnWire,
  webhookOnWire,
  webhookQuery,
  webhooksQuery,
} from '../schemas/webhook.ts';
import type { CreatedWebhook, WebhookLedger } from '../webhooks/ports.ts';
import type { KeptWebhook, WebhookId } from '../webhooks/webhook.ts';

export const webhookRoutes = new Hono<HallpassContext>()
  .use(requireCaller())
  .post('/', async (c) => {
    const body = await readJson(c, createWebhookBody);
    if (!body.ok) return problemResponse(c, body.denial);
    const idempotency = await readIdempotency(c, body.value);
    if (!idempotency.ok) return problemResponse(c, idempotency.denial);
    const { app, ...terms } = body.value;
    const owned = ownedBy(c, app);
    if (!owned.ok) return problemResponse(c, owned.denial);
    const { ledger } = owned.value;
    const created = await ledger.createWebhook(c.var.caller, terms, idempotency.value);
    return respond(c, created, (webhook) => showCreated(c, webhook));
  })
  .get('/', async (c) => {
    const query = readQuery(c, webhooksQuery);
    if (!query.ok) return problemResponse(c, query.denial);
    const owned = ownedBy(c, query.value.app);
    if (!owned.ok) return problemResponse(c, owned.denial);
    const { app, ledger } = owned.value;
    return respond(c, await ledger.listWebhooks(c.var.caller), async (webhooks) => {
      const page = await paged(c, `webhooks of ${app}`, webhooks, query.value);
      if (!page.ok) return problemResponse(c, page.denial);
      const { items, nextCursor } = page.value;
      return c.json({ items: items.map(webhookOnWire), nextCursor });
    });
  })
  .get('/:id', async (c) => {
    const owned = ownedByQuery(c);
    if (!owned.ok) return problemResponse(c, owned.denial);
    const { id, ledger } = owned.value;
    const inspected = await ledger.inspectWebhook(c.var.caller, id);
    return respond(c, inspected, (webhook) => c.json(webhookOnWire(webhook)));
  })
  .patch('/:id', async (c) => {
    const patch = await readJson(c, changeWebhookBody);
    if (!patch.ok) return problemResponse(c, patch.denial);
    const owned = ownedByQuery(c);
    if (!owned.ok) return problemResponse(c, owned.denial);
    const { id, ledger } = owned.value;
    const changed = await ledger.changeWebhook(c.var.caller, id, patch.value);
    return respond(c, changed, (webhook) => c.json(webhookOnWire(webhook), statusOf(webhook)));
  })
  .delete('/:id', async (c) => {
    const owned = ownedByQuery(c);
    if (!owned.ok) return problemResponse(c, owned.denial);
    const { id, ledger } = owned.value;
    const deleted = await ledger.deleteWebhook(c.var.caller, id);
    return respond(c, deleted, (isSettled) => c.body(null, isSettled ? 204 : 202));
  })
  .post('/:id/rotate', async (c) => {
    const idempotency = await readIdempotency(c, null);
    if (!idempotency.ok) return problemResponse(c, idempotency.denial);
    const owned = ownedByQuery(c);
    if (!owned.ok) return problemResponse(c, owned.denial);
    const { id, ledger } = owned.value;
    const rotated = await ledger.rotateWebhook(c.var.caller, id, idempotency.value);
    return respond(c, rotated, ({ webhook, secret }) =>
      c.json(createdWebhookOnWire(webhook, secret), statusOf(webhook)),
    );
  })
  .post('/:id/test', async (c) => {
    const idempotency = await readIdempotency(c, null);
    if (!idempotency.ok) return problemResponse(c, idempotency.denial);
    const owned = ownedByQuery(c);
    if (!owned.ok) return problemResponse(c, owned.denial);
    const { id, ledger } = owned.value;
    const sent = await ledger.testWebhook(c.var.caller, id, idempotency.value);
    return respond(c, sent, (delivery) => c.json(deliveryOnWire(delivery), 202));
  })
  .get('/:id/deliveries', async (c) => {
    const query = readQuery(c, deliveriesQuery);
    if (!query.ok) return problemResponse(c, query.denial);
    const owned = ownedBy(c, query.value.app);
    if (!owned.ok) return problemResponse(c, owned.denial);
    const { cursors } = c.var.services;
    const id = c.req.param('id') as WebhookId;
    const list = `deliveries of ${id}`;
    const { limit, cursor, status } = query.value;
    const after = cursor === undefined ? undefined : await readCursor(cursors, list, cursor);
    if (cursor !== undefined && !after) return problemResponse(c, NO_CURSOR);
    const page = { limit, after };
    const listed = await owned.value.ledger.listDeliveries(c.var.caller, id, status, page);
    return respond(c, listed, async ({ items, next }) =>
      c.json({
        items: items.map(deliveryOnWire),
        nextCursor: await writeCursor(cursors, list, next),
      }),
    );
  })
  .post('/:id/deliveries/:delivery/redeliver', async (c) => {
    const owned = ownedByQuery(c);
    if (!owned.ok) return problemResponse(c, owned.denial);
    const { id, ledger } = owned.value;
    const begun = await ledger.redeliver(c.var.caller, id, c.req.param('delivery'));
    return respond(c, begun, (delivery) => c.json(deliveryOnWire(delivery), 202));
  });

type Owned = Result<{ readonly app: string; readonly ledger: WebhookLedger }, RequestDenial>;

function ownedBy(c: Context<HallpassContext>, named: string | undefined): Owned {
  const owned = ledgerOfApp(c, named);
  if (!owned.ok) return owned;
  const { app } = owned.value;
  return ok({ app, ledger: c.var.services.webhooksOf(app) });
}

/** The webhook that the path names, of the caller's app or of the one that an operator names. */
function ownedByQuery(c: Context<HallpassContext, '/:id'>) {
  const query = readQuery(c, webhookQuery);
  if (!query.ok) return query;
  const owned = ownedBy(c, query.value.app);
  return owned.ok
    ? ok({ ...owned.value, id: c.req.param('id') as WebhookId })
    : denied(owned.denial);
}

/** 202 while its outbox goes by what was before. */
function statusOf({ settled }: KeptWebhook): 200 | 202 {
  return settled ? 200 : 202;
}

function showCreated(c: Context, { webhook, secret }: CreatedWebhook) {
  const location = `/v1/webhooks/${webhook.id}`;
  return c.json(createdWebhookOnWire(webhook, secret), 201, { Location: location });
}
