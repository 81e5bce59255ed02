// The ledger's tables and every statement on them. Whole records are kept as JSON beside the columns
// that are searched or change by themselves; times are milliseconds since 1970.

import type { KeyId, StoredKey } from '../apps/api-key.ts';
import type { Bytes } from '../lib/digest.ts';
import type { Instant } from '../lib/time.ts';
import type { LinkChange } from '../links/change.ts';
import type { LinkFilter, Position } from '../links/filter.ts';
import type { Link, LinkStatus } from '../links/link.ts';
import type { LinkId } from '../links/link-ref.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS api_keys (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    rotated_to TEXT,
    terms TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS links (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    version INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    ended_at INTEGER,
    created_at INTEGER NOT NULL,
    minted_by TEXT NOT NULL,
    store TEXT NOT NULL,
    key TEXT NOT NULL,
    terms TEXT NOT NULL
  ) WITHOUT ROWID;
  -- Each index costs a row written for each mint; the id, as primary key, ends each of them.
  CREATE INDEX IF NOT EXISTS links_newest ON links (created_at);
  CREATE INDEX IF NOT EXISTS links_of_object ON links (store, key, created_at);
  CREATE INDEX IF NOT EXISTS links_of_minter ON links (minted_by, created_at);
  -- What the alarm has still to carry to a gate; empty most of the time.
  CREATE INDEX IF NOT EXISTS links_unsettled ON links (created_at) WHERE settled = 0;
  CREATE TABLE IF NOT EXISTS link_tags (
    tag TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (tag, created_at, id)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS idempotency (
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    nonce BLOB NOT NULL,
    made TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (actor, key)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL
  );
`;

export type EventType =
  | 'link.minted'
  | 'link.changed'
  | 'link.revoked'
  | 'link.failed'
  | 'key.created'
  | 'key.rotated'
  | 'key.revoked';

export type IdempotencyRow = {
  readonly requestHash: string;
  readonly nonce: Bytes;
  /** The id of the link or key that was made from the nonce. */
  readonly made: string | undefined;
};

export type LedgerTables = ReturnType<typeof createLedgerTables>;

export function createLedgerTables(sql: SqlStorage) {
  return {
    create(): void {
      sql.exec(SCHEMA);
    },

    findKey(id: KeyId): StoredKey | undefined {
      const [row] = sql.exec<KeyRow>('SELECT * FROM api_keys WHERE id = ?', id);
      return row && keyOf(row);
    },
    listKeys(): StoredKey[] {
      const rows = sql.exec<KeyRow>('SELECT * FROM api_keys ORDER BY created_at DESC, id DESC');
      return rows.toArray().map(keyOf);
    },
    keysMadeBy(maker: KeyId): StoredKey[] {
      const rows = sql.exec<KeyRow>('SELECT * FROM api_keys WHERE created_by = ?', maker);
      return rows.toArray().map(keyOf);
    },
    /** Keeps what is there when the key already exists; false then. */
    addKey(key: StoredKey): boolean {
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
    rotateKey(id: KeyId, to: KeyId, expiresAt: Instant): void {
      sql.exec(
        'UPDATE api_keys SET rotated_to = ?, expires_at = min(?, ifnull(expires_at, ?)) WHERE id = ?',
        to,
        expiresAt,
        expiresAt,
        id,
      );
    },
    /** False when it was revoked before. */
    revokeKey(id: KeyId, revokedAt: Instant): boolean {
      const { rowsWritten } = sql.exec(
        'UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL',
        revokedAt,
        id,
      );
      return rowsWritten > 0;
    },

    findLink(id: LinkId, app: string): Link | undefined {
      const [row] = sql.exec<LinkRow>('SELECT * FROM links WHERE id = ?', id);
      return row && linkOf(row, app);
    },
    /** Keeps what is there when the link already exists. */
    addLink(link: Link): void {
      const { rowsWritten } = sql.exec(
        'INSERT OR IGNORE INTO links VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        link.id,
        link.status,
        link.version,
        Number(link.settled),
        link.endedAt ?? null,
        link.createdAt,
        link.mintedBy,
        link.grant.store,
        link.grant.key,
        JSON.stringify(termsOf(link)),
      );
      if (rowsWritten > 0) addTags(sql, link);
    },
    /** Changes what this version of a living link says; false when another change was faster. */
    changeLink(link: Link, change: LinkChange): boolean {
      const changed = { ...link, ...change };
      const { rowsWritten } = sql.exec(
        `UPDATE links SET terms = ?, version = version + 1, settled = 0
         WHERE id = ? AND version = ? AND status = 'active'`,
        JSON.stringify(termsOf(changed)),
        link.id,
        link.version,
      );
      if (rowsWritten === 0) return false;
      for (const tag of link.tags) {
        sql.exec(
          'DELETE FROM link_tags WHERE tag = ? AND created_at = ? AND id = ?',
          tag,
          link.createdAt,
          link.id,
        );
      }
      addTags(sql, changed);
      return true;
    },
    /** Ends a link for good; whoever comes second changes nothing and gets false. */
    endLink(id: LinkId, status: LinkStatus, endedAt: Instant): boolean {
      const { rowsWritten } = sql.exec(
        `UPDATE links SET status = ?, version = version + 1, settled = 0, ended_at = ?
         WHERE id = ? AND ended_at IS NULL`,
        status,
        endedAt,
        id,
      );
      return rowsWritten > 0;
    },
    /** Records that the gate has this version, unless a newer one is under way. */
    settleLink(id: LinkId, version: number): boolean {
      const { rowsWritten } = sql.exec(
        `UPDATE links SET settled = 1, status = iif(status = 'pending', 'active', status)
         WHERE id = ? AND version = ? AND settled = 0`,
        id,
        version,
      );
      return rowsWritten > 0;
    },
    /** Ends come first: an operator waits for them. */
    unsettledLinks(app: string, limit: number): Link[] {
      const rows = sql.exec<LinkRow>(
        'SELECT * FROM links WHERE settled = 0 ORDER BY ended_at IS NULL, created_at LIMIT ?',
        limit,
      );
      return rows.toArray().map((row) => linkOf(row, app));
    },
    /** Reads links newest first, by the narrowest index the filter allows; stop when you like. */
    *newestLinks(app: string, filter: LinkFilter, after: Position): Generator<Link> {
      const { query, bindings } = scanOf(filter);
      const rows = sql.exec<LinkRow>(query, ...bindings, after.createdAt, after.id);
      for (const row of rows) yield linkOf(row, app);
    },
    /** How SQLite would read for this filter. */
    planOf(filter: LinkFilter): string[] {
      const { query, bindings } = scanOf(filter);
      const rows = sql.exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, ...bindings, 0, '');
      return rows.toArray().map((row) => row.detail);
    },

    findIdempotency(actor: string, key: string, since: Instant): IdempotencyRow | undefined {
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
    putIdempotency(actor: string, key: string, hash: string, nonce: Bytes, now: Instant): void {
      sql.exec(
        'INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, NULL, ?)',
        actor,
        key,
        hash,
        nonce,
        now,
      );
    },
    linkIdempotency(actor: string, key: string, nonce: Bytes, made: string): void {
      sql.exec(
        'UPDATE idempotency SET made = ? WHERE actor = ? AND key = ? AND nonce = ?',
        made,
        actor,
        key,
        nonce,
      );
    },
    forgetIdempotency(until: Instant): void {
      sql.exec('DELETE FROM idempotency WHERE created_at <= ?', until);
    },

    addEvent(type: EventType, at: Instant, subject: string, actor: string): void {
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

function addTags(sql: SqlStorage, { tags, createdAt, id }: Link): void {
  for (const tag of new Set(tags)) {
    sql.exec('INSERT OR IGNORE INTO link_tags VALUES (?, ?, ?)', tag, createdAt, id);
  }
}

/** Every query ends with the position after which it reads. */
function scanOf(filter: LinkFilter): { query: string; bindings: (string | number)[] } {
  if (filter.tag !== undefined) {
    return {
      query: `SELECT links.* FROM link_tags CROSS JOIN links USING (id)
        WHERE tag = ? AND (link_tags.created_at, link_tags.id) < (?, ?)
        ORDER BY link_tags.created_at DESC, link_tags.id DESC`,
      bindings: [filter.tag],
    };
  }
  const tail = '(created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC';
  if (filter.store !== undefined && filter.key !== undefined) {
    return {
      query: `SELECT * FROM links WHERE store = ? AND key = ? AND ${tail}`,
      bindings: [filter.store, filter.key],
    };
  }
  if (filter.mintedBy !== undefined) {
    return {
      query: `SELECT * FROM links WHERE minted_by = ? AND ${tail}`,
      bindings: [filter.mintedBy],
    };
  }
  return { query: `SELECT * FROM links WHERE ${tail}`, bindings: [] };
}

type IdempotencyColumns = { request_hash: string; nonce: ArrayBuffer; made: string | null };

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

type LinkRow = {
  id: LinkId;
  status: LinkStatus;
  version: number;
  settled: number;
  ended_at: number | null;
  created_at: number;
  minted_by: string;
  terms: string;
};

type LinkTerms = Pick<Link, 'rootKeyId' | 'grant' | 'limits' | 'note' | 'tags'>;

function termsOf({ rootKeyId, grant, limits, note, tags }: LinkTerms): LinkTerms {
  return { rootKeyId, grant, limits, note, tags };
}

function linkOf(row: LinkRow, app: string): Link {
  const terms = JSON.parse(row.terms) as LinkTerms;
  return {
    ...terms,
    id: row.id,
    app,
    status: row.status,
    version: row.version,
    settled: row.settled === 1,
    createdAt: row.created_at,
    mintedBy: row.minted_by,
    endedAt: row.ended_at ?? undefined,
  };
}
