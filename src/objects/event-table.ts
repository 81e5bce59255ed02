// The events of a ledger, in the order in which they were recorded.

import type { KeyId } from '../apps/api-key.ts';
import type { Event, EventData, EventFilter, EventType } from '../events/event.ts';
import type { Instant } from '../lib/time.ts';
import type { LinkId } from '../links/link-ref.ts';

const TO_FORGET = `SELECT seq FROM (SELECT seq, at FROM events ORDER BY seq LIMIT ?)
  WHERE at <= ? AND seq <= ?`;

export type EventTable = ReturnType<typeof createEventTable>;

export function createEventTable(sql: SqlStorage) {
  return {
    add(
      type: EventType,
      at: Instant,
      subject: LinkId | KeyId,
      actor: string,
      data?: EventData,
    ): void {
      sql.exec(
        'INSERT INTO events (type, at, subject, actor, data) VALUES (?, ?, ?, ?, ?)',
        type,
        at,
        subject,
        actor,
        data ? JSON.stringify(data) : null,
      );
    },
    /** Keeps an event in the place that it had; false when the place is taken. */
    restore({ seq, type, at, subject, actor, data }: Event): boolean {
      const { rowsWritten } = sql.exec(
        'INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?)',
        seq,
        type,
        at,
        subject,
        actor,
        data ? JSON.stringify(data) : null,
      );
      return rowsWritten > 0;
    },
    has({ seq, type, at, subject }: Event): boolean {
      const query = 'SELECT 1 FROM events WHERE seq = ? AND type = ? AND at = ? AND subject = ?';
      return sql.exec(query, seq, type, at, subject).toArray().length > 0;
    },
    /** The highest place that an event has ever had: none gets it again. */
    lastGiven(): number {
      const query = "SELECT seq FROM sqlite_sequence WHERE name = 'events'";
      return sql.exec<{ seq: number }>(query).toArray()[0]?.seq ?? 0;
    },
    /** From here on events come after this place. */
    skipTo(seq: number): void {
      sql.exec("INSERT INTO events VALUES (?, '', 0, '', '', NULL)", seq);
      sql.exec('DELETE FROM events WHERE seq = ?', seq);
    },
    /** Reads events from the oldest on; stop when you like. */
    *after(seq: number, { linkId }: EventFilter): Generator<Event> {
      const rows =
        linkId === undefined
          ? sql.exec<EventRow>('SELECT * FROM events WHERE seq > ? ORDER BY seq', seq)
          : sql.exec<EventRow>(
              'SELECT * FROM events WHERE subject = ? AND seq > ? ORDER BY seq',
              linkId,
              seq,
            );
      for (const row of rows) yield eventOf(row);
    },
    /** Reads events from the newest on, below a place; stop when you like. */
    *before(seq: number, filter: EventFilter): Generator<Event> {
      const { query, bindings } = downwards(filter);
      for (const row of sql.exec<EventRow>(query, ...bindings, seq)) yield eventOf(row);
    },
    /** How SQLite would read them. */
    planOfBefore(filter: EventFilter): string[] {
      const { query, bindings } = downwards(filter);
      const rows = sql.exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, ...bindings, 0);
      return rows.toArray().map((row) => row.detail);
    },
    /** The place of the newest event, 0 when there is none. */
    last(): number {
      return sql.exec<{ seq: number | null }>('SELECT max(seq) seq FROM events').one().seq ?? 0;
    },
    /** The place of the oldest event that is still kept, and when it was recorded. */
    oldest(): { seq: number; at: Instant } | undefined {
      const query = 'SELECT seq, at FROM events ORDER BY seq LIMIT 1';
      return sql.exec<{ seq: number; at: number }>(query).toArray()[0];
    },
    /** The last that `forget` would forget. */
    lastToForget(until: Instant, upTo: number, limit: number): number | undefined {
      const query = `SELECT max(seq) seq FROM (${TO_FORGET})`;
      return sql.exec<{ seq: number | null }>(query, limit, until, upTo).one().seq ?? undefined;
    },
    /** Forgets the oldest events, as many as one step may, up to an instant and to a place. */
    forget(until: Instant, upTo: number, limit: number): void {
      sql.exec(`DELETE FROM events WHERE seq IN (${TO_FORGET})`, limit, until, upTo);
    },
  };
}

/** The query ends with the place below which it reads. */
function downwards({ linkId }: EventFilter): { query: string; bindings: string[] } {
  const tail = 'seq < ? ORDER BY seq DESC';
  return linkId === undefined
    ? { query: `SELECT * FROM events WHERE ${tail}`, bindings: [] }
    : { query: `SELECT * FROM events WHERE subject = ? AND ${tail}`, bindings: [linkId] };
}

type EventRow = {
  seq: number;
  type: EventType;
  at: number;
  subject: LinkId | KeyId;
  actor: string;
  data: string | null;
};

function eventOf({ data, ...row }: EventRow): Event {
  return { ...row, data: data === null ? undefined : (JSON.parse(data) as EventData) };
}
