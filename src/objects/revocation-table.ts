// Bulk revocations that were accepted and have not yet looked at every link that was there then.

import type { Bounds } from '../apps/bounds.ts';
import { OPERATOR } from '../apps/caller.ts';
import type { Position } from '../lib/position.ts';
import type { Instant } from '../lib/time.ts';
import type { LinkFilter } from '../links/filter.ts';

export type Revocation = {
  readonly filter: LinkFilter;
  /** The bounds of whoever asked, at the time of asking; none for an operator. */
  readonly within?: Bounds | undefined;
  readonly actor: string;
  readonly acceptedAt: Instant;
  /** How far it has looked. */
  readonly after: Position;
};

export type AcceptedRevocation = Revocation & { readonly id: number };

export type RevocationTable = ReturnType<typeof createRevocationTable>;

export function createRevocationTable(sql: SqlStorage) {
  return {
    add(revocation: Revocation): AcceptedRevocation {
      const { id } = sql
        .exec<{ id: number }>(
          'INSERT INTO revocations (terms) VALUES (?) RETURNING id',
          JSON.stringify(revocation),
        )
        .one();
      return { ...revocation, id };
    },
    moveOn({ id, ...revocation }: AcceptedRevocation): void {
      sql.exec('UPDATE revocations SET terms = ? WHERE id = ?', JSON.stringify(revocation), id);
    },
    remove(id: number): void {
      sql.exec('DELETE FROM revocations WHERE id = ?', id);
    },
    all(): AcceptedRevocation[] {
      const rows = sql.exec<RevocationRow>('SELECT * FROM revocations ORDER BY id');
      return rows.toArray().map(revocationOf);
    },
    count(): number {
      return sql.exec<{ n: number }>('SELECT count(*) n FROM revocations').one().n;
    },
    /** When the one was accepted that has been at it for longest. */
    oldest(): Instant | undefined {
      const query = "SELECT min(json_extract(terms, '$.acceptedAt')) at FROM revocations";
      return sql.exec<{ at: number | null }>(query).one().at ?? undefined;
    },
    /** The one that was accepted first; operators wait for no app. */
    next(): AcceptedRevocation | undefined {
      const [row] = sql.exec<RevocationRow>(
        "SELECT * FROM revocations ORDER BY json_extract(terms, '$.actor') <> ?, id LIMIT 1",
        OPERATOR,
      );
      return row && revocationOf(row);
    },
  };
}

type RevocationRow = { id: number; terms: string };

function revocationOf({ id, terms }: RevocationRow): AcceptedRevocation {
  return { ...(JSON.parse(terms) as Revocation), id };
}
