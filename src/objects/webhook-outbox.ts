// The outbox of one webhook: keeps what its ledger gave it and delivers it, again and again by the
// specification's schedule. Here alone is waited for endpoints, so that one that hangs delays no other
// webhook and no link.

import { DurableObject } from 'cloudflare:workers';
import { type Env, readConfig } from '../config.ts';
import type { PageRequest } from '../lib/position.ts';
import { randomFraction } from '../lib/random.ts';
import { DAY_MS, HOUR_MS, type Instant, SECOND_MS, systemClock } from '../lib/time.ts';
import { deliver, type Outcome } from '../webhooks/deliver.ts';
import type { Delivery, DeliveryPage, DeliveryStatus } from '../webhooks/delivery.ts';
import type { Message } from '../webhooks/message.ts';
import type { DeliveryCount, OutboxRecord, WebhookOutboxObject } from '../webhooks/ports.ts';
import { createWebhookSecrets, signatureHeaders } from '../webhooks/signature.ts';
import { targetFault } from '../webhooks/target.ts';
import { secretsInForce, type Webhook } from '../webhooks/webhook.ts';
import { createDeliveryTable, type DueDelivery } from './delivery-table.ts';
import { createDeliveryWork } from './delivery-work.ts';
import { createTellGone } from './webhook-clients.ts';

/** Longer than an attempt takes: how soon the alarm looks after what a crash interrupted. */
const LEASE_MS = 20 * SECOND_MS;

/** How long deliveries are listed. */
const KEPT_MS = { delivered: 7 * DAY_MS, dead: 30 * DAY_MS };

/** How long a deleted one remembers that it is: no message comes that late. */
const TOMBSTONE_MS = DAY_MS;

const RECORD = 'record';
/** Key of the version of the record whose endpoint answered 410, until there is a newer one. */
const GONE = 'gone';
/** Key of the same version once the ledger knows. */
const GONE_TOLD = 'gone told';
/** Key of the instant until which a deleted one remembers that it is. */
const FORGET_AT = 'forget at';

