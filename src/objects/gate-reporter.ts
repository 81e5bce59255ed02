// Tells the ledger what its gate has counted: not sooner than the ledger can bear, and again until it
// is received.

import { type Instant, SECOND_MS } from '../lib/time.ts';
import type { Activity } from '../links/activity.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { ReportToLedger } from '../links/ports.ts';
import { countOf, reportOf } from '../links/report.ts';
import type { GateUploads } from './gate-uploads.ts';
import type { GateUses } from './gate-uses.ts';

const FIRST_RETRY_MS = 10 * SECOND_MS;
const LONGEST_RETRY_MS = 600 * SECOND_MS;

/** Key of the last use that the ledger has recorded. */
const USES_REPORTED = 'uses reported';
/** Key of the last finished upload that the ledger has recorded. */
const UPLOADS_REPORTED = 'uploads reported';

export type GateReporter = {
  /** Reports what is new; answers when to come back, `undefined` when the ledger knows everything. */
  report(link: LinkId, app: string, activity: Activity, now: Instant): Promise<Instant | undefined>;
  /** Whether the ledger has heard of everything that this activity counts. */
  isReported(activity: Activity): boolean;
};

export function createGateReporter(
  kv: SyncKvStorage,
  { uses, uploads }: { readonly uses: GateUses; readonly uploads: GateUploads },
  send: ReportToLedger,
): GateReporter {
  let reportedCount: number | undefined;
  let nextAt: Instant = 0;
  let failures = 0;

  function newUses(activity: Activity) {
    const known = kv.get<number>(USES_REPORTED) ?? 0;
    return activity.uses > known ? uses.after(known) : [];
  }

  /** Uses that were restored are counted, and no more is known of them. */
  function isUseAfter(activity: Activity, use: number): boolean {
    return activity.uses > use && uses.after(use).length > 0;
  }

  function newUploads() {
    return uploads.finishedAfter(kv.get<number>(UPLOADS_REPORTED) ?? 0);
  }

  return {
    isReported: (activity) => reportedCount === countOf(activity),
    async report(link, app, activity, now) {
      const fresh = { uses: newUses(activity), uploads: newUploads() };
      const count = countOf(activity);
      const isNews = fresh.uses.length > 0 || fresh.uploads.length > 0;
      if (count === reportedCount && !isNews) return undefined;
      if (now < nextAt) return nextAt;
      try {
        const receipt = await send(app, reportOf(link, activity, fresh, now));
        if (fresh.uses.length > 0) kv.put(USES_REPORTED, receipt.usesUpTo);
        if (fresh.uploads.length > 0) kv.put(UPLOADS_REPORTED, receipt.uploadsUpTo);
        reportedCount = count;
        failures = 0;
        nextAt = now + receipt.nextInSeconds * SECOND_MS;
        const isMore =
          isUseAfter(activity, receipt.usesUpTo) || uploads.countFinished() > receipt.uploadsUpTo;
        return isMore ? nextAt : undefined;
      } catch (error) {
        console.warn({ event: 'gate.not_reported', link, error: String(error) });
        nextAt = now + Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
        failures += 1;
        return nextAt;
      }
    },
  };
}
