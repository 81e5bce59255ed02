// The uploads of a link at its gate: each with the claim that stands for it, until it is over and the
// ledger has heard.

import type { Instant } from '../lib/time.ts';
import type { ReportedUpload } from '../links/report.ts';
import type { Upload, UploadedObject, UploadState } from '../links/upload.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS uploads (
    claim TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    url_ends_at INTEGER NOT NULL,
    number INTEGER,
    ended_at INTEGER,
    terms TEXT NOT NULL
  ) WITHOUT ROWID;
  -- What the alarm has still to look after; empty most of the time.
  CREATE INDEX IF NOT EXISTS uploads_open ON uploads (url_ends_at)
    WHERE state IN ('begun', 'aborted');
  CREATE INDEX IF NOT EXISTS uploads_finished ON uploads (number) WHERE number IS NOT NULL;
`;

/** How many uploads one report tells of at most. */
const UPLOADS_PER_REPORT = 100;

export type GateUploads = ReturnType<typeof createGateUploads>;

export function createGateUploads(sql: SqlStorage) {
  let hasTable = sql.databaseSize > 0 && tableExists(sql);

  function find(claim: string): Upload | undefined {
    if (!hasTable) return undefined;
    const [row] = sql.exec<UploadRow>('SELECT * FROM uploads WHERE claim = ?', claim);
    return row && uploadOf(row);
  }

  function update(upload: Upload, more: { number?: number; endedAt?: Instant } = {}): void {
    sql.exec(
      `UPDATE uploads SET state = ?, url_ends_at = ?, number = ifnull(number, ?),
         ended_at = ifnull(ended_at, ?), terms = ? WHERE claim = ?`,
      upload.state,
      upload.urlEndsAt,
      more.number ?? null,
      more.endedAt ?? null,
      JSON.stringify(upload),
      upload.claim,
    );
  }

  return {
    find,
    /** A claim whose use was given back may stand for another upload later. */
    add(upload: Upload): void {
      if (!hasTable) sql.exec(SCHEMA);
      hasTable = true;
      sql.exec(
        'INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?, NULL, NULL, ?)',
        upload.claim,
        upload.key,
        upload.state,
        upload.urlEndsAt,
        JSON.stringify(upload),
      );
    },
    change(upload: Upload): void {
      update(upload);
    },
    /** Ends an upload that the store was looked at for; it is to be reported. */
    finish(
      upload: Upload,
      state: Extract<UploadState, 'uploaded' | 'rejected'>,
      object: UploadedObject,
      now: Instant,
    ): Upload {
      const finished = { ...upload, state, object };
      const { n } = sql.exec<{ n: number }>('SELECT count(number) n FROM uploads').one();
      update(finished, { number: n + 1, endedAt: now });
      return finished;
    },
    /** Whether an upload arrived under this key. */
    isUploaded(key: string): boolean {
      if (!hasTable) return false;
      const query = "SELECT 1 FROM uploads WHERE key = ? AND state = 'uploaded' LIMIT 1";
      return sql.exec(query, key).toArray().length > 0;
    },
    /** Uploads that are neither over nor given back, by when their last URL ends. */
    open(limit: number): Upload[] {
      if (!hasTable) return [];
      const rows = sql.exec<UploadRow>(
        `SELECT * FROM uploads WHERE state IN ('begun', 'aborted') ORDER BY url_ends_at LIMIT ?`,
        limit,
      );
      return rows.toArray().map(uploadOf);
    },
    countFinished(): number {
      if (!hasTable) return 0;
      return sql.exec<{ n: number }>('SELECT count(number) n FROM uploads').one().n;
    },
    finishedAfter(number: number): ReportedUpload[] {
      if (!hasTable) return [];
      const rows = sql.exec<UploadRow>(
        'SELECT * FROM uploads WHERE number > ? ORDER BY number LIMIT ?',
        number,
        UPLOADS_PER_REPORT,
      );
      return rows.toArray().map(reportedOf);
    },
  };
}

type UploadRow = { number: number | null; ended_at: number | null; terms: string };

function tableExists(sql: SqlStorage): boolean {
  const query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'uploads'";
  return sql.exec(query).toArray().length > 0;
}

function uploadOf({ terms }: UploadRow): Upload {
  return JSON.parse(terms) as Upload;
}

function reportedOf(row: UploadRow): ReportedUpload {
  const { key, size, object, state } = uploadOf(row);
  return {
    number: row.number ?? 0,
    at: row.ended_at ?? 0,
    isAccepted: state === 'uploaded',
    data: { ...(object ?? { size }), key },
  };
}
