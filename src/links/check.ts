// What may differ between a ledger and the places that it writes a link to: its gate and KV.
// The ledger's record is right, except that an end always wins and a gate may know a newer version, where
// the ledger was restored from an older backup.

import { isSameJson } from '../lib/canonical-json.ts';
import type { Instant } from '../lib/time.ts';
import { spentUses } from './activity.ts';
import { keptUntil } from './limits.ts';
import type { Link } from './link.ts';
import type { LinkId } from './link-ref.ts';
import type { CachedGrant, GateState } from './ports.ts';

export const FINDING_KINDS = [
  /** The ledger has not yet got its newest version to the gate. */
  'unsettled',
  /** The gate knows nothing of the link. */
  'gate_missing',
  /** The gate has an older version. */
  'gate_behind',
  /** The gate has a newer version than its ledger. */
  'gate_ahead',
  /** The gate has ended the link, and the ledger doesn't know. */
  'gate_ended',
  /** The gate is open although the ledger has ended the link. */
  'gate_revived',
  /** The same version, with another grant or other limits. */
  'gate_differs',
  /** The gate has counted fewer uses than it reported once. */
  'uses_forgotten',
  'gate_unavailable',
  /** KV holds nothing of an edge link. */
  'kv_missing',
  /** KV holds something else than the ledger. */
  'kv_stale',
  'kv_unavailable',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

export type Finding = {
  readonly linkId: LinkId;
  readonly kind: FindingKind;
  readonly repaired: boolean;
};

/** What KV has to hold of a link, if it holds anything. */
export function cachedGrantOf({ grant, limits, endedAt }: Link): CachedGrant {
  return grant.consistency === 'edge' ? { grant, edge: { limits, endedAt } } : { grant };
}

/** `undefined` as the state of a gate that knows nothing of the link. */
export function gateFault(
  link: Link,
  gate: GateState | undefined,
  now: Instant,
): FindingKind | undefined {
  const isOpen = link.endedAt === undefined;
  const isGateOpen = gate?.record.endedAt === undefined;
  if (gate && isOpen && !isGateOpen) return 'gate_ended';
  if (gate && isOpen && gate.record.version > link.version) return 'gate_ahead';
  if (!link.settled) return 'unsettled';
  // A gate forgets its link some days after its end, and needn't hear of it again.
  if (!gate) return now < keptUntil(link.limits) ? 'gate_missing' : undefined;
  if (!isOpen) return isGateOpen ? 'gate_revived' : undefined;
  return recordFault(link, gate);
}

function recordFault(link: Link, { record, totals }: GateState): FindingKind | undefined {
  if (record.version < link.version) return 'gate_behind';
  const { grant, limits } = link;
  if (!isSameJson({ grant, limits }, { grant: record.grant, limits: record.limits })) {
    return 'gate_differs';
  }
  const known = link.reported?.totals;
  return known && spentUses(totals) < spentUses(known) ? 'uses_forgotten' : undefined;
}

/** `undefined` as what KV holds when it holds nothing. Of links that are still carried nothing is said. */
export function kvFault(
  link: Link,
  cached: CachedGrant | undefined,
  now: Instant,
): FindingKind | undefined {
  if (!link.settled) return undefined;
  if (cached) return isSameJson(cached, cachedGrantOf(link)) ? undefined : 'kv_stale';
  const isExpected = link.grant.consistency === 'edge' && now < link.limits.expiresAt;
  return isExpected ? 'kv_missing' : undefined;
}
