// The deliveries of an outbox, and every statement on them.

import type { PageRequest, Position } from '../lib/position.ts';
import type { Instant } from '../lib/time.ts';
import type { DeliveryError, Outcome } from '../webhooks/deliver.ts';
import type { Delivery, DeliveryPage, DeliveryStatus } from '../webhooks/delivery.ts';
import type { Message } from '../webhooks/message.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS deliveries (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    -- Attempts since it was accepted, or begun anew by hand.
    tries INTEGER NOT NULL,
    last_attempt_at INTEGER,
    last_status INTEGER,
    last_error TEXT,
    next_attempt_at INTEGER,
    settled_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS deliveries_newest ON deliveries (created_at);
  CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (next_attempt_at)
    WHERE status = 'pending';
  CREATE INDEX IF NOT EXISTS deliveries_settled ON deliveries (status, settled_at);
`;

/** How many rows one page may look at, and one step of forgetting. */
const ROWS_AT_ONCE = 1_000;

/** Counting reads each row. */
const MOST_COUNTED = 10_000;

/** Before the newest delivery there can be. */
const NEWEST: Position = { createdAt: Number.MAX_SAFE_INTEGER, id: '' };

/** A delivery that is due, with what is sent. */
export type DueDelivery = { readonly id: string; readonly body: string };

export type DeliveryTable = ReturnType<typeof createDeliveryTable>;

export function createDeliveryTable(sql: SqlStorage) {
  return {
    create(): void {
      sql.exec(SCHEMA);
    },
    /** Keeps what is there when it has the message already. */
    add({ id, type, body }: Message, now: Instant): void {
      sql.exec(
        `INSERT OR IGNORE INTO deliveries
         VALUES (?, ?, ?, 'pending', ?, 0, 0, NULL, NULL, NULL, ?, NULL)`,
        id,
        type,
        body,
        now,
        now,
      );
    },
    find(id: string): Delivery | undefined {
      const [row] = sql.exec<DeliveryRow>('SELECT * FROM deliveries WHERE id = ?', id);
      return row && deliveryOf(row);
    },
    /** Newest first; where few have the status a page may be short and yet not be the last. */
    list(status: DeliveryStatus | undefined, { limit, after = NEWEST }: PageRequest): DeliveryPage {
      const items: Delivery[] = [];
      let rows = 0;
      let last = after;
      const newest = sql.exec<DeliveryRow>(
        `SELECT * FROM deliveries WHERE (created_at, id) < (?, ?)
         ORDER BY created_at DESC, id DESC`,
        after.createdAt,
        after.id,
      );
      for (const row of newest) {
        if (items.length === limit || rows === ROWS_AT_ONCE) return { items, next: last };
        if (status === undefined || row.status === status) items.push(deliveryOf(row));
        last = { createdAt: row.created_at, id: row.id };
        rows += 1;
      }
      return { items };
    },
    /** Up to a number that tells enough. */
    count(status: DeliveryStatus): number {
      const query = 'SELECT count(*) n FROM (SELECT 1 FROM deliveries WHERE status = ? LIMIT ?)';
      return sql.exec<{ n: number }>(query, status, MOST_COUNTED).one().n;
    },
    /** The longest due first. */
    due(now: Instant, limit: number): DueDelivery[] {
      return sql
        .exec<DueDelivery>(
          `SELECT id, body FROM deliveries
           WHERE status = 'pending' AND next_attempt_at <= ? ORDER BY next_attempt_at LIMIT ?`,
          now,
          limit,
        )
        .toArray();
    },
    nextAttemptAt(): Instant | undefined {
      const [row] = sql.exec<{ at: number | null }>(
        "SELECT min(next_attempt_at) at FROM deliveries WHERE status = 'pending'",
      );
      return row?.at ?? undefined;
    },
    triesOf(id: string): number {
      const query = 'SELECT tries FROM deliveries WHERE id = ?';
      return sql.exec<{ tries: number }>(query, id).toArray()[0]?.tries ?? 0;
    },
    /** Records an attempt; without a next one it was the last. What was given up meanwhile stays so. */
    attempted(
      id: string,
      outcome: Outcome,
      nextAttemptAt: Instant | undefined,
      now: Instant,
    ): void {
      const isDelivered = outcome.kind === 'delivered';
      const status = isDelivered ? 'delivered' : nextAttemptAt === undefined ? 'dead' : 'pending';
      sql.exec(
        `UPDATE deliveries SET attempts = attempts + 1, tries = tries + 1, last_attempt_at = ?1,
           last_status = ?2, last_error = ?3 WHERE id = ?4`,
        now,
        'status' in outcome ? outcome.status : null,
        'error' in outcome ? outcome.error : null,
        id,
      );
      sql.exec(
        `UPDATE deliveries SET status = ?1, next_attempt_at = ?2, settled_at = ?3
         WHERE id = ?4 AND (status = 'pending' OR ?1 = 'delivered')`,
        status,
        nextAttemptAt ?? null,
        nextAttemptAt === undefined ? now : null,
        id,
      );
    },
    /** Lets go of whatever is pending. */
    giveUp(error: DeliveryError, now: Instant): void {
      sql.exec(
        `UPDATE deliveries SET status = 'dead', last_error = ?, next_attempt_at = NULL,
           settled_at = ? WHERE status = 'pending'`,
        error,
        now,
      );
    },
    beginAnew(id: string, now: Instant): void {
      sql.exec(
        `UPDATE deliveries SET status = 'pending', tries = 0, next_attempt_at = ?,
           settled_at = NULL WHERE id = ?`,
        now,
        id,
      );
    },
    forget(status: DeliveryStatus, until: Instant): void {
      sql.exec(
        `DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries
           WHERE status = ? AND settled_at <= ? ORDER BY settled_at LIMIT ?)`,
        status,
        until,
        ROWS_AT_ONCE,
      );
    },
    oldestSettledAt(status: DeliveryStatus): Instant | undefined {
      const [row] = sql.exec<{ at: number | null }>(
        'SELECT min(settled_at) at FROM deliveries WHERE status = ?',
        status,
      );
      return row?.at ?? undefined;
    },
  };
}

type DeliveryRow = {
  id: string;
  type: string;
  status: DeliveryStatus;
  created_at: number;
  attempts: number;
  last_attempt_at: number | null;
  last_status: number | null;
  last_error: DeliveryError | null;
  next_attempt_at: number | null;
};

function deliveryOf(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    type: row.type,
    status: row.status,
    createdAt: row.created_at,
    attempts: row.attempts,
    lastAttemptAt: row.last_attempt_at ?? undefined,
    lastStatus: row.last_status ?? undefined,
    lastError: row.last_error ?? undefined,
    nextAttemptAt: row.next_attempt_at ?? undefined,
  };
}
