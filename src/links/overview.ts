// What operators see of every app at once: how many links live, what happened by the hour, and which
// links end next.

import type { App } from '../apps/app.ts';
import type { Caller } from '../apps/caller.ts';
import type { Answer, Apps, LedgerOf, LedgerOverview } from '../apps/ports.ts';
import { ok } from '../lib/result.ts';
import { type Clock, HOUR_MS, type Instant } from '../lib/time.ts';
import { type AppAnswer, askApps } from './ask-apps.ts';
import { everyHour, type HourlyActivity, hourOf } from './hourly-activity.ts';
import { type Link, nextToEndFirst } from './link.ts';

export type OverviewRequest = {
  /** How many hours back, the current one included. */
  readonly hours: number;
  /** Of links that end soon. */
  readonly limit: number;
  readonly endingWithinMs: number;
  /** The app that is meant, every app without it. */
  readonly app?: string | undefined;
};

export type Overview = {
  /** Every app there is, newest first, whichever is meant. */
  readonly apps: readonly App[];
  readonly live: number;
  readonly revoking: number;
  /** Without gaps, oldest first. */
  readonly hours: readonly HourlyActivity[];
  /** The next to end first. */
  readonly endingSoon: readonly Link[];
  /** Ids of apps whose ledgers gave no answer: nothing here counts them. */
  readonly silent: readonly string[];
};

/** Refuses with `operators_only` and `app_not_found`; throws `Unavailable` for the directory alone. */
export async function overviewOf(
  services: { ledgerOf: LedgerOf; apps: Apps; clock: Clock },
  caller: Caller,
  { hours, limit, endingWithinMs, app }: OverviewRequest,
): Promise<Answer<Overview>> {
  const now = services.clock();
  const since = firstHour(hours, now);
  const request = { since, endingBefore: now + endingWithinMs, limit };
  const asked = await askApps(services, caller, app, (ledger) => ledger.overview(caller, request));
  if (!asked.ok) return { result: asked };
  const { apps, answers } = asked.value;
  return { result: ok({ apps, ...mergeOverviews(answers, { hours, limit, now }) }) };
}

/** Adds up what ledgers have seen, and names those that gave no answer. */
export function mergeOverviews(
  answers: readonly AppAnswer<LedgerOverview>[],
  { hours, limit, now }: { hours: number; limit: number; now: Instant },
): Omit<Overview, 'apps'> {
  const seen = answers.flatMap((answer) => answer.seen ?? []);
  const activities = seen.flatMap((each) => each.hours);
  const ending = seen.flatMap((each) => each.endingSoon).sort(nextToEndFirst);
  return {
    live: seen.reduce((total, { count }) => total + count.live, 0),
    revoking: seen.reduce((total, { count }) => total + count.revoking, 0),
    hours: everyHour(activities, firstHour(hours, now), hours),
    endingSoon: ending.slice(0, limit),
    silent: answers.filter((answer) => !answer.seen).map(({ app }) => app),
  };
}

/** The current hour is the last. */
function firstHour(hours: number, now: Instant): Instant {
  return hourOf(now) - (hours - 1) * HOUR_MS;
}
