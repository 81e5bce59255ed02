// The links of a ledger with their tags, and every statement on them.

import type { Position } from '../lib/position.ts';
import type { Instant } from '../lib/time.ts';
import type { LinkChange } from '../links/change.ts';
import type { LinkFilter } from '../links/filter.ts';
import type { Link, LinkStatus } from '../links/link.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { Reported } from '../links/report.ts';
import { createLinkCounts } from './link-counts.ts';

export type LinkTable = ReturnType<typeof createLinkTable>;

export function createLinkTable(sql: SqlStorage) {
  const counts = createLinkCounts(sql);

  function find(id: LinkId, app: string): Link | undefined {
    const [row] = sql.exec<LinkRow>('SELECT * FROM links WHERE id = ?', id);
    return row && linkOf(row, app);
  }

  return {
    find,
    /** A link that is there for sure, as it is now. */
    get(of: { readonly id: LinkId; readonly app: string }): Link {
      const link = find(of.id, of.app);
      if (!link) throw new Error(`the ledger lost ${of.id}`);
      return link;
    },
    /** Keeps what is there when the link already exists. */
    add(link: Link): void {
      const { rowsWritten } = sql.exec(
        'INSERT OR IGNORE INTO links VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)',
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
        link.limits.expiresAt,
      );
      if (rowsWritten === 0) return;
      addTags(sql, link);
      counts.added(link.createdAt);
    },
    /** Changes what this version of a living link says; false when another change was faster. */
    change(link: Link, change: LinkChange): boolean {
      const changed = { ...link, ...change };
      const { rowsWritten } = sql.exec(
        `UPDATE links SET terms = ?, expires_at = ?, version = version + 1, settled = 0
         WHERE id = ? AND version = ? AND status = 'active'`,
        JSON.stringify(termsOf(changed)),
        change.limits.expiresAt,
        link.id,
        link.version,
      );
      if (rowsWritten === 0) return false;
      removeTags(sql, link);
      addTags(sql, changed);
      return true;
    },
    /** Has its gate written again, by this version or a higher one. */
    carryAgain(id: LinkId, version: number): void {
      sql.exec('UPDATE links SET settled = 0, version = max(version, ?) WHERE id = ?', version, id);
    },
    /** Puts another version of a link in the place of the one that is there. */
    replace(link: Link): void {
      const old = find(link.id, link.app);
      if (!old) return;
      removeTags(sql, old);
      sql.exec(
        `UPDATE links SET status = ?, version = ?, settled = ?, ended_at = ?, terms = ?,
           expires_at = ? WHERE id = ?`,
        link.status,
        link.version,
        Number(link.settled),
        link.endedAt ?? null,
        JSON.stringify(termsOf(link)),
        link.limits.expiresAt,
        link.id,
      );
      addTags(sql, link);
      counts.recount();
    },
    /** Ends a link for good; whoever comes second changes nothing and gets false. */
    end(id: LinkId, status: 'revoked' | 'failed', endedAt: Instant): boolean {
      const [row] = sql.exec<Pick<LinkRow, 'status' | 'ended_at'>>(
        'SELECT status, ended_at FROM links WHERE id = ?',
        id,
      );
      if (!row || row.ended_at !== null) return false;
      sql.exec(
        `UPDATE links SET status = ?, version = version + 1, settled = 0, ended_at = ?
         WHERE id = ?`,
        status,
        endedAt,
        id,
      );
      if (row.status !== 'expired') counts.ended(1);
      return true;
    },
    /** Marks links as expired, those first whose time came first; answers which. */
    expire(now: Instant, limit: number): { id: LinkId; expires_at: Instant }[] {
      const due = sql
        .exec<{ id: LinkId; expires_at: number }>(
          `SELECT id, expires_at FROM links WHERE status = 'active' AND expires_at <= ?
           ORDER BY expires_at LIMIT ?`,
          now,
          limit,
        )
        .toArray();
      for (const { id } of due) sql.exec("UPDATE links SET status = 'expired' WHERE id = ?", id);
      counts.ended(due.length);
      return due;
    },
    /** Live links that end after an instant and before another, the next to end first. */
    endingSoon(app: string, after: Instant, before: Instant, limit: number): Link[] {
      const rows = sql.exec<LinkRow>(
        `SELECT * FROM links WHERE status = 'active' AND expires_at > ? AND expires_at < ?
         ORDER BY expires_at, id LIMIT ?`,
        after,
        before,
        limit,
      );
      return rows.toArray().map((row) => linkOf(row, app));
    },
    /** When the newest link was minted, by the clock of then. */
    newestAt(): Instant | undefined {
      const { at } = sql.exec<{ at: number | null }>('SELECT max(created_at) at FROM links').one();
      return at ?? undefined;
    },
    nextExpiry(): Instant | undefined {
      const [row] = sql.exec<{ at: number | null }>(
        "SELECT min(expires_at) at FROM links WHERE status = 'active'",
      );
      return row?.at ?? undefined;
    },
    report(id: LinkId, reported: Reported): void {
      sql.exec('UPDATE links SET reported = ? WHERE id = ?', JSON.stringify(reported), id);
    },
    countRevoking(): number {
      const [row] = sql.exec<{ n: number }>(
        'SELECT count(*) n FROM links WHERE settled = 0 AND ended_at IS NOT NULL',
      );
      return row?.n ?? 0;
    },
    /** When the one was ended whose gate doesn't know it for longest. */
    oldestUnsettledEnd(): Instant | undefined {
      const [row] = sql.exec<{ at: number | null }>(
        'SELECT min(ended_at) at FROM links WHERE settled = 0 AND ended_at IS NOT NULL',
      );
      return row?.at ?? undefined;
    },
    counts,
    /** Records that the gate has this version, unless a newer one is under way. */
    settle(id: LinkId, version: number): boolean {
      const { rowsWritten } = sql.exec(
        `UPDATE links SET settled = 1, status = iif(status = 'pending', 'active', status)
         WHERE id = ? AND version = ? AND settled = 0`,
        id,
        version,
      );
      return rowsWritten > 0;
    },
    isSettled(id: LinkId): boolean {
      return (
        sql.exec('SELECT 1 FROM links WHERE id = ? AND settled = 0', id).toArray().length === 0
      );
    },
    /** What gates have still to be told, after a link. Ends come first: an operator waits for them. */
    unsettled(app: string, limit: number, after?: Link): Link[] {
      const rows = sql.exec<LinkRow>(
        `SELECT * FROM links
         WHERE settled = 0 AND (ended_at IS NULL, created_at, id) > (?, ?, ?)
         ORDER BY ended_at IS NULL, created_at, id LIMIT ?`,
        after ? Number(after.endedAt === undefined) : -1,
        after?.createdAt ?? 0,
        after?.id ?? '',
        limit,
      );
      return rows.toArray().map((row) => linkOf(row, app));
    },
    /** Reads links newest first, by the narrowest index the filter allows; stop when you like. */
    *newest(app: string, filter: LinkFilter, after: Position): Generator<Link> {
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
  };
}

function addTags(sql: SqlStorage, { tags, createdAt, id }: Link): void {
  for (const tag of new Set(tags)) {
    sql.exec('INSERT OR IGNORE INTO link_tags VALUES (?, ?, ?)', tag, createdAt, id);
  }
}

function removeTags(sql: SqlStorage, { tags, createdAt, id }: Link): void {
  for (const tag of tags) {
    sql.exec(
      'DELETE FROM link_tags WHERE tag = ? AND created_at = ? AND id = ?',
      tag,
      createdAt,
      id,
    );
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

type LinkRow = {
  id: LinkId;
  status: LinkStatus;
  version: number;
  settled: number;
  ended_at: number | null;
  created_at: number;
  minted_by: string;
  terms: string;
  reported: string | null;
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
    reported: row.reported === null ? undefined : (JSON.parse(row.reported) as Reported),
  };
}
