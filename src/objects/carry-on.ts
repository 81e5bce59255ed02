// What the alarm of a ledger does: it carries to gates what they have not heard, goes on with bulk
// revocations, and sweeps.

import { HALLPASS } from '../apps/caller.ts';
import { type Instant, SECOND_MS, systemClock } from '../lib/time.ts';
import type { Link } from '../links/link.ts';
import { type BulkEnding, LINKS_AT_ONCE } from './bulk-ending.ts';
import type { Ending } from './ending.ts';
import type { LedgerContext } from './ledger-context.ts';
import { isOverdue, MINT_LEASE_MS } from './minting.ts';
import { createSweeping } from './sweeping.ts';

/** How long one alarm goes on. */
const ALARM_MS = 15 * SECOND_MS;

/** Arms the alarm for what is left. */
export type CarryOn = (now: Instant) => Promise<void>;

export function createCarryOn(
  context: LedgerContext,
  ending: Ending,
  bulkEnding: BulkEnding,
): CarryOn {
  const { tables, alarm, carrier } = context;
  const sweeping = createSweeping(context);
  /** Where the last round ended, so that gates that don't answer keep no others waiting. */
  let carriedUpTo: Link | undefined;

  /** Tries the next links that are due: how many those are, and how many arrived. */
  async function carryNext(app: string, now: Instant): Promise<{ due: number; arrived: number }> {
    const left = tables.links.unsettled(app, LINKS_AT_ONCE, carriedUpTo);
    carriedUpTo = left.length === LINKS_AT_ONCE ? left.at(-1) : undefined;
    const due = left.filter((link) => link.status !== 'pending' || isOverdue(link, now));
    for (const link of due) {
      if (link.status === 'pending') ending.fail(link, HALLPASS, now);
    }
    return { due: due.length, arrived: await carrier.tryCarryAll(due) };
  }

  /** False when something was due and nothing arrived. */
  async function carryAll(now: Instant): Promise<boolean> {
    const app = context.app();
    if (!app) return true;
    let [due, arrived] = [0, 0];
    let isMore = true;
    while (isMore && systemClock() < now + ALARM_MS) {
      const round = await carryNext(app.id, now);
      due += round.due;
      arrived += round.arrived;
      // What was revoked before comes to its gates before more is revoked.
      isMore = carriedUpTo !== undefined || bulkEnding.step({ app }, now);
      // The next ring goes on after those that don't answer.
      if (round.due > 0 && round.arrived === 0) break;
      // Whoever waits for the ledger comes in here.
      await scheduler.wait(0);
    }
    return due === 0 || arrived > 0;
  }

  return async function carryOn(now) {
    const app = context.app();
    if (!app) return;
    if (await carryAll(now)) alarm.succeeded();
    else alarm.failed();
    const sweepAt = sweeping.sweep(app, now);
    if (sweepAt !== undefined) await alarm.ringBy(sweepAt);
    if (tables.revocations.next()) await alarm.retry();
    const [next] = tables.links.unsettled(app.id, 1);
    if (!next) return;
    if (next.status === 'pending') await alarm.ringBy(next.createdAt + MINT_LEASE_MS);
    else await alarm.retry();
  };
}
