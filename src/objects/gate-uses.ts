// The uses of a link at its gate: each with the claim that stands for it, until the ledger has heard.

import type { Instant } from '../lib/time.ts';
import type { ReportedUse } from '../links/report.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS uses (
    use INTEGER PRIMARY KEY,
    claim TEXT NOT NULL,
    claim_ends_at INTEGER NOT NULL,
    at INTEGER NOT NULL,
    country TEXT,
    address_hash TEXT NOT NULL,
    address TEXT
  );
  CREATE INDEX IF NOT EXISTS uses_by_claim ON uses (claim);
`;

/** How many uses one report tells of at most. */
const USES_PER_REPORT = 200;

export type GateUses = ReturnType<typeof createGateUses>;

export function createGateUses(sql: SqlStorage) {
  return {
    /** Before the first use there is no table. */
    create(): void {
      sql.exec(SCHEMA);
    },
    add(use: ReportedUse, claim: string, claimEndsAt: Instant): void {
      sql.exec(
        'INSERT INTO uses VALUES (?, ?, ?, ?, ?, ?, ?)',
        use.use,
        claim,
        claimEndsAt,
        use.at,
        use.country ?? null,
        use.addressHash,
        use.address ?? null,
      );
    },
    claimEnd(claim: string): Instant | undefined {
      const [row] = sql.exec<{ claim_ends_at: number }>(
        'SELECT claim_ends_at FROM uses WHERE claim = ? ORDER BY use DESC LIMIT 1',
        claim,
      );
      return row?.claim_ends_at;
    },
    /** The uses stay spent, and reported; but nobody comes back for them. */
    endClaims(): void {
      sql.exec('UPDATE uses SET claim_ends_at = 0');
    },
    endClaim(claim: string): void {
      sql.exec('UPDATE uses SET claim_ends_at = 0 WHERE claim = ?', claim);
    },
    after(use: number): ReportedUse[] {
      const rows = sql.exec<UseRow>(
        'SELECT * FROM uses WHERE use > ? ORDER BY use LIMIT ?',
        use,
        USES_PER_REPORT,
      );
      return rows.toArray().map((row) => ({
        use: row.use,
        at: row.at,
        country: row.country ?? undefined,
        addressHash: row.address_hash,
        address: row.address ?? undefined,
      }));
    },
  };
}

type UseRow = {
  use: number;
  at: number;
  country: string | null;
  address_hash: string;
  address: string | null;
};
