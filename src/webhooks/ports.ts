// What webhooks need of ledgers and outboxes, and both as objects.

import type { Caller } from '../apps/caller.ts';
import type { Answer } from '../apps/ports.ts';
import type { PageRequest } from '../lib/position.ts';
import type { Idempotency } from '../links/ports.ts';
import type { WebhookPatch } from './change.ts';
import type { Delivery, DeliveryPage, DeliveryStatus } from './delivery.ts';
import type { Message } from './message.ts';
import type { KeptWebhook, Webhook, WebhookId, WebhookTerms } from './webhook.ts';

export type CreatedWebhook = {
  readonly webhook: KeptWebhook;
  /** In clear here and never again. */
  readonly secret: string;
};

/** What a ledger does about webhooks. Each call throws `Unavailable` when it can't answer. */
export interface WebhookLedger {
  createWebhook(
    caller: Caller,
    terms: WebhookTerms,
    idempotency?: Idempotency,
  ): Promise<Answer<CreatedWebhook>>;
  listWebhooks(caller: Caller): Promise<Answer<KeptWebhook[]>>;
  inspectWebhook(caller: Caller, id: WebhookId): Promise<Answer<KeptWebhook>>;
  /** Refuses with `webhook_changed` where it isn't at the version that it was seen at any more. */
  changeWebhook(
    caller: Caller,
    id: WebhookId,
    patch: WebhookPatch,
    ifVersion?: number,
  ): Promise<Answer<KeptWebhook>>;
  /** Whether its outbox knows already, and delivers no more. */
  deleteWebhook(caller: Caller, id: WebhookId): Promise<Answer<boolean>>;
  rotateWebhook(
    caller: Caller,
    id: WebhookId,
    idempotency?: Idempotency,
  ): Promise<Answer<CreatedWebhook>>;
  testWebhook(caller: Caller, id: WebhookId, idempotency?: Idempotency): Promise<Answer<Delivery>>;
  listDeliveries(
    caller: Caller,
    id: WebhookId,
    status: DeliveryStatus | undefined,
    page: PageRequest,
  ): Promise<Answer<DeliveryPage>>;
  redeliver(caller: Caller, id: WebhookId, delivery: string): Promise<Answer<Delivery>>;
}

/** The webhooks of the app with this id. */
export type WebhookLedgerOf = (app: string) => WebhookLedger;

export interface WebhookLedgerObject extends WebhookLedger {
  /** Outboxes alone tell: what was answered 410 had this version of the webhook. */
  disableGone(id: WebhookId, version: number): Promise<void>;
}

/** Tells the ledger of an app that an endpoint is gone. Throws `Unavailable` when it can't answer. */
export type TellGone = (app: string, id: WebhookId, version: number) => Promise<void>;

/** What the ledger tells an outbox: the whole each time, so that it may be lost or repeated. */
export type OutboxRecord = {
  readonly version: number;
  readonly app: string;
  /** Absent once it is deleted. */
  readonly webhook?: Webhook | undefined;
};

export type DeliveryCount = { readonly pending: number; readonly dead: number };

/** An outbox as its Durable Object, one for each webhook and named by the webhook id. */
export interface WebhookOutboxObject {
  /**
   * Stores what is new of this; the same message again is the same delivery. Answers the version it has then:
   * of a newer one only a ledger doesn't know that was restored.
   */
  take(record: OutboxRecord, messages: readonly Message[]): Promise<number>;
  find(delivery: string): Promise<Delivery | undefined>;
  /** Newest first. */
  list(status: DeliveryStatus | undefined, page: PageRequest): Promise<DeliveryPage>;
  /** How many deliveries wait, and how many came to nothing, up to ten thousand of each. */
  backlog(): Promise<DeliveryCount>;
  /** Begins anew with a delivery, whatever became of it; `undefined` when it isn't known. */
  redeliver(delivery: string): Promise<Delivery | undefined>;
}

/** The outbox of a webhook. Each call throws `Unavailable` when it can't answer. */
export type OutboxOf = (id: WebhookId) => WebhookOutboxObject;
