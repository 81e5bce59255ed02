// Carries links from the ledger to where opens are decided: to the gate, and for edge links to KV.

import type { Link } from '../links/link.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { Gates, Grants } from '../links/ports.ts';

export type LinkCarrier = {
  /** Carries the newest version, unless it is there. Throws what the gate or KV throws. */
  carry(link: Link): Promise<void>;
};

export function createLinkCarrier(options: {
  readonly gates: Gates;
  readonly grants: Grants;
  readonly newestLink: (link: Link) => Link;
  readonly settle: (link: Link) => void;
}): LinkCarrier {
  const { gates, grants, newestLink, settle } = options;
  const lastPuts = new Map<LinkId, Promise<void>>();

  /** KV has no versions: one put after the other, each of what is newest then, ends with the newest. */
  async function putInTurn(link: Link): Promise<void> {
    const before = lastPuts.get(link.id);
    const put = (async () => {
      await before?.catch(() => {});
      const { id, grant, limits, endedAt } = newestLink(link);
      await grants.put(id, { grant, edge: { limits, endedAt } }, limits.expiresAt);
    })();
    lastPuts.set(link.id, put);
    try {
      await put;
    } finally {
      if (lastPuts.get(link.id) === put) lastPuts.delete(link.id);
    }
  }

  return {
    async carry(stale) {
      const link = newestLink(stale);
      if (link.settled) return;
      const { id, version, grant, limits, endedAt } = link;
      await gates.write(id, { version, grant, limits, endedAt });
      if (grant.consistency === 'edge') await putInTurn(link);
      settle(link);
    },
  };
}
