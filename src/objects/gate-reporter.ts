// Tells the ledger what its gate has counted: not sooner than the ledger can bear, and again until it
// is received.

import { type Instant, SECOND_MS } from '../lib/time.ts';
import type { Activity } from '../links/activity.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { ReportToLedger } from '../links/ports.ts';
import { countOf, reportOf } from '../links/report.ts';
import type { GateUses } from './gate-uses.ts';

const FIRST_RETRY_MS = 10 * SECOND_MS;
const LONGEST_RETRY_MS = 600 * SECOND_MS;

/** Key of the last use that the ledger has recorded. */
const USES_REPORTED = 'uses reported';

export type GateReporter = {
  /** Reports what is new; answers when to come back, `undefined` when the ledger knows everything. */
  report(link: LinkId, app: string, activity: Activity, now: Instant): Promise<Instant | undefined>;
  /** Whether the ledger has heard of everything that this activity counts. */
  isReported(activity: Activity): boolean;
};

export function createGateReporter(
  kv: SyncKvStorage,
  uses: GateUses,
  send: ReportToLedger,
): GateReporter {
  let reportedCount: number | undefined;
  let nextAt: Instant = 0;
  let failures = 0;

  function newUses(activity: Activity) {
    const known = kv.get<number>(USES_REPORTED) ?? 0;
    return activity.uses > known ? uses.after(known) : [];
  }

  return {
    isReported: (activity) => reportedCount === countOf(activity),
    async report(link, app, activity, now) {
      const unreported = newUses(activity);
      const count = countOf(activity);
      if (count === reportedCount && unreported.length === 0) return undefined;
      if (now < nextAt) return nextAt;
      try {
        const receipt = await send(app, reportOf(link, activity, unreported, now));
        if (unreported.length > 0) kv.put(USES_REPORTED, receipt.usesUpTo);
        reportedCount = count;
        failures = 0;
        nextAt = now + receipt.nextInSeconds * SECOND_MS;
        return activity.uses > receipt.usesUpTo ? nextAt : undefined;
      } catch (error) {
        console.warn({ event: 'gate.not_reported', link, error: String(error) });
        nextAt = now + Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
        failures += 1;
        return nextAt;
      }
    },
  };
}
