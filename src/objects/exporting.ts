// Exports a ledger page by page: its app, events, API keys, webhooks and links.

import type { StoredKey } from '../apps/api-key.ts';
import type { App } from '../apps/app.ts';
import {
  EXPORT_FORMAT,
  EXPORT_VERSION,
  type ExportedKey,
  type ExportedLink,
  type ExportPage,
  type ExportPart,
  type ExportPlace,
  type ExportRecord,
} from '../apps/backup.ts';
import { hex } from '../lib/digest.ts';
import { type Position, pageOf } from '../lib/position.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { type Instant, toIso } from '../lib/time.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { Link } from '../links/link.ts';
import type { LedgerContext } from './ledger-context.ts';

/** Each record is signed, and the Free plan allows 10 ms of computing for each request. */
const RECORDS_PER_PAGE = 200;

/** How soon to ask again while a bulk revocation is under way. */
const RETRY_SECONDS = 5;

/** Before the newest link there can be. */
const NEWEST: Position = { createdAt: Number.MAX_SAFE_INTEGER, id: '' };

type After = ExportPlace['after'];

export type Exporting = {
  /** Refuses with `too_many_revocations` while links may be live that are already revoked. */
  page(app: App, place: ExportPlace, now: Instant): Result<ExportPage, RequestDenial>;
};

export function createExporting({ tables }: LedgerContext): Exporting {
  function start(app: App, now: Instant): ExportPage {
    const header = {
      format: EXPORT_FORMAT,
      version: EXPORT_VERSION,
      app: app.id,
      exportedAt: toIso(now),
      lastEvent: tables.events.lastGiven(),
    } as const;
    return {
      records: [
        { kind: 'header', data: header },
        { kind: 'app', data: app },
      ],
      next: { part: 'events' },
    };
  }

  function events(after: After): ExportPage {
    const records: ExportRecord[] = [];
    let upTo = Number(after?.[0] ?? 0);
    for (const event of tables.events.after(upTo, {})) {
      if (records.length === RECORDS_PER_PAGE) return more(records, 'events', [upTo]);
      records.push({ kind: 'event', data: event });
      upTo = event.seq;
    }
    return { records, next: { part: 'keys' } };
  }

  function keys(after: After): ExportPage {
    const request = { limit: RECORDS_PER_PAGE, after: positionOf(after) };
    const { items, next } = pageOf(tables.keys.list(), request);
    const records = items.map((key) => ({ kind: 'key', data: exportedKey(key) }) as const);
    return next
      ? more(records, 'keys', [next.createdAt, next.id])
      : { records, next: { part: 'webhooks' } };
  }

  function webhooks(): ExportPage {
    const records = tables.webhooks.list().map((data) => ({ kind: 'webhook', data }) as const);
    return { records, next: { part: 'links' } };
  }

  /** Of a mint that is under way nobody knows yet. */
  function links(app: App, after: After): ExportPage {
    const records: ExportRecord[] = [];
    let last = positionOf(after) ?? NEWEST;
    let rows = 0;
    for (const link of tables.links.newest(app.id, {}, last)) {
      if (rows === RECORDS_PER_PAGE) return more(records, 'links', [last.createdAt, last.id]);
      if (link.status !== 'pending') records.push({ kind: 'link', data: exportedLink(link) });
      last = { createdAt: link.createdAt, id: link.id };
      rows += 1;
    }
    return { records, next: { part: 'end' } };
  }

  return {
    page(app, { part, after }, now) {
      if (tables.revocations.next()) {
        return denied({ reason: 'too_many_revocations', retryAfterSeconds: RETRY_SECONDS });
      }
      const parts: Record<ExportPart, () => ExportPage> = {
        start: () => start(app, now),
        events: () => events(after),
        keys: () => keys(after),
        webhooks,
        links: () => links(app, after),
        end: () => ({ records: [{ kind: 'end', data: {} }] }),
      };
      return ok(parts[part]());
    },
  };
}

function more(records: readonly ExportRecord[], part: ExportPart, after: After): ExportPage {
  return { records, next: { part, after } };
}

function positionOf(after: After): Position | undefined {
  return after && { createdAt: Number(after[0]), id: String(after[1]) };
}

function exportedKey({ hash, ...key }: StoredKey): ExportedKey {
  return { ...key, hash: hex(hash) };
}

function exportedLink({ app: _app, settled: _settled, ...link }: Link): ExportedLink {
  return link;
}
