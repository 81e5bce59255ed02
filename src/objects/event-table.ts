// The events of a ledger, in the order in which they were recorded.

import type { Instant } from '../lib/time.ts';

export type EventType =
  | 'link.minted'
  | 'link.changed'
  | 'link.revoked'
  | 'link.failed'
  | 'key.created'
  | 'key.rotated'
  | 'key.revoked';

export type EventTable = ReturnType<typeof createEventTable>;

export function createEventTable(sql: SqlStorage) {
  return {
    add(type: EventType, at: Instant, subject: string, actor: string): void {
      sql.exec(
        'INSERT INTO events (type, at, subject, actor) VALUES (?, ?, ?, ?)',
        type,
        at,
        subject,
        actor,
      );
    },
  };
}
