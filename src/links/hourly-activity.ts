// Opens and denials by the hour: of one ledger as it keeps them, of many added up.

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

/** So many hours from `first` on, oldest first, each with all that happened in it. */
export function everyHour(
  activities: readonly HourlyActivity[],
  first: Instant,
  count: number,
): HourlyActivity[] {
  const counts = new Map<Instant, ActivityCounts>();
  for (let index = 0; index < count; index++) {
    counts.set(first + index * HOUR_MS, { opens: 0, denials: {} });
  }
  for (const { hour, ...more } of activities) {
    const known = counts.get(hour);
    if (known) counts.set(hour, addActivity(known, more));
  }
  return [...counts].map(([hour, counted]) => ({ hour, ...counted }));
}
