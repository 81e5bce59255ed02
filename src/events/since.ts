// What happened in one app, or in every app, since its events were last read.

import type { App } from '../apps/app.ts';
import { askEach, silentAmong } from '../apps/ask-each.ts';
import type { Caller } from '../apps/caller.ts';
import type { Ledger } from '../apps/ports.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { Event, EventFilter } from './event.ts';
import { type AppEvent, mergeEvents } from './merge.ts';
import {
  appsMeant,
  type EventServices,
  listName,
  type Reading,
  readReading,
  writeReading,
} from './places.ts';

/** Of one app at a time: as many as whoever follows is shown. */
const MOST_NEW = 200;

export type EventsSinceRequest = {
  readonly app?: string | undefined;
  readonly filter: EventFilter;
  /** The `newer` of what was read before. */
  readonly after: string;
};

export type EventsSince = {
  /** The newest first. */
  readonly events: readonly AppEvent[];
  readonly newer: string;
  readonly apps: readonly App[];
  /** Apps whose ledgers gave no answer; what happened there comes with a later one. */
  readonly silent: readonly App[];
};

const NO_CURSOR = {
  reason: 'invalid_request',
  errors: [{ pointer: '/after', detail: 'must be the cursor of this very list' }],
} as const satisfies RequestDenial;

/** Refuses with `app_not_found`, with `invalid_request` for another list's cursor, and as ledgers do. */
export async function eventsSince(
  services: EventServices,
  caller: Caller,
  { app: named, filter, after }: EventsSinceRequest,
): Promise<Result<EventsSince, RequestDenial>> {
  const { cursors, ledgerOf } = services;
  const list = listName('new', named);
  const reading = await readReading(cursors, list, after);
  if (!reading) return denied(NO_CURSOR);
  const apps = await appsMeant(services.apps, named);
  if (!apps.ok) return apps;
  const { every, meant } = apps.value;

  const answers = await askEach(meant, ({ id }) => {
    const place = reading.places.get(id);
    return place === undefined
      ? readFirst(ledgerOf(id), caller, filter, reading)
      : readOn(ledgerOf(id), caller, filter, place);
  });
  if (!answers.ok) return answers;
  const lists = answers.value.map(({ app, value }) => ({
    app: app.id,
    events: value?.events ?? [],
  }));
  const places = new Map(reading.places);
  for (const { app, value } of answers.value) if (value) places.set(app.id, value.place);
  return ok({
    events: mergeEvents(lists, Number.POSITIVE_INFINITY),
    newer: await writeReading(cursors, list, { ...reading, places }),
    apps: every,
    silent: silentAmong(answers.value),
  });
}

type Read = { readonly events: readonly Event[]; readonly place: number };

async function readOn(
  ledger: Ledger,
  caller: Caller,
  filter: EventFilter,
  place: number,
): Promise<Result<Read, RequestDenial>> {
  const { result } = await ledger.readEvents(caller, filter, place, MOST_NEW);
  if (!result.ok) return result;
  const { events, upTo, isAll } = result.value;
  if (isAll) return ok({ events: events.toReversed(), place: upTo });
  // More than a list shows. What lies between is skipped only if the newest alone fill it.
  const newest = await readNewest(ledger, caller, filter, ({ seq }) => seq > place);
  const isFull = newest.ok && newest.value.events.length === MOST_NEW;
  return isFull ? newest : ok({ events: events.toReversed(), place: upTo });
}

/** Of an app that is new, or had given no answer: what happened since the reading began. */
function readFirst(
  ledger: Ledger,
  caller: Caller,
  filter: EventFilter,
  { since }: Reading,
): Promise<Result<Read, RequestDenial>> {
  return readNewest(ledger, caller, filter, ({ at }) => at >= since);
}

async function readNewest(
  ledger: Ledger,
  caller: Caller,
  filter: EventFilter,
  isNew: (event: Event) => boolean,
): Promise<Result<Read, RequestDenial>> {
  const { result } = await ledger.latestEvents(caller, filter, { limit: MOST_NEW });
  if (!result.ok) return result;
  const { events, newest } = result.value;
  return ok({ events: events.filter(isNew), place: newest });
}
