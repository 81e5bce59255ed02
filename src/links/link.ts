// A link as its owner sees it, and the state that its record and the time add up to.

import type { Instant } from '../lib/time.ts';
import { spentUses } from './activity.ts';
import type { Grant } from './grant.ts';
import type { Limits } from './limits.ts';
import type { LinkId } from './link-ref.ts';
import type { Reported } from './report.ts';

/** What the ledger has decided; the rest of a link's state follows from the time. */
export type LinkStatus = 'pending' | 'active' | 'expired' | 'revoked' | 'failed';

export const LINK_STATES = [
  'pending',
  'scheduled',
  'active',
  'used_up',
  'expired',
  'revoking',
  'revoked',
  'failed',
] as const;

export type LinkState = (typeof LINK_STATES)[number];

export type Link = {
  readonly id: LinkId;
  readonly app: string;
  /** The root key of its token, password and claims. */
  readonly rootKeyId: string;
  readonly status: LinkStatus;
  /** Goes up with each change; a gate ignores what is older than what it has. */
  readonly version: number;
  /** Whether the gate has confirmed this version. */
  readonly settled: boolean;
  readonly grant: Grant;
  readonly limits: Limits;
  readonly note?: string | undefined;
  readonly tags: readonly string[];
  readonly createdAt: Instant;
  /** The id of the API key that minted it. */
  readonly mintedBy: string;
  readonly endedAt?: Instant | undefined;
  /** What its gate has reported, some seconds ago. */
  readonly reported?: Reported | undefined;
};

/** The state at an instant, by the uses that the gate has told of unless newer ones are known. */
export function linkState(
  link: Link,
  now: Instant,
  uses = link.reported ? spentUses(link.reported.totals) : 0,
): LinkState {
  const { expiresAt, notBefore, maxUses } = link.limits;
  switch (link.status) {
    case 'revoked':
      return link.settled ? 'revoked' : 'revoking';
    case 'active':
      if (now >= expiresAt) return 'expired';
      if (maxUses !== undefined && uses >= maxUses) return 'used_up';
      return notBefore !== undefined && now < notBefore ? 'scheduled' : 'active';
    default:
      return link.status;
  }
}

export function nextToEndFirst(a: Link, b: Link): number {
  if (a.limits.expiresAt !== b.limits.expiresAt) return a.limits.expiresAt - b.limits.expiresAt;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Whether its limits may still be changed: an end is final, and KV's copy of an edge link stays. */
export function isChangeable(link: Link, now: Instant): boolean {
  return (
    link.status === 'active' && now < link.limits.expiresAt && link.grant.consistency === 'strong'
  );
}
