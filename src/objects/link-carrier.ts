// Carries links from the ledger to where opens are decided: to the gate, and for edge links to KV.

import { inTime } from '../lib/in-time.ts';
import { createTurns } from '../lib/turns.ts';
import { Unavailable } from '../lib/unavailable.ts';
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
      const { id, grant, limits, endedAt } = tables.links.get(link);
      try {
        await grants.put(id, { grant, edge: { limits, endedAt } }, limits.expiresAt);
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

  async function carry(stale: Link): Promise<void> {
    const link = tables.links.get(stale);
    if (link.settled) return;
    const { id, version, grant, limits, endedAt } = link;
    await gates.write(id, { version, grant, limits, endedAt });
    if (grant.consistency === 'edge') {
      // It keeps its turn, since what it puts may yet arrive; but nothing else waits for it.
      await inTime(KV_TIMEOUT_MS, putInTurn(link), () => new Unavailable('KV took too long'));
    }
    settle(link);
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
    cacheGrant({ id, grant, limits }) {
      if (grant.consistency === 'edge') return;
      grants.put(id, { grant }, limits.expiresAt).catch((error: unknown) => {
        console.warn({ event: 'ledger.grant_not_cached', link: id, error: String(error) });
      });
    },
  };
}
