// The Durable Objects behind the ports of webhooks.

import type { Env } from '../config.ts';
import type { OutboxOf, TellGone, WebhookLedgerOf } from '../webhooks/ports.ts';
import { callObject } from './call.ts';

export function createWebhookLedgers(env: Env): WebhookLedgerOf {
  return (app) => {
    const ledgerOf = () => env.LEDGERS.getByName(app);
    type Ledger = ReturnType<typeof ledgerOf>;
    const call = <Answer>(ask: (ledger: Ledger) => Promise<Answer>) =>
      callObject('ledger', ledgerOf, ask);
    return {
      createWebhook: (caller, terms, idempotency) =>
        call((ledger) => ledger.createWebhook(caller, terms, idempotency)),
      listWebhooks: (caller) => call((ledger) => ledger.listWebhooks(caller)),
      inspectWebhook: (caller, id) => call((ledger) => ledger.inspectWebhook(caller, id)),
      changeWebhook: (caller, id, patch, ifVersion) =>
        call((ledger) => ledger.changeWebhook(caller, id, patch, ifVersion)),
      deleteWebhook: (caller, id) => call((ledger) => ledger.deleteWebhook(caller, id)),
      rotateWebhook: (caller, id, idempotency) =>
        call((ledger) => ledger.rotateWebhook(caller, id, idempotency)),
      testWebhook: (caller, id, idempotency) =>
        call((ledger) => ledger.testWebhook(caller, id, idempotency)),
      listDeliveries: (caller, id, status, page) =>
        call((ledger) => ledger.listDeliveries(caller, id, status, page)),
      redeliver: (caller, id, delivery) => call((ledger) => ledger.redeliver(caller, id, delivery)),
    };
  };
}

export function createOutboxes(env: Env): OutboxOf {
  return (id) => {
    const outboxOf = () => env.OUTBOXES.getByName(id);
    return {
      take: (record, messages) =>
        callObject('outbox', outboxOf, (outbox) => outbox.take(record, messages)),
      find: (delivery) => callObject('outbox', outboxOf, (outbox) => outbox.find(delivery)),
      list: (status, page) => callObject('outbox', outboxOf, (outbox) => outbox.list(status, page)),
      backlog: () => callObject('outbox', outboxOf, (outbox) => outbox.backlog()),
      redeliver: (delivery) =>
        callObject('outbox', outboxOf, (outbox) => outbox.redeliver(delivery)),
    };
  };
}

export function createTellGone(env: Env): TellGone {
  return (app, id, version) =>
    callObject(
      'ledger',
      () => env.LEDGERS.getByName(app),
      (ledger) => ledger.disableGone(id, version),
    );
}
