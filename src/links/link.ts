// A link as its owner sees it, and the state that its record and the time add up to.

import type { Instant } from '../lib/time.ts';
import type { Grant } from './grant.ts';
import type { Limits } from './limits.ts';

export type LinkId = `lnk_${string}`;

/** What the ledger has decided; the rest of a link's state follows from the time. */
export type LinkStatus = 'pending' | 'active' | 'revoked' | 'failed';

export type LinkState = 'pending' | 'active' | 'expired' | 'revoking' | 'revoked' | 'failed';

export type Link = {
  readonly id: LinkId;
  readonly app: string;
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
};

export function linkState(link: Link, now: Instant): LinkState {
  switch (link.status) {
    case 'revoked':
      return link.settled ? 'revoked' : 'revoking';
    case 'active':
      return now < link.limits.expiresAt ? 'active' : 'expired';
    default:
      return link.status;
  }
}
