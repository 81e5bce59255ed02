// What time alone changes in a ledger: links expire, and old events, hours and
// Idempotency-Keys are forgotten.

import type { App } from '../apps/app.ts';
import { HALLPASS } from '../apps/caller.ts';
import { DAY_MS, HOUR_MS, type Instant } from '../lib/time.ts';
import type { LedgerContext } from './ledger-context.ts';

/** How many rows one step touches. */
const ROWS_AT_ONCE = 1_000;

/** The longest month. */
const HOURS_KEPT_MS = 31 * DAY_MS;

export type Sweeping = {
  /** Does one step; answers when the next is due. */
  sweep(app: App, now: Instant): Instant | undefined;
};

export function createSweeping({ storage, tables, idempotent }: LedgerContext): Sweeping {
  /** No gate is woken: each knows by itself when its link ends. */
  function expireLinks(now: Instant): void {
    storage.transactionSync(() => {
      for (const link of tables.links.expire(now, ROWS_AT_ONCE)) {
        tables.events.add('link.expired', link.expires_at, link.id, HALLPASS);
      }
    });
  }

  /** Once an hour is often enough for what is kept for days. */
  function forgetEvents(app: App, now: Instant): Instant | undefined {
    const retentionMs = app.eventRetentionDays * DAY_MS;
    // What a webhook has still to be sent stays, however old it is.
    const sentUpTo = tables.webhooks.leastSentUpTo() ?? Number.MAX_SAFE_INTEGER;
    const oldEnough = [now - retentionMs, sentUpTo, ROWS_AT_ONCE] as const;
    const last = tables.events.lastToForget(...oldEnough);
    if (last !== undefined) {
      storage.transactionSync(() => {
        tables.totals.keepBefore(last);
        tables.events.forget(...oldEnough);
      });
    }
    const oldest = tables.events.oldest();
    if (!oldest) return undefined;
    const due = oldest.at + retentionMs;
    return due <= now && oldest.seq <= sentUpTo ? now : Math.max(due, now + HOUR_MS);
  }

  return {
    sweep(app, now) {
      idempotent.forget(now);
      // Few and harmless, so that no alarm rings for them alone.
      tables.hours.forget(now - HOURS_KEPT_MS);
      expireLinks(now);
      const dueAt = [tables.links.nextExpiry(), forgetEvents(app, now)];
      return dueAt.flatMap((at) => at ?? []).sort((a, b) => a - b)[0];
    },
  };
}
