// Sends the events of a ledger, and what changed of its webhooks, to the outbox of each. An event's row
// is the intent: the alarm is armed before there can be one, and a webhook's place moves on only after
// its outbox has stored what comes before it.

import type { Event } from '../events/event.ts';
import { type Instant, SECOND_MS, systemClock } from '../lib/time.ts';
import type { LinkId } from '../links/link-ref.ts';
import { disable } from '../webhooks/change.ts';
import { type Message, messageOf } from '../webhooks/message.ts';
import type { OutboxOf, OutboxRecord } from '../webhooks/ports.ts';
import { type KeptWebhook, type WebhookId, wantsEvent } from '../webhooks/webhook.ts';
import type { EventLog } from './event-log.ts';
import type { LedgerContext } from './ledger-context.ts';
import type { Unsent } from './webhook-table.ts';

/** How soon the alarm looks after what a crash left unsent. */
const LEASE_MS = 5 * SECOND_MS;
const LONGEST_RETRY_MS = 60 * SECOND_MS;

/** How many messages an outbox is given at a time, and how many events are looked at for them. */
const MESSAGES_AT_ONCE = 100;
const ROWS_AT_ONCE = 1_000;
/** After so many batches others come first. */
const BATCHES_AT_ONCE = 20;

export type WebhookSending = {
  /** Does what may add events. They are sent at once, and by the alarm if that goes wrong. */
  during<Value>(work: () => Promise<Value>, now: Instant): Promise<Value>;
  /** Has the alarm look soon: before a change to a webhook. */
  expectChange(now: Instant): Promise<void>;
  /** Tells an outbox what changed of its webhook; what fails is left to the alarm. */
  tell(id: WebhookId): Promise<void>;
  /** Sends what is unsent; answers when to come back. Never throws what an outbox throws. */
  carryOn(now: Instant): Promise<Instant | undefined>;
};

type Retry = { readonly failures: number; readonly at: Instant };

