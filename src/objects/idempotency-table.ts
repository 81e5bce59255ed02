// The Idempotency-Keys of an object, each with the nonce of what was made under it.

import type { Bytes } from '../lib/digest.ts';
import type { Instant } from '../lib/time.ts';

export const IDEMPOTENCY_SCHEMA = `
  CREATE TABLE IF NOT EXISTS idempotency (
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    nonce BLOB NOT NULL,
    made TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (actor, key)
  ) WITHOUT ROWID;
`;

export type IdempotencyRow = {
  readonly requestHash: string;
  readonly nonce: Bytes;
  /** The id of what was made from the nonce. */
  readonly made: string | undefined;
};

export type IdempotencyTable = ReturnType<typeof createIdempotencyTable>;

export function createIdempotencyTable(sql: SqlStorage) {
  return {
    find(actor: string, key: string, since: Instant): IdempotencyRow | undefined {
      const [row] = sql.exec<IdempotencyColumns>(
        `SELECT request_hash, nonce, made FROM idempotency
         WHERE actor = ? AND key = ? AND created_at > ?`,
        actor,
        key,
        since,
      );
      return (
        row && {
          requestHash: row.request_hash,
          nonce: new Uint8Array(row.nonce),
          made: row.made ?? undefined,
        }
      );
    },
    put(actor: string, key: string, hash: string, nonce: Bytes, now: Instant): void {
      sql.exec(
        'INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, NULL, ?)',
        actor,
        key,
        hash,
        nonce,
        now,
      );
    },
    link(actor: string, key: string, nonce: Bytes, made: string): void {
      sql.exec(
        'UPDATE idempotency SET made = ? WHERE actor = ? AND key = ? AND nonce = ?',
        made,
        actor,
        key,
        nonce,
      );
    },
    forget(until: Instant): void {
      sql.exec('DELETE FROM idempotency WHERE created_at <= ?', until);
    },
  };
}

type IdempotencyColumns = { request_hash: string; nonce: ArrayBuffer; made: string | null };
