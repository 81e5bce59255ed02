// What a ledger measures of itself and of the outboxes of its webhooks, for whoever watches.

import type { LedgerMetrics, LedgerTotals, WebhookBacklog } from '../apps/ports.ts';
import type { Instant } from '../lib/time.ts';
import { Unavailable } from '../lib/unavailable.ts';
import type { OutboxOf } from '../webhooks/ports.ts';
import type { LedgerContext } from './ledger-context.ts';

/** All but what is counted for others too. */
export type Measuring = (now: Instant) => Promise<Omit<LedgerMetrics, 'count'>>;

export function createMeasuring({ tables }: LedgerContext, outboxOf: OutboxOf): Measuring {
  async function totals(): Promise<LedgerTotals> {
    for (;;) {
      const read = tables.totals.read();
      if (read) return read;
      // Whoever waits for the ledger comes in here.
      await scheduler.wait(0);
    }
  }

  /** An end that its gate hasn't heard of, or a bulk revocation that hasn't ended all it means. */
  function revocationLagMs(now: Instant): number {
    const since = [tables.links.oldestUnsettledEnd(), tables.revocations.oldest()];
    return Math.max(0, ...since.map((at) => now - (at ?? now)));
  }

  async function backlog(): Promise<WebhookBacklog> {
    const behind = tables.webhooks.behind(tables.events.last()).length;
    const ids = tables.webhooks.list().map(({ id }) => id);
    const counts = await Promise.all(ids.map((id) => orUnknown(outboxOf(id).backlog())));
    const known = counts.flatMap((count) => count ?? []);
    return {
      pending: known.reduce((sum, { pending }) => sum + pending, 0),
      dead: known.reduce((sum, { dead }) => sum + dead, 0),
      behind,
      silent: counts.length - known.length,
    };
  }

  return async (now) => ({
    totals: await totals(),
    revocationLagMs: revocationLagMs(now),
    webhooks: await backlog(),
  });
}

/** `undefined` for whoever gives no answer. */
async function orUnknown<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}
