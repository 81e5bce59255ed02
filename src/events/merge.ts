// Events of several apps as one list. Only an app's own ledger knows the order of its events, whatever
// their instants say, so that order is kept, and instants decide between apps.

import type { Instant } from '../lib/time.ts';
import type { Event } from './event.ts';

export type AppEvents = {
  readonly app: string;
  /** The newest first. */
  readonly events: readonly Event[];
  /** When about those begin that were not read; absent when there are none. */
  readonly restAt?: Instant | undefined;
};

export type AppEvent = { readonly app: string; readonly event: Event };

/**
 * The newest of all, by instant, then app, then place. It ends early where it would go past events that
 * were not read; of each app it has the first ones, without gaps.
 */
export function mergeEvents(lists: readonly AppEvents[], limit: number): AppEvent[] {
  const merged: AppEvent[] = [];
  const taken = new Map<string, number>();
  while (merged.length < limit) {
    const heads = lists.flatMap((list) => headOf(list, taken.get(list.app) ?? 0) ?? []);
    const [next] = heads.sort((a, b) => b.at - a.at || (a.app < b.app ? -1 : 1));
    if (!next?.event) break;
    merged.push({ app: next.app, event: next.event });
    taken.set(next.app, (taken.get(next.app) ?? 0) + 1);
  }
  return merged;
}

type Head = { readonly app: string; readonly at: Instant; readonly event: Event | undefined };

function headOf({ app, events, restAt }: AppEvents, taken: number): Head | undefined {
  const event = events[taken];
  const at = event?.at ?? restAt;
  return at === undefined ? undefined : { app, at, event };
}
