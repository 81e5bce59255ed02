// The API keys of a ledger, and every statement on them.

import type { KeyId, StoredKey } from '../apps/api-key.ts';
import type { Instant } from '../lib/time.ts';

export type KeyTable = ReturnType<typeof createKeyTable>;

export function createKeyTable(sql: SqlStorage) {
  const table = {
    find(id: KeyId): StoredKey | undefined {
      const [row] = sql.exec<KeyRow>('SELECT * FROM api_keys WHERE id = ?', id);
      return row && keyOf(row);
    },
    list(): StoredKey[] {
      const rows = sql.exec<KeyRow>('SELECT * FROM api_keys ORDER BY created_at DESC, id DESC');
      return rows.toArray().map(keyOf);
    },
    /** How many may still be used. */
    countInForce(now: Instant): number {
      return sql
        .exec<{ n: number }>(
          `SELECT count(*) n FROM api_keys
           WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)`,
          now,
        )
        .one().n;
    },
    /** A key with those that it made, those that these made, and so on. */
    tree(root: KeyId): KeyId[] {
      const rows = sql.exec<{ id: KeyId }>(
        `WITH RECURSIVE tree(id) AS (
           SELECT ? UNION SELECT api_keys.id FROM tree JOIN api_keys ON created_by = tree.id
         ) SELECT id FROM tree`,
        root,
      );
      return rows.toArray().map(({ id }) => id);
    },
    /** A key with the one that it was rotated to, with that one's, and so on. */
    successors(first: KeyId): KeyId[] {
      const rows = sql.exec<{ id: KeyId }>(
        `WITH RECURSIVE chain(id) AS (
           SELECT ? UNION SELECT rotated_to FROM chain JOIN api_keys USING (id)
             WHERE rotated_to IS NOT NULL
         ) SELECT id FROM chain`,
        first,
      );
      return rows.toArray().map(({ id }) => id);
    },
    /** Keeps what is there when the key already exists; false then. */
    add(key: StoredKey): boolean {
      const { id, hash, createdAt, createdBy, expiresAt, ...terms } = key;
      const { rowsWritten } = sql.exec(
        'INSERT OR IGNORE INTO api_keys VALUES (?, ?, ?, ?, ?, NULL, NULL, ?)',
        id,
        hash,
        createdAt,
        createdBy,
        expiresAt ?? null,
        JSON.stringify(terms),
      );
      return rowsWritten > 0;
    },
    /** Lets a key go when its successor has had time to take over. */
    rotate(id: KeyId, to: KeyId, expiresAt: Instant): void {
      sql.exec(
        'UPDATE api_keys SET rotated_to = ?, expires_at = min(?, ifnull(expires_at, ?)) WHERE id = ?',
        to,
        expiresAt,
        expiresAt,
        id,
      );
    },
    /** False when it was revoked before. */
    revoke(id: KeyId, revokedAt: Instant): boolean {
      const { rowsWritten } = sql.exec(
        'UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL',
        revokedAt,
        id,
      );
      return rowsWritten > 0;
    },
    /** Keeps a key, or what has become of one that is there; false when that was known. */
    restore({ revokedAt, rotatedTo, ...key }: StoredKey, now: Instant): boolean {
      const isNew = table.add(key);
      const isRotated = rotatedTo !== undefined && table.find(key.id)?.rotatedTo === undefined;
      if (isRotated) table.rotate(key.id, rotatedTo, key.expiresAt ?? now);
      const isRevoked = revokedAt !== undefined && table.revoke(key.id, revokedAt);
      return isNew || isRotated || isRevoked;
    },
  };
  return table;
}

type KeyRow = {
  id: KeyId;
  hash: ArrayBuffer;
  created_at: number;
  created_by: string;
  expires_at: number | null;
  revoked_at: number | null;
  rotated_to: KeyId | null;
  terms: string;
};

function keyOf(row: KeyRow): StoredKey {
  const terms = JSON.parse(row.terms) as Pick<
    StoredKey,
    'rootKeyId' | 'scopes' | 'requestsPerMinute'
  >;
  return {
    ...terms,
    id: row.id,
    hash: new Uint8Array(row.hash),
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    rotatedTo: row.rotated_to ?? undefined,
  };
}
