// The events of a ledger as a caller may read them: those of links and keys within its bounds.

import type { KeyId } from '../apps/api-key.ts';
import { isWithin, widerFaults } from '../apps/bounds.ts';
import type { Event, EventFilter, EventPage } from '../events/event.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { Admitted } from './admission.ts';
import { ROWS_PER_PAGE, type View, viewOf } from './catalog.ts';
import type { LedgerTables } from './ledger-tables.ts';

export type EventLog = {
  /** Events after `after`, the oldest first; a page may be short, or empty, and yet not be the last. */
  read(admitted: Admitted, filter: EventFilter, after: number, limit: number): EventPage;
  isVisible(view: View, event: Event): boolean;
};

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

  return {
    isVisible,
    read(admitted, filter, after, limit) {
      const page: Event[] = [];
      let rows = 0;
      let upTo = after;
      for (const event of events.after(after, filter)) {
        const isMeant = filter.type === undefined || filter.type === event.type;
        if (isMeant && isVisible(viewOf(admitted), event)) page.push(event);
        upTo = event.seq;
        rows += 1;
        if (page.length === limit || rows === ROWS_PER_PAGE) {
          return { events: page, upTo, isAll: false };
        }
      }
      return { events: page, upTo, isAll: true };
    },
  };
}
