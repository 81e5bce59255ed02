// Ends many links in a ledger. A revocation by filter means the links that exist when it is accepted:
// it is a row of its own from then on, and goes through the catalog step by step, by the alarm where
// one call is too short for it.

import type { Position } from '../lib/position.ts';
import { type Instant, SECOND_MS } from '../lib/time.ts';
import type { BulkRevocation, LinkFilter, LinkSelection } from '../links/filter.ts';
import type { Link } from '../links/link.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { Catalog, View } from './catalog.ts';
import { endLink, isEndable } from './ending.ts';
import type { LedgerContext } from './ledger-context.ts';
import type { AcceptedRevocation } from './revocation-table.ts';

/** How many gates are written at a time. */
export const LINKS_AT_ONCE = 100;
/** How many links one step ends in its transaction. */
const LINKS_PER_STEP = 1_000;
/** What one call does by itself: ten thousand links and more, in a second or two. */
const STEPS_PER_CALL = 20;

type Request = { readonly actor: string; readonly dryRun: boolean; readonly now: Instant };

export type BulkEnding = {
  revokeMany(view: View, selection: LinkSelection, request: Request): Promise<BulkRevocation>;
  /** Carries out one step of what was accepted; false when nothing is left. */
  step(view: View, now: Instant): boolean;
};

type Step = { readonly links: readonly Link[]; readonly next: Position | undefined };

export function createBulkEnding(context: LedgerContext, catalog: Catalog): BulkEnding {
  const { storage, tables, alarm, carrier } = context;

  function endAll(links: readonly Link[], actor: string, now: Instant): void {
    for (const link of links) endLink(context, link, 'revoked', actor, now);
  }

  function lookAtNext(
    view: View,
    { filter, acceptedAt }: Pick<AcceptedRevocation, 'filter' | 'acceptedAt'>,
    after: Position,
    now: Instant,
  ): Step {
    const page = { limit: LINKS_PER_STEP, after };
    const { items, next } = catalog.list(view, filter, page, acceptedAt);
    return { links: items.filter((link) => isEndable(link, now)), next };
  }

  function carryOut(view: View, accepted: AcceptedRevocation, now: Instant): Step {
    const { actor, within } = accepted;
    return storage.transactionSync(() => {
      const step = lookAtNext({ app: view.app, within }, accepted, accepted.after, now);
      endAll(step.links, actor, now);
      if (step.next) tables.revocations.moveOn({ ...accepted, after: step.next });
      else tables.revocations.remove(accepted.id);
      return step;
    });
  }

  function accept(
    { within }: View,
    filter: LinkFilter,
    actor: string,
    now: Instant,
  ): AcceptedRevocation {
    return tables.revocations.add({ filter, within, actor, acceptedAt: now, after: asOf(now) });
  }

  /** Looks at as many links as one call may. */
  function steps(start: Position, take: (after: Position) => Step): Step {
    const links: Link[] = [];
    let next: Position | undefined = start;
    for (let count = 0; next && count < STEPS_PER_CALL; count++) {
      const step = take(next);
      links.push(...step.links);
      next = step.next;
    }
    return { links, next };
  }

  async function endMatching(
    view: View,
    filter: LinkFilter,
    { actor, dryRun, now }: Request,
  ): Promise<Step> {
    if (dryRun) {
      const asked = { filter, acceptedAt: now };
      return steps(asOf(now), (after) => lookAtNext(view, asked, after, now));
    }
    await alarm.ringBy(now + SECOND_MS);
    const accepted = storage.transactionSync(() => accept(view, filter, actor, now));
    return steps(accepted.after, (after) => carryOut(view, { ...accepted, after }, now));
  }

  async function endNamed(
    view: View,
    ids: readonly LinkId[],
    { actor, dryRun, now }: Request,
  ): Promise<Step> {
    const found = [...new Set(ids)].flatMap((id) => {
      const reached = catalog.reach(view, id);
      return reached.ok ? reached.value : [];
    });
    const links = found.filter((link) => isEndable(link, now));
    if (!dryRun) {
      await alarm.ringBy(now + SECOND_MS);
      storage.transactionSync(() => endAll(links, actor, now));
    }
    return { links, next: undefined };
  }

  return {
    step(view, now) {
      const accepted = tables.revocations.oldest();
      if (accepted) carryOut(view, accepted, now);
      return accepted !== undefined;
    },
    async revokeMany(view, selection, request) {
      const { links, next } =
        'ids' in selection
          ? await endNamed(view, selection.ids, request)
          : await endMatching(view, selection.filter, request);
      const [matched, complete] = [links.length, next === undefined];
      if (request.dryRun) return { matched, revoked: 0, pending: matched, complete };
      await carrier.tryCarryAll(links.slice(0, LINKS_AT_ONCE));
      const pending = links.filter((link) => !tables.links.get(link).settled).length;
      return { matched, revoked: matched - pending, pending, complete };
    },
  };
}

/** Before the newest link that exists at an instant. */
function asOf(instant: Instant): Position {
  return { createdAt: instant + 1, id: '' };
}