export class WebhookOutbox extends DurableObject<Env> implements WebhookOutboxObject {
  #record = this.ctx.storage.kv.get<OutboxRecord>(RECORD);
  readonly #config = readConfig(this.env);
  readonly #secrets = createWebhookSecrets(this.#config.appKeys);
  readonly #tellGone = createTellGone(this.env);
  readonly #deliveries = createDeliveryTable(this.ctx.storage.sql);
  readonly #work = createDeliveryWork({
    deliveries: this.#deliveries,
    isDelivering: () => this.#isDelivering(),
    isKept: () => this.#record?.webhook !== undefined,
    attempt: (delivery) => this.#attempt(delivery),
    ended: (outcome, nextAt) => this.#ended(outcome, nextAt),
    randomFraction,
  });

  async take(record: OutboxRecord, messages: readonly Message[]): Promise<number> {
    const now = systemClock();
    const { version } = record;
    const kept = this.#record;
    const isNewer = !kept || kept.version < version;
    if (isNewer && !record.webhook) {
      await this.#wipe(record, now);
      return version;
    }
    if (!isNewer && !kept.webhook) return kept.version;
    await this.#armBy(now + LEASE_MS);
    this.ctx.storage.transactionSync(() => {
      this.#deliveries.create();
      if (isNewer) this.#keep(record);
      for (const message of messages) this.#deliveries.add(message, now);
      if (!this.#isDelivering()) this.#deliveries.giveUp('webhook_disabled', now);
    });
    this.#work.start();
    return this.#record?.version ?? version;
  }

  async find(delivery: string): Promise<Delivery | undefined> {
    return this.#record?.webhook && this.#deliveries.find(delivery);
  }

  async list(status: DeliveryStatus | undefined, page: PageRequest): Promise<DeliveryPage> {
    return this.#record?.webhook ? this.#deliveries.list(status, page) : { items: [] };
  }

  async backlog(): Promise<DeliveryCount> {
    if (!this.#record?.webhook) return { pending: 0, dead: 0 };
    const [pending, dead] = [this.#deliveries.count('pending'), this.#deliveries.count('dead')];
    return { pending, dead };
  }

  async redeliver(delivery: string): Promise<Delivery | undefined> {
    if (!this.#record?.webhook || !this.#deliveries.find(delivery)) return undefined;
    const now = systemClock();
    await this.#armBy(now + LEASE_MS);
    if (this.#isDelivering()) this.#deliveries.beginAnew(delivery, now);
    const begun = this.#deliveries.find(delivery);
    this.#work.start();
    return begun;
  }

  /** Delivers what is due and forgets what is old. Never throws. */
  override async alarm(): Promise<void> {
    const record = this.#record;
    if (!record) return;
    try {
      if (!record.webhook) return await this.#forgetMe(systemClock());
      await this.#carryOn(record);
      if (this.#record?.webhook) await this.#armBy(this.#nextAt(systemClock()));
    } catch (error) {
      console.error({ event: 'outbox.alarm_failed', error: String(error) });
      await this.#armBy(systemClock() + LEASE_MS);
    }
  }

  async #carryOn(record: OutboxRecord): Promise<void> {
    const now = systemClock();
    for (const [status, keptMs] of Object.entries(KEPT_MS)) {
      this.#deliveries.forget(status as DeliveryStatus, now - keptMs);
    }
    await this.#tell(record);
    this.#work.start();
    await this.#work.underway();
  }

  async #attempt({ id, body }: DueDelivery): Promise<Outcome> {
    const { webhook, version } = this.#record ?? {};
    if (!webhook) return { kind: 'failed', error: 'webhook_disabled' };
    const { publicUrl, webhooksAllowLoopback: allowLoopback } = this.#config;
    // Rules may have changed since it was made.
    const fault = targetFault(webhook.url, { publicUrl, allowLoopback });
    if (fault !== undefined) return { kind: 'failed', error: 'target_not_allowed' };
    const now = systemClock();
    const [secret, ...older] = await this.#secretsOf(webhook, now);
    if (!secret) return { kind: 'failed', error: 'secret_not_available' };
    const secrets = [secret, ...older.flatMap((known) => known ?? [])];
    const headers = await signatureHeaders(secrets, { id, body }, now);
    const send: typeof fetch = (url, init) => fetch(url, init);
    const outcome = await deliver(send, { url: webhook.url, headers, body });
    const isStale = this.#record?.version !== version;
    // What is gone may be where it pointed before.
    return outcome.kind === 'gone' && isStale ? { ...outcome, kind: 'failed' } : outcome;
  }

  #secretsOf(webhook: Webhook, now: Instant) {
    const refs = secretsInForce(webhook, now);
    return Promise.all(refs.map((ref) => this.#secrets.derive(webhook.id, ref)));
  }

  async #ended(outcome: Outcome, nextAt: Instant | undefined): Promise<void> {
    const record = this.#record;
    if (outcome.kind === 'gone' && record?.webhook) {
      this.ctx.storage.kv.put(GONE, record.version);
      this.#deliveries.giveUp('webhook_disabled', systemClock());
      await this.#tell(record);
    }
    if (nextAt !== undefined) await this.#armBy(nextAt);
  }

  /** Tells the ledger that the endpoint is gone, unless it knows; what fails is left to the alarm. */
  async #tell({ app, version, webhook }: OutboxRecord): Promise<void> {
    if (!webhook || !this.#isGoneUntold()) return;
    try {
      await this.#tellGone(app, webhook.id, version);
      this.ctx.storage.kv.put(GONE_TOLD, version);
    } catch (error) {
      console.warn({ event: 'outbox.gone_not_told', webhook: webhook.id, error: String(error) });
    }
  }

  #isGoneUntold(): boolean {
    const version = this.#record?.version;
    const { kv } = this.ctx.storage;
    return kv.get<number>(GONE) === version && kv.get<number>(GONE_TOLD) !== version;
  }

  #isDelivering(): boolean {
    const { webhook, version } = this.#record ?? {};
    if (!webhook || webhook.disabledAt !== undefined) return false;
    return this.ctx.storage.kv.get<number>(GONE) !== version;
  }

  #keep(record: OutboxRecord): void {
    this.ctx.storage.kv.put(RECORD, record);
    this.#record = record;
  }

  /** Leaves nothing but that there was one, lest a late message brings it back. */
  async #wipe(record: OutboxRecord, now: Instant): Promise<void> {
    await this.ctx.storage.deleteAll();
    this.#keep(record);
    this.ctx.storage.kv.put(FORGET_AT, now + TOMBSTONE_MS);
    await this.#armBy(now + TOMBSTONE_MS);
  }

  async #forgetMe(now: Instant): Promise<void> {
    const forgetAt = this.ctx.storage.kv.get<Instant>(FORGET_AT) ?? now;
    if (now < forgetAt) return this.#armBy(forgetAt);
    await this.ctx.storage.deleteAll();
    this.#record = undefined;
  }

  #nextAt(now: Instant): Instant {
    const nextAttemptAt = this.#deliveries.nextAttemptAt() ?? Number.POSITIVE_INFINITY;
    // What is due waits for its turn, which comes without the alarm.
    const attemptAt = nextAttemptAt <= now ? now + LEASE_MS : nextAttemptAt;
    const isUnfinished = this.#work.isUnderway() || this.#isGoneUntold();
    const finishAt = isUnfinished ? now + LEASE_MS : Number.POSITIVE_INFINITY;
    const forgetAt = Object.entries(KEPT_MS).map(([status, keptMs]) => {
      const settledAt = this.#deliveries.oldestSettledAt(status as DeliveryStatus);
      return settledAt === undefined ? Number.POSITIVE_INFINITY : settledAt + keptMs;
    });
    return Math.min(attemptAt, finishAt, Math.max(Math.min(...forgetAt), now + HOUR_MS));
  }

  async #armBy(instant: Instant): Promise<void> {
    if (!Number.isFinite(instant)) return;
    const armed = await this.ctx.storage.getAlarm();
    if (armed === null || armed > instant) await this.ctx.storage.setAlarm(instant);
  }
}
