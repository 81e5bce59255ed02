// The uploads of a link at its gate: each with the claim that stands for it, until it is over and the
// ledger has heard.

import type { Instant } from '../lib/time.ts';
import { isWrittenOnce } from '../links/begin-upload.ts';
import type { Grant } from '../links/grant.ts';
import type { ReportedUpload } from '../links/report.ts';
import type { Upload, UploadedObject, UploadState } from '../links/upload.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS uploads (
    claim TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    number INTEGER,
    ended_at INTEGER,
    terms TEXT NOT NULL
  ) WITHOUT ROWID;
  -- What the alarm has still to look after; empty most of the time.
  CREATE INDEX IF NOT EXISTS uploads_open ON uploads (due_at) WHERE state IN ('begun', 'aborted');
  CREATE INDEX IF NOT EXISTS uploads_arrived ON uploads (key) WHERE state = 'uploaded';
  CREATE INDEX IF NOT EXISTS uploads_finished ON uploads (number) WHERE number IS NOT NULL;
`;

/** How many uploads one report tells of at most. */
const UPLOADS_PER_REPORT = 100;

export type GateUploads = ReturnType<typeof createGateUploads>;

/** `dueAt` tells when the alarm has to look after an upload. */
export function createGateUploads(sql: SqlStorage, dueAt: (upload: Upload) => Instant) {
  let hasTable = sql.databaseSize > 0 && tableExists(sql);

  function find(claim: string): Upload | undefined {
    if (!hasTable) return undefined;
    const [row] = sql.exec<UploadRow>('SELECT * FROM uploads WHERE claim = ?', claim);
    return row && uploadOf(row);
  }

  function update(upload: Upload, more: { number?: number; endedAt?: Instant } = {}): void {
    sql.exec(
      `UPDATE uploads SET state = ?, due_at = ?, number = ifnull(number, ?),
         ended_at = ifnull(ended_at, ?), terms = ? WHERE claim = ?`,
      upload.state,
      dueAt(upload),
      more.number ?? null,
      more.endedAt ?? null,
      JSON.stringify(upload),
      upload.claim,
    );
  }

  function isUploaded(key: string): boolean {
    if (!hasTable) return false;
    const query = "SELECT 1 FROM uploads WHERE key = ? AND state = 'uploaded' LIMIT 1";
    return sql.exec(query, key).toArray().length > 0;
  }

  /** Of the finished uploads, which are numbered in their order. */
  function lastNumber(): number {
    if (!hasTable) return 0;
    const query = 'SELECT max(number) n FROM uploads WHERE number IS NOT NULL';
    return sql.exec<{ n: number | null }>(query).one().n ?? 0;
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
        dueAt(upload),
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
      update(finished, { number: lastNumber() + 1, endedAt: now });
      return finished;
    },
    isUploaded,
    /** Whether no other upload arrived before under the one key that may not be overwritten. */
    isFirst({ key, claim }: Upload, grant: Grant): boolean {
      if (!isWrittenOnce(grant)) return true;
      const query = "SELECT claim FROM uploads WHERE key = ? AND state = 'uploaded'";
      return sql
        .exec<{ claim: string }>(query, key)
        .toArray()
        .every((row) => row.claim === claim);
    },
    /** Uploads that are neither over nor given back, and are to be looked after by now. */
    due(now: Instant, limit: number): Upload[] {
      if (!hasTable) return [];
      const rows = sql.exec<UploadRow>(
        `SELECT * FROM uploads WHERE state IN ('begun', 'aborted') AND due_at <= ?
         ORDER BY due_at LIMIT ?`,
        now,
        limit,
      );
      return rows.toArray().map(uploadOf);
    },
    nextDueAt(): Instant | undefined {
      if (!hasTable) return undefined;
      const query = "SELECT min(due_at) at FROM uploads WHERE state IN ('begun', 'aborted')";
      return sql.exec<{ at: number | null }>(query).one().at ?? undefined;
    },
    /** The link has another end. */
    reschedule(): void {
      if (!hasTable) return;
      const rows = sql.exec<UploadRow>("SELECT * FROM uploads WHERE state IN ('begun', 'aborted')");
      for (const upload of rows.toArray().map(uploadOf)) update(upload);
    },
    countFinished: lastNumber,
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
