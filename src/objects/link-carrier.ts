// Carries links from the ledger to where opens are decided: to the gate, and for edge links to KV.

import type { Link } from '../links/link.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { Gates, Grants } from '../links/ports.ts';
import type { LedgerAlarm } from './ledger-alarm.ts';
import type { LedgerTables } from './ledger-tables.ts';

export type LinkCarrier = {
  /** Carries the newest version, unless it is there. Throws what the gate or KV throws. */
  carry(link: Link): Promise<void>;
  /** The link afterwards; what fails is left to the alarm. */
  tryCarry(link: Link): Promise<Link>;
  /** False when some are left to the alarm. */
  tryCarryAll(links: readonly Link[]): Promise<boolean>;
};

export function createLinkCarrier(options: {
  readonly gates: Gates;
  readonly grants: Grants;
  readonly storage: DurableObjectStorage;
  readonly tables: LedgerTables;
  readonly alarm: LedgerAlarm;
}): LinkCarrier {
  const { gates, grants, storage, tables, alarm } = options;
  const lastPuts = new Map<LinkId, Promise<void>>();

  /** KV has no versions: one put after the other, each of what is newest then, ends with the newest. */
  async function putInTurn(link: Link): Promise<void> {
    const before = lastPuts.get(link.id);
    const put = (async () => {
      await before?.catch(() => {});
      const { id, grant, limits, endedAt } = tables.links.get(link);
      await grants.put(id, { grant, edge: { limits, endedAt } }, limits.expiresAt);
    })();
    lastPuts.set(link.id, put);
    try {
      await put;
    } finally {
      if (lastPuts.get(link.id) === put) lastPuts.delete(link.id);
    }
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
    if (grant.consistency === 'edge') await putInTurn(link);
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
      return carried.every((link) => link.settled);
    },
  };
}
