// The newest events of one app, or of every app merged into one list, page by page.

import type { App } from '../apps/app.ts';
import { type Answers, askEach, silentAmong } from '../apps/ask-each.ts';
import type { Caller } from '../apps/caller.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { EventFilter, LatestPage } from './event.ts';
import { type AppEvent, mergeEvents } from './merge.ts';
import {
  appsMeant,
  type EventServices,
  listName,
  type Reading,
  readReading,
  writeReading,
} from './places.ts';

export type LatestEventsRequest = {
  /** Every app's without it. */
  readonly app?: string | undefined;
  readonly filter: EventFilter;
  readonly limit: number;
  /** A cursor: older events than a page had. */
  readonly before?: string | undefined;
};

export type LatestEvents = {
  /** The newest first; they may be few, or none, and yet not the last. */
  readonly events: readonly AppEvent[];
  /** For the page after this one; null when there is none. */
  readonly older: string | null;
  /** For what happens from now on. */
  readonly newer: string;
  /** Every app there is, the newest first. */
  readonly apps: readonly App[];
  /** Apps whose ledgers gave no answer: their events are missing. */
  readonly silent: readonly App[];
};

/** A cursor that was tampered with, or is another list's. */
const NO_CURSOR = {
  reason: 'invalid_request',
  errors: [{ pointer: '/before', detail: 'must be the cursor of an older page of this list' }],
} as const satisfies RequestDenial;

/** Refuses with `app_not_found`, with `invalid_request` for another list's cursor, and as ledgers do. */
export async function latestEvents(
  services: EventServices,
  caller: Caller,
  { app: named, filter, limit, before }: LatestEventsRequest,
): Promise<Result<LatestEvents, RequestDenial>> {
  const { cursors, ledgerOf, clock } = services;
  const since = clock();
  const list = listName('latest', named);
  const reading = before === undefined ? undefined : await readReading(cursors, list, before);
  if (before !== undefined && !reading) return denied(NO_CURSOR);
  const apps = await appsMeant(services.apps, named);
  if (!apps.ok) return apps;
  const { every, meant } = apps.value;

  const asked = meant.filter(({ id }) => !reading || reading.places.has(id));
  const answers = await askEach(asked, async ({ id }) => {
    const page = { before: reading?.places.get(id), limit };
    return (await ledgerOf(id).latestEvents(caller, filter, page)).result;
  });
  if (!answers.ok) return answers;
  const events = mergeEvents(
    answers.value.map(({ app: { id: app }, value }) => ({
      app,
      events: value?.events ?? [],
      restAt: value?.rest?.at,
    })),
    limit,
  );
  const older = { since, places: placesBelow(answers.value, events, reading) };
  const newer = { since, places: newestPlaces(answers.value) };
  return ok({
    events,
    older: older.places.size === 0 ? null : await writeReading(cursors, list, older),
    newer: await writeReading(cursors, listName('new', named), newer),
    apps: every,
    silent: silentAmong(answers.value),
  });
}

/** Above every event of an app that gave no answer: it is asked once more. */
const ABOVE_ALL = Number.MAX_SAFE_INTEGER;

/** Where each app goes on that has more; what happens meanwhile is on no older page. */
function placesBelow(
  answers: Answers<LatestPage>,
  shown: readonly AppEvent[],
  reading: Reading | undefined,
): Map<string, number> {
  const places = new Map<string, number>();
  for (const { app, value } of answers) {
    const own = shown.filter((each) => each.app === app.id);
    const isAllShown = value !== undefined && own.length === value.events.length;
    const asked = reading?.places.get(app.id) ?? (value ? value.newest + 1 : ABOVE_ALL);
    const place = isAllShown ? value.rest?.before : (own.at(-1)?.event.seq ?? asked);
    if (place !== undefined) places.set(app.id, place);
  }
  return places;
}

function newestPlaces(answers: Answers<LatestPage>): Map<string, number> {
  return new Map(answers.flatMap(({ app, value }) => (value ? [[app.id, value.newest]] : [])));
}
