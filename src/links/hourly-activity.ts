// Opens and denials by the hour.

import { HOUR_MS, type Instant } from '../lib/time.ts';

export type ActivityCounts = {
  readonly opens: number;
  readonly denials: Readonly<Record<string, number>>;
};

export type HourlyActivity = ActivityCounts & {
  /** The start of the hour. */
  readonly hour: Instant;
};

/** The start of the hour of an instant. */
export function hourOf(instant: Instant): Instant {
  return Math.floor(instant / HOUR_MS) * HOUR_MS;
}

export function addActivity(known: ActivityCounts, more: ActivityCounts): ActivityCounts {
  const denials = { ...known.denials };
  for (const [reason, count] of Object.entries(more.denials)) {
    denials[reason] = (denials[reason] ?? 0) + count;
  }
  return { opens: known.opens + more.opens, denials };
}