export function createWebhookSending(
  { app, storage, tables, alarm }: LedgerContext,
  eventLog: EventLog,
  outboxOf: OutboxOf,
): WebhookSending {
  const sending = new Map<WebhookId, Promise<void>>();
  const retries = new Map<WebhookId, Retry>();
  let worksUnderway = 0;

  function isWanted(webhook: KeptWebhook, event: Event): boolean {
    const known = app();
    if (!known) return false;
    const { within } = webhook;
    const view = { app: known, within: within && { app: known, key: within } };
    const link = event.type.startsWith('link.')
      ? tables.links.find(event.subject as LinkId, known.id)
      : undefined;
    return wantsEvent(webhook, event, link?.tags) && eventLog.isVisible(view, event);
  }

  function nextBatch({ webhook, isDeleted }: Unsent): { messages: Message[]; upTo: number } {
    const messages: Message[] = [];
    if (isDeleted) return { messages, upTo: webhook.sentUpTo };
    const last = tables.events.last();
    const end = Math.min(webhook.hearsUpTo ?? last, last);
    let rows = 0;
    for (const event of tables.events.after(webhook.sentUpTo, {})) {
      if (event.seq > end) break;
      if (isWanted(webhook, event)) messages.push(messageOf(app()?.id ?? '', event));
      rows += 1;
      if (messages.length === MESSAGES_AT_ONCE || rows === ROWS_AT_ONCE) {
        return { messages, upTo: event.seq };
      }
    }
    return { messages, upTo: end };
  }

  /** What its outbox has of it then; false when that is newer than what is here. */
  async function give(unsent: Unsent, messages: readonly Message[]): Promise<boolean> {
    const { id, version, disabledAt } = unsent.webhook;
    const kept = await outboxOf(id).take(recordOf(app()?.id ?? '', unsent), messages);
    if (kept <= version || !tables.webhooks.outdo(id, kept)) return true;
    // This ledger was restored, and doesn't know what became of the webhook: that is for somebody to say.
    const now = systemClock();
    const webhook = tables.webhooks.find(id);
    if (webhook && disabledAt === undefined) {
      tables.webhooks.change(disable(webhook, 'imported', tables.events.last(), now));
    }
    return false;
  }

  async function sendBatches(id: WebhookId): Promise<void> {
    try {
      for (let batches = 0; batches < BATCHES_AT_ONCE; batches++) {
        const unsent = tables.webhooks.unsent(id, tables.events.last());
        if (!unsent) break;
        const { messages, upTo } = nextBatch(unsent);
        const isAsked = messages.length > 0 || !unsent.webhook.settled;
        if (isAsked && !(await give(unsent, messages))) continue;
        tables.webhooks.arrived(unsent.webhook, upTo);
      }
      retries.delete(id);
    } catch (error) {
      console.warn({ event: 'ledger.events_not_sent', webhook: id, error: String(error) });
      const failures = (retries.get(id)?.failures ?? 0) + 1;
      const delay = Math.min(LONGEST_RETRY_MS, SECOND_MS * 2 ** (failures - 1));
      retries.set(id, { failures, at: systemClock() + delay });
    } finally {
      // In the same step as the last look: what comes later finds nobody at work and begins anew.
      sending.delete(id);
    }
  }

  /** One at a time for each webhook, and none waits for another's. */
  function send(id: WebhookId): Promise<void> {
    const work = sending.get(id) ?? Promise.resolve().then(() => sendBatches(id));
    sending.set(id, work);
    return work;
  }

  function sendDue(now: Instant): Promise<void>[] {
    const behind = tables.webhooks.behind(tables.events.last());
    return behind.filter((id) => (retries.get(id)?.at ?? 0) <= now).map(send);
  }

  /** A webhook sees no longer than the key that made it. */
  function disableExpired(now: Instant): void {
    const expired = tables.webhooks.list().filter((webhook) => now >= endOf(webhook));
    storage.transactionSync(() => {
      for (const webhook of expired) {
        tables.webhooks.change(disable(webhook, 'key_expired', tables.events.last(), now));
      }
    });
  }

  function nextAt(now: Instant): Instant | undefined {
    const behind = tables.webhooks.behind(tables.events.last());
    const wakeAt = behind.map((id) => Math.max(retries.get(id)?.at ?? 0, now + SECOND_MS));
    // What is under way may yet add events, and has armed the alarm that just rang.
    if (worksUnderway > 0 && tables.webhooks.isAnyEnabled()) wakeAt.push(now + LEASE_MS);
    const ends = tables.webhooks.list().map(endOf).filter(Number.isFinite);
    const next = Math.min(...wakeAt, ...ends);
    return Number.isFinite(next) ? next : undefined;
  }

  return {
    async during(work, now) {
      worksUnderway += 1;
      try {
        if (app() && tables.webhooks.isAnyEnabled()) await alarm.ringBy(now + LEASE_MS);
        return await work();
      } finally {
        worksUnderway -= 1;
        if (app()) sendDue(systemClock());
      }
    },
    expectChange: (now) => alarm.ringBy(now + LEASE_MS),
    async tell(id) {
      const unsent = tables.webhooks.unsent(id, tables.events.last());
      if (!unsent) return;
      try {
        if (!(await give(unsent, []))) return await this.tell(id);
        tables.webhooks.arrived(unsent.webhook, unsent.webhook.sentUpTo);
      } catch (error) {
        console.warn({ event: 'ledger.webhook_not_told', webhook: id, error: String(error) });
      }
    },
    async carryOn(now) {
      disableExpired(now);
      await Promise.all(sendDue(now));
      return nextAt(now);
    },
  };
}

export function recordOf(app: string, { webhook, isDeleted }: Unsent): OutboxRecord {
  const { version, settled: _settled, sentUpTo: _sent, hearsUpTo: _hears, ...told } = webhook;
  return { version, app, webhook: isDeleted ? undefined : told };
}

/** When its key's life ends, if it is enabled and that is ever. */
function endOf({ disabledAt, within }: KeptWebhook): Instant {
  const expiresAt = disabledAt === undefined ? within?.expiresAt : undefined;
  return expiresAt ?? Number.POSITIVE_INFINITY;
}
