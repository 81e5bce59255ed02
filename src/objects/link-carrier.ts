// Carries links from the ledger to where opens are decided: to the gate, and for edge links to KV.

import { HALLPASS } from '../apps/caller.ts';
import { inTime } from '../lib/in-time.ts';
import { type Instant, systemClock } from '../lib/time.ts';
import { createTurns } from '../lib/turns.ts';
import { Unavailable } from '../lib/unavailable.ts';
import { cachedGrantOf } from '../links/check.ts';
import type { Link } from '../links/link.ts';
import type { Gates, Grants } from '../links/ports.ts';
import { KV_TIMEOUT_MS } from '../storage/kv-grants.ts';
import type { Alarm } from './alarm.ts';
import type { LedgerTables } from './ledger-tables.ts';

export type LinkCarrier = {
  /** Carries the newest version, unless it is there. Throws what the gate or KV throws. */
  carry(link: Link): Promise<void>;
  /** The link afterwards; what fails is left to the alarm. */
  tryCarry(link: Link): Promise<Link>;
  /** How many arrived; the others are left to the alarm. */
  tryCarryAll(links: readonly Link[]): Promise<number>;
  /** Puts the grant of a strong link near its recipients; nothing depends on it. */
  cacheGrant(link: Link): void;
  /** Puts what KV has to hold of a link. Throws `Unavailable`. */
  putInKv(link: Link): Promise<void>;
};

export function createLinkCarrier(options: {
  readonly gates: Gates;
  readonly grants: Grants;
  readonly storage: DurableObjectStorage;
  readonly tables: LedgerTables;
  readonly alarm: Alarm;
}): LinkCarrier {
  const { gates, grants, storage, tables, alarm } = options;
  const inTurn = createTurns();

  /** KV has no versions: one put after the other, each of what is newest then, ends with the newest. */
  function putInTurn(link: Link): Promise<void> {
    return inTurn(link.id, async () => {
      const newest = tables.links.get(link);
      try {
        await grants.put(link.id, cachedGrantOf(newest), newest.limits.expiresAt);
      } catch (cause) {
        throw new Unavailable('KV took no write', { cause });
      }
    });
  }

  function settle(link: Link): void {
    storage.transactionSync(() => {
      const settled = tables.links.settle(link.id, link.version);
      if (settled && link.status === 'pending') {
        tables.events.add('link.minted', link.createdAt, link.id, link.mintedBy);
      }
    });
  }

  /** The link as it is now that its gate has ended it, which a restored ledger may have forgotten. */
  function endedAsGate(link: Link, endedAt: Instant): Link {
    storage.transactionSync(() => {
      const isNews = tables.links.end(link.id, 'revoked', endedAt);
      if (isNews) tables.events.add('link.revoked', systemClock(), link.id, HALLPASS);
    });
    return tables.links.get(link);
  }

  async function carry(stale: Link): Promise<void> {
    const link = tables.links.get(stale);
    if (link.settled) return;
    const { id, version, grant, limits, endedAt, reported } = link;
    const record = { version, grant, limits, endedAt };
    const gateEndedAt = await gates.write(id, record, reported?.totals);
    const isForgotten = gateEndedAt !== undefined && endedAt === undefined;
    const carried = isForgotten ? endedAsGate(link, gateEndedAt) : link;
    if (grant.consistency === 'edge') {
      // It keeps its turn, since what it puts may yet arrive; but nothing else waits for it.
      await inTime(KV_TIMEOUT_MS, putInTurn(carried), () => new Unavailable('KV took too long'));
    }
    settle(carried);
  }

  async function tryCarry(link: Link): Promise<Link> {
    try {
      await carry(link);
    } catch (error) {
      console.warn({ event: 'ledger.link_not_carried', link: link.id, error: String(error) });
      await alarm.retry();
    }
    return tables.links.get(link);
  }

  return {
    carry,
    tryCarry,
    async tryCarryAll(links) {
      const carried = await Promise.all(links.map(tryCarry));
      return carried.filter((link) => link.settled).length;
    },
    putInKv: putInTurn,
    cacheGrant({ id, grant, limits }) {
      if (grant.consistency === 'edge') return;
      grants.put(id, { grant }, limits.expiresAt).catch((error: unknown) => {
        console.warn({ event: 'ledger.grant_not_cached', link: id, error: String(error) });
      });
    },
  };
}
