// What operators see of every app at once: how many links live, what happened by the hour, and which
// links end next.

import type { App } from '../apps/app.ts';
import { askEach } from '../apps/ask-each.ts';
import type { Caller } from '../apps/caller.ts';
import type { Answer, Apps, LedgerOf, LedgerOverview } from '../apps/ports.ts';
import { denied, ok } from '../lib/result.ts';
import { type Clock, HOUR_MS, type Instant } from '../lib/time.ts';
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

/** What the ledger of an app answered, if it did. */
export type AppOverview = { readonly app: string; readonly seen?: LedgerOverview | undefined };

/** Refuses with `operators_only` and `app_not_found`; throws `Unavailable` for the directory alone. */
export async function overviewOf(
  services: { ledgerOf: LedgerOf; apps: Apps; clock: Clock },
  caller: Caller,
  { hours, limit, endingWithinMs, app }: OverviewRequest,
): Promise<Answer<Overview>> {
  if (caller.kind !== 'operator') return { result: denied({ reason: 'operators_only' }) };
  const apps = await services.apps.list();
  const meant = apps.filter(({ id }) => app === undefined || id === app);
  if (app !== undefined && meant.length === 0) {
    return { result: denied({ reason: 'app_not_found' }) };
  }
  const now = services.clock();
  const since = firstHour(hours, now);
  const request = { since, endingBefore: now + endingWithinMs, limit };
  const asked = await askEach(
    meant,
    async ({ id }) => (await services.ledgerOf(id).overview(caller, request)).result,
  );
  if (!asked.ok) return { result: asked };
  const answers = asked.value.map((answer) => ({ app: answer.app.id, seen: answer.value }));
  return { result: ok({ apps, ...mergeOverviews(answers, { hours, limit, now }) }) };
}

/** Adds up what ledgers have seen, and names those that gave no answer. */
export function mergeOverviews(
  answers: readonly AppOverview[],
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
