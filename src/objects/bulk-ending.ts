// Ends many links in a ledger. A revocation by filter means the links that exist when it is accepted:
// it is a row of its own from then on, and goes through the catalog step by step, by the alarm where
// one call is too short for it.

import { isWithin } from '../apps/bounds.ts';
import { OPERATOR } from '../apps/caller.ts';
import { newestFirst, type Position } from '../lib/position.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { type Instant, SECOND_MS } from '../lib/time.ts';
import type { RequestDenial } from '../links/denial.ts';
import {
  type BulkRevocation,
  type LinkFilter,
  type LinkSelection,
  matchesFilter,
} from '../links/filter.ts';
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
/** Counting alone is ten times as fast. */
const STEPS_PER_DRY_RUN = 200;
/** How many may be under way at once before an app has to wait. */
const MAX_REVOCATIONS = 20;
const RETRY_SECONDS = 10;

type Request = { readonly actor: string; readonly dryRun: boolean; readonly now: Instant };

export type BulkEnding = {
  revokeMany(
    view: View,
    selection: LinkSelection,
    request: Request,
  ): Promise<Result<BulkRevocation, RequestDenial>>;
  /** Carries out one step of what was accepted; false when nothing is left. */
  step(view: View, now: Instant): boolean;
};

/** Ids alone: of all that one call ends, whole links would not fit into memory. */
type Step = { readonly ids: readonly LinkId[]; readonly next: Position | undefined };

export function createBulkEnding(context: LedgerContext, catalog: Catalog): BulkEnding {
  const { storage, tables, alarm, carrier } = context;

  function endAll(ids: readonly LinkId[], actor: string, now: Instant): void {
    for (const id of ids) endLink(context, id, 'revoked', actor, now);
  }

  function lookAtNext(
    view: View,
    { filter, acceptedAt }: Pick<AcceptedRevocation, 'filter' | 'acceptedAt'>,
    after: Position,
    now: Instant,
  ): Step {
    const page = { limit: LINKS_PER_STEP, after };
    const { items, next } = catalog.list(view, filter, page, acceptedAt);
    return { ids: endableOf(items, now), next };
  }

  function carryOut(view: View, accepted: AcceptedRevocation, now: Instant): Step {
    const { actor, within } = accepted;
    return storage.transactionSync(() => {
      const step = lookAtNext({ app: view.app, within }, accepted, accepted.after, now);
      endAll(step.ids, actor, now);
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
    return tables.revocations.add({ filter, within, actor, acceptedAt: now, after: start(now) });
  }

  /**
   * Before the newest link that exists: a clock that was set back since it was minted keeps no link from
   * its end.
   */
  function start(now: Instant): Position {
    return { createdAt: Math.max(now, tables.links.newestAt() ?? now) + 1, id: '' };
  }

  /** Looks at as many links as one call may; where nothing is ended it may go on for longer, one among others. */
  async function steps(
    from: Position,
    take: (after: Position) => Step,
    dryRun = false,
  ): Promise<Step> {
    const ids: LinkId[] = [];
    let next: Position | undefined = from;
    for (let count = 0; next && count < (dryRun ? STEPS_PER_DRY_RUN : STEPS_PER_CALL); count++) {
      if (dryRun) await scheduler.wait(0);
      const step = take(next);
      ids.push(...step.ids);
      next = step.next;
    }
    return { ids, next };
  }

  async function endMatching(
    view: View,
    filter: LinkFilter,
    { actor, dryRun, now }: Request,
  ): Promise<Step> {
    if (dryRun) {
      const asked = { filter, acceptedAt: now };
      return steps(start(now), (after) => lookAtNext(view, asked, after, now), true);
    }
    await alarm.ringBy(now + SECOND_MS);
    const accepted = storage.transactionSync(() => accept(view, filter, actor, now));
    return steps(accepted.after, (after) => carryOut(view, { ...accepted, after }, now));
  }

  async function endNamed(
    view: View,
    named: readonly LinkId[],
    { actor, dryRun, now }: Request,
  ): Promise<Step> {
    const found = [...new Set(named)].flatMap((id) => {
      const reached = catalog.reach(view, id);
      return reached.ok ? reached.value : [];
    });
    const ids = endableOf(found, now);
    if (!dryRun) {
      await alarm.ringBy(now + SECOND_MS);
      storage.transactionSync(() => endAll(ids, actor, now));
    }
    return { ids, next: undefined };
  }

  return {
    step(view, now) {
      const accepted = tables.revocations.next();
      if (accepted) carryOut(view, accepted, now);
      return accepted !== undefined;
    },
    async revokeMany(view, selection, request) {
      const isOperator = request.actor === OPERATOR;
      if (!isOperator && tables.revocations.count() >= MAX_REVOCATIONS) {
        return denied({ reason: 'too_many_revocations', retryAfterSeconds: RETRY_SECONDS });
      }
      const { ids, next } =
        'ids' in selection
          ? await endNamed(view, selection.ids, request)
          : await endMatching(view, selection.filter, request);
      const [matched, complete] = [ids.length, next === undefined];
      if (request.dryRun) return ok({ matched, revoked: 0, pending: matched, complete });
      const first = ids.slice(0, LINKS_AT_ONCE);
      await carrier.tryCarryAll(first.map((id) => tables.links.get({ id, app: view.app.id })));
      const pending = ids.filter((id) => !tables.links.isSettled(id)).length;
      return ok({ matched, revoked: matched - pending, pending, complete });
    },
  };
}

/** The revocation that was accepted for a link and hasn't come to it yet. */
export function awaitedEnd({ tables }: LedgerContext, link: Link): AcceptedRevocation | undefined {
  return tables.revocations.all().find(({ filter, within, after, acceptedAt }) => {
    const isAhead = newestFirst(after, link) < 0;
    const isSeen = !within || isWithin(within, link.grant);
    return isAhead && isSeen && matchesFilter(link, filter, acceptedAt);
  });
}

function endableOf(links: readonly Link[], now: Instant): LinkId[] {
  return links.filter((link) => isEndable(link, now)).map(({ id }) => id);
}
