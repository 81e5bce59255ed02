// Ends links in a ledger, one or many: the rows first, all or none, then the gates.

import { isWithin } from '../apps/bounds.ts';
import { type Instant, SECOND_MS } from '../lib/time.ts';
import type { BulkRevocation, LinkSelection } from '../links/filter.ts';
import { type Link, linkState } from '../links/link.ts';
import type { Admitted } from './admission.ts';
import type { Catalog } from './catalog.ts';
import type { LedgerContext } from './ledger-context.ts';
import { MINT_LEASE_MS } from './minting.ts';

/** How many gates are written at a time. */
export const LINKS_AT_ONCE = 100;

export type Ending = {
  revoke(link: Link, actor: string, now: Instant): Promise<Link>;
  revokeMany(
    admitted: Admitted,
    selection: LinkSelection,
    dryRun: boolean,
    now: Instant,
  ): Promise<BulkRevocation>;
  /** Revokes links in one transaction and carries the first to their gates, the alarm the rest. */
  revokeAll(links: readonly Link[], actor: string, now: Instant): Promise<void>;
  /** Ends a mint that was never answered: nobody was told its URL. */
  fail(link: Link, actor: string, now: Instant): void;
};

export function createEnding(context: LedgerContext, catalog: Catalog): Ending {
  const { storage, tables, alarm, carrier } = context;

  function end(link: Link, status: 'revoked' | 'failed', actor: string, now: Instant): void {
    if (tables.links.end(link.id, status, now)) {
      tables.events.add(`link.${status}`, now, link.id, actor);
    }
  }

  async function revokeAll(links: readonly Link[], actor: string, now: Instant): Promise<void> {
    await alarm.ringBy(now + SECOND_MS);
    storage.transactionSync(() => {
      for (const link of links) {
        if (isEndable(link, now)) end(link, 'revoked', actor, now);
      }
    });
    await carrier.tryCarryAll(links.slice(0, LINKS_AT_ONCE));
  }

  return {
    revokeAll,
    async revoke(link, actor, now) {
      if (!isEndable(link, now)) return link;
      await alarm.ringBy(now + MINT_LEASE_MS);
      storage.transactionSync(() => end(link, 'revoked', actor, now));
      return carrier.tryCarry(link);
    },
    async revokeMany({ app, bounds, actor }, selection, dryRun, now) {
      const isMeant = (link: Link) => isWithin(bounds, link.grant) && isEndable(link, now);
      const links = catalog.select(app, selection, now).filter(isMeant);
      if (dryRun) return { matched: links.length, revoked: 0, pending: links.length };
      await revokeAll(links, actor, now);
      const pending = links.filter((link) => !tables.links.get(link).settled).length;
      return { matched: links.length, revoked: links.length - pending, pending };
    },
    fail(link, actor, now) {
      storage.transactionSync(() => end(link, 'failed', actor, now));
    },
  };
}

/**
 * Whether a revocation still has something to do. An end that its gate hasn't confirmed counts: the
 * gate of a link that was shortened may still have the later end.
 */
function isEndable(link: Link, now: Instant): boolean {
  if (!link.settled) return true;
  return link.endedAt === undefined && linkState(link, now) !== 'expired';
}
