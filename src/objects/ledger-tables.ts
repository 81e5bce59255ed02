// The ledger's tables and every statement on them. Whole links are kept as JSON beside the columns
// that are searched; times are milliseconds since 1970.

import type { KeyId, StoredKey } from '../apps/api-key.ts';
import type { Bytes } from '../lib/digest.ts';
import type { Instant } from '../lib/time.ts';
import type { LinkChange } from '../links/change.ts';
import type { Link, LinkStatus } from '../links/link.ts';
import type { LinkId } from '../links/link-ref.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS api_keys (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL,
    created_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS links (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    version INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    ended_at INTEGER,
    created_at INTEGER NOT NULL,
    minted_by TEXT NOT NULL,
    terms TEXT NOT NULL
  ) WITHOUT ROWID;
  -- What the alarm has still to carry to a gate; empty most of the time.
  CREATE INDEX IF NOT EXISTS links_unsettled ON links (created_at) WHERE settled = 0;
  CREATE TABLE IF NOT EXISTS idempotency (
    api_key TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    nonce BLOB NOT NULL,
    link TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (api_key, key)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    link TEXT,
    actor TEXT NOT NULL
  );
`;

export type EventType = 'link.minted' | 'link.changed' | 'link.revoked' | 'link.failed';

export type IdempotencyRow = {
  readonly requestHash: string;
  readonly nonce: Bytes;
  readonly link: LinkId | undefined;
};

export type LedgerTables = ReturnType<typeof createLedgerTables>;

export function createLedgerTables(sql: SqlStorage) {
  return {
    create(): void {
      sql.exec(SCHEMA);
    },

    findKey(id: KeyId): StoredKey | undefined {
      const [row] = sql.exec<ApiKeyRow>('SELECT * FROM api_keys WHERE id = ?', id);
      return row && { id, hash: new Uint8Array(row.hash), createdAt: row.created_at };
    },
    addKey(key: StoredKey): void {
      sql.exec('INSERT OR IGNORE INTO api_keys VALUES (?, ?, ?)', key.id, key.hash, key.createdAt);
    },

    findLink(id: LinkId, app: string): Link | undefined {
      const [row] = sql.exec<LinkRow>('SELECT * FROM links WHERE id = ?', id);
      return row && linkOf(row, app);
    },
    /** Keeps what is there when the link already exists. */
    addLink(link: Link): void {
      sql.exec(
        'INSERT OR IGNORE INTO links VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        link.id,
        link.status,
        link.version,
        Number(link.settled),
        link.endedAt ?? null,
        link.createdAt,
        link.mintedBy,
        JSON.stringify(termsOf(link)),
      );
    },
    /** Changes what this version of a living link says; false when another change was faster. */
    changeLink(link: Link, change: LinkChange): boolean {
      const { rowsWritten } = sql.exec(
        `UPDATE links SET terms = ?, version = version + 1, settled = 0
         WHERE id = ? AND version = ? AND status = 'active'`,
        JSON.stringify(termsOf({ ...link, ...change })),
        link.id,
        link.version,
      );
      return rowsWritten > 0;
    },
    /** Ends a link for good; whoever comes second changes nothing and gets false. */
    endLink(id: LinkId, status: LinkStatus, endedAt: Instant): boolean {
      const { rowsWritten } = sql.exec(
        'UPDATE links SET status = ?, version = version + 1, settled = 0, ended_at = ? WHERE id = ? AND ended_at IS NULL',
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

    findIdempotency(apiKey: KeyId, key: string, since: Instant): IdempotencyRow | undefined {
      const [row] = sql.exec<IdempotencyColumns>(
        'SELECT request_hash, nonce, link FROM idempotency WHERE api_key = ? AND key = ? AND created_at > ?',
        apiKey,
        key,
        since,
      );
      return (
        row && {
          requestHash: row.request_hash,
          nonce: new Uint8Array(row.nonce),
          link: row.link ?? undefined,
        }
      );
    },
    putIdempotency(
      apiKey: KeyId,
      key: string,
      requestHash: string,
      nonce: Bytes,
      now: Instant,
    ): void {
      sql.exec(
        'INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, NULL, ?)',
        apiKey,
        key,
        requestHash,
        nonce,
        now,
      );
    },
    linkIdempotency(apiKey: KeyId, key: string, nonce: Bytes, link: LinkId): void {
      sql.exec(
        'UPDATE idempotency SET link = ? WHERE api_key = ? AND key = ? AND nonce = ?',
        link,
        apiKey,
        key,
        nonce,
      );
    },
    forgetIdempotency(until: Instant): void {
      sql.exec('DELETE FROM idempotency WHERE created_at <= ?', until);
    },

    addEvent(type: EventType, at: Instant, link: LinkId, actor: string): void {
      sql.exec(
        'INSERT INTO events (type, at, link, actor) VALUES (?, ?, ?, ?)',
        type,
        at,
        link,
        actor,
      );
    },
  };
}

type ApiKeyRow = { id: KeyId; hash: ArrayBuffer; created_at: number };
type IdempotencyColumns = { request_hash: string; nonce: ArrayBuffer; link: LinkId | null };
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
