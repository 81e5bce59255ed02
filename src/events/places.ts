// How far the events of several apps have been read, and the cursors that hold it.

import type { App } from '../apps/app.ts';
import type { Apps, LedgerOf } from '../apps/ports.ts';
import type { Cursors } from '../lib/cursor.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import type { Clock, Instant } from '../lib/time.ts';
import type { RequestDenial } from '../links/denial.ts';

/** A cursor has a place for each, and is part of a URL. */
export const MOST_APPS = 200;

export type EventServices = {
  readonly apps: Apps;
  readonly ledgerOf: LedgerOf;
  readonly cursors: Cursors;
  readonly clock: Clock;
};

export type Reading = {
  /** When it began. */
  readonly since: Instant;
  /** Places by the ids of their apps. */
  readonly places: ReadonlyMap<string, number>;
};

/** The app that is named, or the newest of all. Refuses with `app_not_found`. */
export async function appsMeant(
  apps: Apps,
  named: string | undefined,
): Promise<Result<{ readonly every: App[]; readonly meant: App[] }, RequestDenial>> {
  const every = await apps.list();
  if (named === undefined) return ok({ every, meant: every.slice(0, MOST_APPS) });
  const meant = every.filter(({ id }) => id === named);
  return meant.length === 0 ? denied({ reason: 'app_not_found' }) : ok({ every, meant });
}

/** What a list is called: its cursors are good for no other. */
export function listName(kind: 'latest' | 'new', app: string | undefined): string {
  return `${kind} events of ${app ?? 'every app'}`;
}

export function writeReading(
  cursors: Cursors,
  list: string,
  { since, places }: Reading,
): Promise<string> {
  return cursors.encode(list, [since, ...[...places].flat()]);
}

/** `undefined` for what is no cursor of this list. */
export async function readReading(
  cursors: Cursors,
  list: string,
  cursor: string,
): Promise<Reading | undefined> {
  const position = await cursors.decode(list, cursor);
  if (!position) return undefined;
  const [since, ...flat] = position as [Instant, ...(string | number)[]];
  const places = new Map<string, number>();
  for (let index = 0; index < flat.length; index += 2) {
    places.set(flat[index] as string, flat[index + 1] as number);
  }
  return { since, places };
}
