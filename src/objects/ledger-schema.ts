// The ledger's tables. Whole records are kept as JSON beside the columns that are searched or change by
// themselves; times are milliseconds since 1970.

import { IDEMPOTENCY_SCHEMA } from './idempotency-table.ts';

const FIRST_SCHEMA = `
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
  ${IDEMPOTENCY_SCHEMA}
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL
  );
`;

/** Counts and ends in the catalog, events that can be read, bulk revocations of any size. */
const REPORTS_AND_EVENTS = `
  ALTER TABLE links ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE links ADD COLUMN reported TEXT;
  UPDATE links SET expires_at = json_extract(terms, '$.limits.expiresAt');
  -- Live links, the next to expire first; an end takes a link out.
  CREATE INDEX links_expiring ON links (expires_at) WHERE status = 'active';
  ALTER TABLE events ADD COLUMN data TEXT;
  CREATE INDEX events_of_subject ON events (subject, seq);
  CREATE INDEX api_keys_of_maker ON api_keys (created_by);
  CREATE INDEX idempotency_by_age ON idempotency (created_at);
  DROP INDEX links_unsettled;
  CREATE INDEX links_unsettled ON links (ended_at IS NULL, created_at, id) WHERE settled = 0;
  CREATE TABLE revocations (id INTEGER PRIMARY KEY, terms TEXT NOT NULL);
`;

const WEBHOOKS = `
  CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    key_id TEXT,
    disabled_at INTEGER,
    -- A deleted one stays until its outbox knows.
    deleted_at INTEGER,
    -- Events are rows already, so all that is kept of what is to be sent is how far it was.
    sent_up_to INTEGER NOT NULL,
    hears_up_to INTEGER,
    terms TEXT NOT NULL
  ) WITHOUT ROWID;
`;

/** Opens and denials of the app by the hour; denials are counts by reason. */
const HOURS = `
  CREATE TABLE IF NOT EXISTS hours (
    -- Its start. As the row's own number it needs no index, and a report costs one row.
    hour INTEGER PRIMARY KEY,
    opens INTEGER NOT NULL,
    denials TEXT NOT NULL
  );
`;

/** One row: what the events up to one of them add up to. */
const TOTALS = `
  CREATE TABLE IF NOT EXISTS totals (
    id INTEGER PRIMARY KEY,
    up_to INTEGER NOT NULL,
    totals TEXT NOT NULL
  );
`;

export const MIGRATIONS = [FIRST_SCHEMA, REPORTS_AND_EVENTS, WEBHOOKS, HOURS, TOTALS];

/** Key of the number of migrations that this ledger has had. */
export const SCHEMA_VERSION = 'schema version';

/** Brings the tables of a ledger, new or old, to what this code expects. */
export function migrateLedger(storage: DurableObjectStorage): void {
  const version = storage.kv.get<number>(SCHEMA_VERSION) ?? 0;
  if (version >= MIGRATIONS.length) return;
  storage.transactionSync(() => {
    for (const migration of MIGRATIONS.slice(version)) storage.sql.exec(migration);
    storage.kv.put(SCHEMA_VERSION, MIGRATIONS.length);
  });
}
