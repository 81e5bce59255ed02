// Every table of a ledger.

import { createEventTable } from './event-table.ts';
import { createIdempotencyTable } from './idempotency-table.ts';
import { createKeyTable } from './key-table.ts';
import { LEDGER_SCHEMA } from './ledger-schema.ts';
import { createLinkTable } from './link-table.ts';

export type LedgerTables = ReturnType<typeof createLedgerTables>;

export function createLedgerTables(sql: SqlStorage) {
  return {
    create(): void {
      sql.exec(LEDGER_SCHEMA);
    },
    keys: createKeyTable(sql),
    links: createLinkTable(sql),
    idempotency: createIdempotencyTable(sql),
    events: createEventTable(sql),
  };
}
