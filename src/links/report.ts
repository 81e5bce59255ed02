// What a gate reports to its ledger: totals, so that reports may be lost, repeated or reordered, and
// each use that was spent.

import type { Redemption, Summary, UploadedFile } from '../events/event.ts';
import type { Instant } from '../lib/time.ts';
import { type Activity, NO_ACTIVITY, type Totals, totalsOf } from './activity.ts';
import type { LinkId } from './link-ref.ts';

export type ReportedUse = Redemption & { readonly at: Instant };

export type ReportedUpload = {
  /** The first finished upload of a link is 1. */
  readonly number: number;
  readonly at: Instant;
  readonly isAccepted: boolean;
  readonly data: UploadedFile;
};

export type GateReport = {
  readonly link: LinkId;
  readonly totals: Totals;
  /** When the first and the last happened of what may be new in it. */
  readonly since: Instant;
  readonly until: Instant;
  /** Uses that no receipt has named yet, in their order; not always all of them. */
  readonly uses: readonly ReportedUse[];
  /** Uploads that no receipt has named yet, likewise. */
  readonly uploads: readonly ReportedUpload[];
};

export type ReportReceipt = {
  /** The last use that the ledger has recorded. */
  readonly usesUpTo: number;
  readonly uploadsUpTo: number;
  /** How soon the ledger can bear the next report. */
  readonly nextInSeconds: number;
};

/** What a ledger knows of a link from its gate. */
export type Reported = {
  readonly totals: Totals;
  readonly usesUpTo: number;
  readonly uploadsUpTo: number;
  readonly at: Instant;
};

export const NOTHING_REPORTED: Reported = {
  totals: totalsOf(NO_ACTIVITY),
  usesUpTo: 0,
  uploadsUpTo: 0,
  at: 0,
};

export function reportOf(
  link: LinkId,
  activity: Activity,
  fresh: Pick<GateReport, 'uses' | 'uploads'>,
  now: Instant,
): GateReport {
  const { since = now, until = now } = activity;
  return { link, totals: totalsOf(activity), since, until, ...fresh };
}

/** Everything that a gate counts, counted once: what tells a newer report from an older one. */
export function countOf({ opens, denials, givenBack }: Totals): number {
  return opens + givenBack + sum(denials);
}

/** What a report adds to what is known; `undefined` where it adds nothing. */
export function newsOf(
  { totals, since, until }: GateReport,
  known: Reported,
): { readonly opened?: Summary | undefined; readonly denied?: Summary | undefined } {
  if (countOf(totals) <= countOf(known.totals)) return {};
  const period = { from: Math.max(since, known.at), to: until };
  const opens = totals.opens - known.totals.opens;
  const byReason = added(totals.denials, known.totals.denials);
  const denials = sum(byReason);
  return {
    opened:
      opens === 0
        ? undefined
        : {
            count: opens,
            byCountry: added(totals.opensByCountry, known.totals.opensByCountry),
            ...period,
          },
    denied:
      denials === 0
        ? undefined
        : {
            count: denials,
            byReason,
            byCountry: added(totals.denialsByCountry, known.totals.denialsByCountry),
            ...period,
          },
  };
}

type Counts = Readonly<Record<string, number | undefined>>;

function added(counts: Counts, known: Counts): Record<string, number> {
  const more = Object.entries(counts).map(
    ([name, count = 0]) => [name, count - (known[name] ?? 0)] as const,
  );
  return Object.fromEntries(more.filter(([, count]) => count > 0));
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce<number>((total, count = 0) => total + count, 0);
}
