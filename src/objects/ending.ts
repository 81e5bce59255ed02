// Ends single links in a ledger: the row first, then the gate.

import { type Instant, SECOND_MS } from '../lib/time.ts';
import type { Link } from '../links/link.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { LedgerContext } from './ledger-context.ts';
import { MINT_LEASE_MS } from './minting.ts';

export type Ending = {
  revoke(link: Link, actor: string, now: Instant): Promise<Link>;
  /** Ends a mint that was never answered: nobody was told its URL. */
  fail(link: Link, actor: string, now: Instant): void;
};

export function createEnding(context: LedgerContext): Ending {
  const { storage, alarm, carrier } = context;
  return {
    async revoke(link, actor, now) {
      if (!isEndable(link, now)) return link;
      await alarm.ringBy(now + MINT_LEASE_MS);
      storage.transactionSync(() => endLink(context, link.id, 'revoked', actor, now));
      return carrier.tryCarry(link);
    },
    fail(link, actor, now) {
      storage.transactionSync(() => endLink(context, link.id, 'failed', actor, now));
    },
  };
}

/** Row and event, within the caller's transaction. */
export function endLink(
  { tables }: LedgerContext,
  id: LinkId,
  status: 'revoked' | 'failed',
  actor: string,
  now: Instant,
): void {
  if (tables.links.end(id, status, now)) {
    tables.events.add(`link.${status}`, now, id, actor);
  }
}

/** How far the clocks of a ledger and of a gate may be apart: each runs on a machine of its own. */
const CLOCKS_APART_MS = 600 * SECOND_MS;

/**
 * Whether a revocation still has something to do. An end that its gate hasn't confirmed counts: the
 * gate of a link that was shortened may still have the later end. So does an expiry of just now: by the
 * clock of its gate the link may still be open, or be so again when a clock is set back.
 */
export function isEndable({ settled, endedAt, limits }: Link, now: Instant): boolean {
  if (!settled) return true;
  return endedAt === undefined && now < limits.expiresAt + CLOCKS_APART_MS;
}
