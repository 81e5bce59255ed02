// Which links of a catalog are meant.

import type { Page } from '../lib/position.ts';
import type { Instant } from '../lib/time.ts';
import { type Link, type LinkState, linkState } from './link.ts';
import type { LinkId } from './link-ref.ts';

export type LinkFilter = {
  readonly state?: LinkState | undefined;
  readonly store?: string | undefined;
  readonly key?: string | undefined;
  readonly keyPrefix?: string | undefined;
  readonly tag?: string | undefined;
  readonly mintedBy?: string | undefined;
  readonly createdAfter?: Instant | undefined;
  readonly createdBefore?: Instant | undefined;
  readonly expiresAfter?: Instant | undefined;
  readonly expiresBefore?: Instant | undefined;
  /** Words, each of which is in the note or the key. */
  readonly q?: string | undefined;
};

/** Which links a bulk revocation means: these, or those that match when it is accepted. */
export type LinkSelection = { readonly ids: readonly LinkId[] } | { readonly filter: LinkFilter };

/** How far a bulk revocation is. Sent again, it tells of those still pending. */
export type BulkRevocation = {
  readonly matched: number;
  readonly revoked: number;
  readonly pending: number;
  /** Whether every link was looked at; until then the ledger goes on by itself and more may match. */
  readonly complete: boolean;
};

export type LinkPage = Page<Link>;

export function matchesFilter(link: Link, filter: LinkFilter, now: Instant): boolean {
  const { grant, limits, createdAt } = link;
  return (
    is(filter.state, linkState(link, now)) &&
    is(filter.store, grant.store) &&
    is(filter.key, grant.key) &&
    is(filter.mintedBy, link.mintedBy) &&
    grant.key.startsWith(filter.keyPrefix ?? '') &&
    (filter.tag === undefined || link.tags.includes(filter.tag)) &&
    isBetween(createdAt, filter.createdAfter, filter.createdBefore) &&
    isBetween(limits.expiresAt, filter.expiresAfter, filter.expiresBefore) &&
    hasWords(`${grant.key} ${link.note ?? ''}`, filter.q)
  );
}

function is<Value>(wanted: Value | undefined, value: Value): boolean {
  return wanted === undefined || wanted === value;
}

/** From `after` on and before `before`. */
function isBetween(
  instant: Instant,
  after: Instant | undefined,
  before: Instant | undefined,
): boolean {
  return (after === undefined || instant >= after) && (before === undefined || instant < before);
}

function hasWords(text: string, q: string | undefined): boolean {
  const folded = text.toLowerCase();
  const words = (q ?? '').toLowerCase().split(/\s+/);
  return words.every((word) => folded.includes(word));
}
