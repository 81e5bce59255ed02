// Events, read once or followed.

import type { Api, CallOptions } from './api.ts';
import { sleep } from './retry.ts';
import type { Event, EventFilter } from './types.ts';

const PAGE = 200;
const DEFAULT_INTERVAL_MS = 2_000;

type EventPage = {
  readonly items: readonly Event[];
  readonly nextCursor: string;
  readonly upToDate: boolean;
};

export type FollowOptions = CallOptions & {
  /** How often to ask when nothing happens; 2,000 ms by default. */
  readonly intervalMs?: number | undefined;
};

export function createEvents(api: Api) {
  const read = (filter: EventFilter, options: CallOptions) =>
    api<EventPage>({
      method: 'GET',
      path: '/v1/events',
      query: { ...filter, limit: PAGE },
      ...options,
    });

  return {
    /** Events up to now, the oldest first. */
    async *list(filter: EventFilter = {}, options: CallOptions = {}): AsyncGenerator<Event, void> {
      let after = filter.after;
      while (true) {
        const page = await read({ ...filter, after }, options);
        yield* page.items;
        if (page.upToDate) return;
        after = page.nextCursor;
      }
    },
    /** Events as they happen, without end: pass a signal. */
    async *follow(
      filter: EventFilter = {},
      { intervalMs = DEFAULT_INTERVAL_MS, ...options }: FollowOptions = {},
    ): AsyncGenerator<Event, void> {
      let after = filter.after;
      while (true) {
        const page = await read({ ...filter, after }, options);
        yield* page.items;
        after = page.nextCursor;
        if (page.upToDate) await sleep(intervalMs, options.signal);
      }
    },
  };
}
