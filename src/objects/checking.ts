// Compares the links of a ledger with their gates and with KV, and has written again what differs. What
// is repaired is unsettled in the ledger first, so that the alarm finishes it.

import type { App } from '../apps/app.ts';
import type { CheckRequest, LedgerCheck } from '../apps/ports.ts';
import { isSameJson } from '../lib/canonical-json.ts';
import type { Position } from '../lib/position.ts';
import type { Instant } from '../lib/time.ts';
import { type Finding, type FindingKind, gateFault, kvFault } from '../links/check.ts';
import type { Limits } from '../links/limits.ts';
import type { Link } from '../links/link.ts';
import type { CachedGrant, GateState } from '../links/ports.ts';
import { type Ending, endLink } from './ending.ts';
import type { LedgerContext } from './ledger-context.ts';
import { isOverdue, MINT_LEASE_MS } from './minting.ts';

/** Each may need its gate and KV twice, and the Free plan allows 50 such calls for each request. */
export const LINKS_PER_CHECK = 10;

/** Before the newest link there can be. */
const NEWEST: Position = { createdAt: Number.MAX_SAFE_INTEGER, id: '' };

type Examined = { readonly kinds: readonly FindingKind[]; readonly gate?: GateState | undefined };

const NOTHING_FOUND: Examined = { kinds: [] };

export type Checking = {
  check(app: App, actor: string, request: CheckRequest, now: Instant): Promise<LedgerCheck>;
  /** Looks at one link and repairs what differs. */
  repair(link: Link, actor: string, now: Instant): Promise<Finding[]>;
};

export function createChecking(context: LedgerContext, ending: Ending): Checking {
  const { storage, tables, gates, grants, carrier, alarm } = context;

  async function examine(link: Link, now: Instant): Promise<Examined> {
    const [gate, cached] = await Promise.all([askGate(link), askKv(link, now)]);
    const { version, settled } = tables.links.get(link);
    // What changed meanwhile is being carried by whoever changed it.
    if (version !== link.version || settled !== link.settled) return NOTHING_FOUND;
    const isUnderWay = link.status === 'pending' && !isOverdue(link, now);
    if (isUnderWay) return NOTHING_FOUND;
    const ofGate = gate === 'unavailable' ? 'gate_unavailable' : gateFault(link, gate, now);
    const ofKv = cached === 'unavailable' ? 'kv_unavailable' : kvFault(link, cached, now);
    return {
      kinds: [ofGate, ofKv].flatMap((kind) => kind ?? []),
      gate: gate === 'unavailable' ? undefined : gate,
    };
  }

  async function askGate({ id }: Link): Promise<GateState | undefined | 'unavailable'> {
    return gates.stateOf(id).catch(() => 'unavailable' as const);
  }

  /** Of what has expired KV holds nothing for long. */
  async function askKv(
    { id, limits }: Link,
    now: Instant,
  ): Promise<CachedGrant | undefined | 'unavailable'> {
    if (now >= limits.expiresAt) return undefined;
    return grants.read(id).catch(() => 'unavailable' as const);
  }

  /** Makes the ledger say what is to be, and unsettles it. */
  function prepare(
    link: Link,
    kind: FindingKind,
    gate: GateState | undefined,
    actor: string,
    now: Instant,
  ): void {
    switch (kind) {
      case 'unsettled':
        if (link.status === 'pending') ending.fail(link, actor, now);
        return;
      case 'gate_ahead':
        if (gate) adopt(link, gate, actor, now);
        return;
      case 'gate_differs':
        tables.links.carryAgain(link.id, link.version + 1);
        return;
      case 'gate_missing':
        forgetUploads(link);
        tables.links.carryAgain(link.id, link.version);
        return;
      // The carrier finds that it was ended.
      case 'gate_ended':
      case 'gate_behind':
      case 'gate_revived':
      case 'uses_forgotten':
        tables.links.carryAgain(link.id, link.version);
        return;
      case 'kv_missing':
      case 'kv_stale':
        // Of a strong link KV is put alone.
        if (link.grant.consistency === 'edge') tables.links.carryAgain(link.id, link.version);
    }
  }

  /**
   * The gate was written by a ledger that knew more: this one takes over the newer limits, lest what was
   * limited or shortened since its backup opens wider again.
   */
  function adopt(link: Link, { record }: GateState, actor: string, now: Instant): void {
    const { limits } = record;
    const isLive = link.status === 'expired' && now < limits.expiresAt;
    tables.links.replace({
      ...link,
      limits,
      status: isLive ? 'active' : link.status,
      version: record.version + 1,
      settled: false,
    });
    const fields = changedFields(link.limits, limits);
    if (fields.length > 0) tables.events.add('link.changed', now, link.id, actor, { fields });
    // The suspension took it for a link that was over.
    if (isLive && context.app()?.suspendedAt !== undefined) {
      endLink(context, link.id, 'revoked', actor, now);
    }
  }

  /** A gate that begins anew numbers its uploads anew. */
  function forgetUploads({ id, reported }: Link): void {
    if (reported) tables.links.report(id, { ...reported, uploadsUpTo: 0 });
  }

  async function putInKv(link: Link): Promise<boolean> {
    try {
      await carrier.putInKv(link);
      return true;
    } catch {
      return false;
    }
  }

  async function mend(
    link: Link,
    { kinds, gate }: Examined,
    actor: string,
    now: Instant,
  ): Promise<boolean> {
    storage.transactionSync(() => {
      for (const kind of kinds) prepare(link, kind, gate, actor, now);
    });
    const carried = await carrier.tryCarry(tables.links.get(link));
    if (carried.status === 'active') await alarm.ringBy(carried.limits.expiresAt);
    const isKvAlone = kinds.includes('kv_stale') && link.grant.consistency === 'strong';
    return carried.settled && (!isKvAlone || (await putInKv(carried)));
  }

  async function look(
    link: Link,
    actor: string,
    repair: boolean,
    now: Instant,
  ): Promise<Finding[]> {
    const examined = await examine(link, now);
    const { kinds } = examined;
    if (kinds.length === 0) return [];
    const isMended = repair && (await mend(link, examined, actor, now));
    return kinds.map((kind) => ({
      linkId: link.id,
      kind,
      repaired: isMended && !kind.endsWith('_unavailable'),
    }));
  }

  return {
    async repair(link, actor, now) {
      await alarm.ringBy(now + MINT_LEASE_MS);
      return look(link, actor, true, now);
    },
    async check(app, actor, { after = NEWEST, repair }, now) {
      if (repair) await alarm.ringBy(now + MINT_LEASE_MS);
      const links: Link[] = [];
      let isMore = false;
      for (const link of tables.links.newest(app.id, {}, after)) {
        isMore = links.length === LINKS_PER_CHECK;
        if (isMore) break;
        links.push(link);
      }
      const last = links.at(-1);
      const found = await Promise.all(links.map((link) => look(link, actor, repair, now)));
      return {
        checked: links.length,
        findings: found.flat(),
        next: isMore && last ? { createdAt: last.createdAt, id: last.id } : undefined,
      };
    },
  };
}

function changedFields(before: Limits, after: Limits): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof Limits>;
  return [...names].filter((name) => !isSameJson(before[name], after[name]));
}
