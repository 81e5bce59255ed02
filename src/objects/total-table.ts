// What happened in a ledger, all told. It is counted from the events, so that nothing more is written when
// something happens; how far they have been counted is kept, with the totals up to there, so that events can
// be forgotten and none is read again and again.

import type { LedgerTotals } from '../apps/ports.ts';

/** How many events one step counts: a million takes seconds, and others come in between. */
const EVENTS_AT_ONCE = 20_000;
/** So many may be read again by each look before what they add up to is kept. */
const EVENTS_UNKEPT = 1_000;

const NOTHING: LedgerTotals = { mints: 0, opens: 0, redeems: 0, revocations: 0, denials: {} };

type Kept = { readonly upTo: number; readonly totals: LedgerTotals };

export type TotalTable = ReturnType<typeof createTotalTable>;

export function createTotalTable(sql: SqlStorage) {
  function kept(): Kept {
    const [row] = sql.exec<{ up_to: number; totals: string }>('SELECT up_to, totals FROM totals');
    return row
      ? { upTo: row.up_to, totals: JSON.parse(row.totals) as LedgerTotals }
      : { upTo: 0, totals: NOTHING };
  }

  /** The next events after what is kept, and that together with them. */
  function counted(): Kept & { readonly events: number } {
    const known = kept();
    const { events, last } = sql
      .exec<{ events: number; last: number | null }>(
        `SELECT count(*) events, max(seq) last
         FROM (SELECT seq FROM events WHERE seq > ? ORDER BY seq LIMIT ?)`,
        known.upTo,
        EVENTS_AT_ONCE,
      )
      .one();
    if (last === null) return { ...known, events };
    const totals = addTotals(known.totals, totalsOf(known.upTo, last));
    return { upTo: last, totals, events };
  }

  function totalsOf(after: number, upTo: number): LedgerTotals {
    const types = sql
      .exec<{ type: string; events: number; opens: number }>(
        `SELECT type, count(*) events,
           total(iif(type = 'link.opened', json_extract(data, '$.count'), 0)) opens
         FROM events WHERE seq > ? AND seq <= ? GROUP BY type`,
        after,
        upTo,
      )
      .toArray();
    const reasons = sql
      .exec<{ reason: string; denials: number }>(
        `SELECT by_reason.key reason, total(by_reason.value) denials
         FROM events, json_each(events.data, '$.byReason') by_reason
         WHERE seq > ? AND seq <= ? AND events.type = 'link.denied' GROUP BY by_reason.key`,
        after,
        upTo,
      )
      .toArray();
    const eventsOf = (name: string) => types.find(({ type }) => type === name)?.events ?? 0;
    return {
      mints: eventsOf('link.minted'),
      opens: types.reduce((sum, { opens }) => sum + opens, 0),
      redeems: eventsOf('link.redeemed'),
      revocations: eventsOf('link.revoked'),
      denials: Object.fromEntries(reasons.map(({ reason, denials }) => [reason, denials])),
    };
  }

  function keep({ upTo, totals }: Kept): void {
    sql.exec('INSERT OR REPLACE INTO totals VALUES (1, ?, ?)', upTo, JSON.stringify(totals));
  }

  return {
    /** All told, or `undefined` after one step where there is more to be counted: come again. */
    read(): LedgerTotals | undefined {
      const now = counted();
      if (now.events >= EVENTS_UNKEPT) keep(now);
      return now.events < EVENTS_AT_ONCE ? now.totals : undefined;
    },
    /** Counts what is about to be forgotten, which is among the oldest events. */
    keepBefore(forgetting: number): void {
      if (kept().upTo < forgetting) keep(counted());
    },
  };
}

function addTotals(known: LedgerTotals, more: LedgerTotals): LedgerTotals {
  const denials = { ...known.denials };
  for (const [reason, count] of Object.entries(more.denials)) {
    denials[reason] = (denials[reason] ?? 0) + count;
  }
  return {
    mints: known.mints + more.mints,
    opens: known.opens + more.opens,
    redeems: known.redeems + more.redeems,
    revocations: known.revocations + more.revocations,
    denials,
  };
}
