// The ledger's tables. Whole records are kept as JSON beside the columns that are searched or change by
// themselves; times are milliseconds since 1970.

export const LEDGER_SCHEMA = `
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
