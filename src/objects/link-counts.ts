// How many links of a ledger live, and how many were minted today: counted once, then kept up to date
// in memory, so that a quota costs no query and no row.

import { DAY_MS, type Instant } from '../lib/time.ts';

export type LinkCounts = {
  /** Neither ended nor marked as expired. */
  live(): number;
  /** Since midnight UTC. */
  mintedToday(now: Instant): number;
  added(createdAt: Instant): void;
  ended(count: number): void;
  /** Counts anew when next asked: what was there has been replaced. */
  recount(): void;
};

export function createLinkCounts(sql: SqlStorage): LinkCounts {
  let live: number | undefined;
  let minted: { readonly day: number; readonly count: number } | undefined;

  function count(query: string, ...bindings: number[]): number {
    return sql.exec<{ n: number }>(query, ...bindings).one().n;
  }

  return {
    live() {
      live ??=
        count("SELECT count(*) n FROM links WHERE status = 'active'") +
        // Pending links are all among the unsettled.
        count("SELECT count(*) n FROM links WHERE settled = 0 AND status = 'pending'");
      return live;
    },
    mintedToday(now) {
      const day = dayOf(now);
      if (minted?.day !== day) {
        const since = day * DAY_MS;
        minted = { day, count: count('SELECT count(*) n FROM links WHERE created_at >= ?', since) };
      }
      return minted.count;
    },
    added(createdAt) {
      if (live !== undefined) live += 1;
      if (minted?.day === dayOf(createdAt)) minted = { ...minted, count: minted.count + 1 };
    },
    recount() {
      live = undefined;
      minted = undefined;
    },
    ended(ended) {
      if (live !== undefined) live -= ended;
    },
  };
}

function dayOf(instant: Instant): number {
  return Math.floor(instant / DAY_MS);
}
