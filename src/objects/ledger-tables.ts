// Every table of a ledger.

import { createEventTable } from './event-table.ts';
import { createHourTable } from './hour-table.ts';
import { createIdempotencyTable } from './idempotency-table.ts';
import { createKeyTable } from './key-table.ts';
import { createLinkTable } from './link-table.ts';
import { createRevocationTable } from './revocation-table.ts';
import { createTotalTable } from './total-table.ts';
import { createWebhookTable } from './webhook-table.ts';

export type LedgerTables = ReturnType<typeof createLedgerTables>;

export function createLedgerTables(sql: SqlStorage) {
  return {
    keys: createKeyTable(sql),
    links: createLinkTable(sql),
    idempotency: createIdempotencyTable(sql),
    events: createEventTable(sql),
    hours: createHourTable(sql),
    revocations: createRevocationTable(sql),
    totals: createTotalTable(sql),
    webhooks: createWebhookTable(sql),
  };
}
