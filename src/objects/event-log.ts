// The events of a ledger as a caller may read them: those of links and keys within its bounds.

import type { KeyId } from '../apps/api-key.ts';
import { isWithin, widerFaults } from '../apps/bounds.ts';
import type { Event, EventFilter, EventPage, LatestPage, LatestRequest } from '../events/event.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { Admitted } from './admission.ts';
import { ROWS_PER_PAGE, type View, viewOf } from './catalog.ts';
import type { LedgerTables } from './ledger-tables.ts';

export type EventLog = {
  /** Events after `after`, the oldest first; a page may be short, or empty, and yet not be the last. */
  read(admitted: Admitted, filter: EventFilter, after: number, limit: number): EventPage;
  /** Events below a place, the newest first; a page may be short, or empty, and yet not be the last. */
  latest(admitted: Admitted, filter: EventFilter, page: LatestRequest): LatestPage;
  isVisible(view: View, event: Event): boolean;
};

/** Above the newest event there can be. */
const ABOVE_ALL = Number.MAX_SAFE_INTEGER;

export function createEventLog({ events, links, keys }: LedgerTables): EventLog {
  function isVisible({ app, within }: View, { type, subject }: Event): boolean {
    if (!within) return true;
    if (type.startsWith('key.')) {
      const key = keys.find(subject as KeyId);
      return key !== undefined && widerFaults(key, within).length === 0;
    }
    const link = links.find(subject as LinkId, app.id);
    return link !== undefined && isWithin(within, link.grant);
  }

  function isMeant(admitted: Admitted, { type }: EventFilter, event: Event): boolean {
    return (type === undefined || type === event.type) && isVisible(viewOf(admitted), event);
  }

  return {
    isVisible,
    read(admitted, filter, after, limit) {
      const page: Event[] = [];
      let rows = 0;
      let upTo = after;
      for (const event of events.after(after, filter)) {
        if (isMeant(admitted, filter, event)) page.push(event);
        upTo = event.seq;
        rows += 1;
        if (page.length === limit || rows === ROWS_PER_PAGE) {
          return { events: page, upTo, isAll: false };
        }
      }
      return { events: page, upTo, isAll: true };
    },
    latest(admitted, filter, { before = ABOVE_ALL, limit }) {
      const page: Event[] = [];
      const newest = events.last();
      let rows = 0;
      let last: Event | undefined;
      for (const event of events.before(before, filter)) {
        if (last && (page.length === limit || rows === ROWS_PER_PAGE)) {
          return { events: page, newest, rest: { before: last.seq, at: last.at } };
        }
        if (isMeant(admitted, filter, event)) page.push(event);
        last = event;
        rows += 1;
      }
      return { events: page, newest };
    },
  };
}
