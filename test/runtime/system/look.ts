// Looks into the objects of a history, past the platform: what is on disk, and what is to come.

import { stubOf, within } from './stubs.ts';
import type { World } from './world.ts';

export type LinkRow = {
  id: string;
  status: string;
  version: number;
  settled: number;
  ended_at: number | null;
  created_at: number;
  key: string;
  minted_by: string;
  expires_at: number;
  terms: string;
};

export type EventRow = { seq: number; type: string; at: number; subject: string; data: string };

export type WebhookRow = {
  id: string;
  settled: number;
  disabled_at: number | null;
  deleted_at: number | null;
  sent_up_to: number;
  hears_up_to: number | null;
};

export type LedgerSeen = {
  links: LinkRow[];
  events: EventRow[];
  webhooks: WebhookRow[];
  revocations: number;
  app: { suspendedAt?: number } | undefined;
  alarm: number | null;
};

export function seeLedger({ ledger }: World): Promise<LedgerSeen> {
  return within(ledger(), async (_, { storage }) => {
    const rows = <Row>(query: string) => storage.sql.exec(query).toArray() as unknown as Row[];
    return {
      links: rows<LinkRow>('SELECT * FROM links'),
      events: rows<EventRow>('SELECT * FROM events ORDER BY seq'),
      webhooks: rows<WebhookRow>('SELECT * FROM webhooks'),
      revocations: rows('SELECT 1 FROM revocations').length,
      app: storage.kv.get<{ suspendedAt?: number }>('app'),
      alarm: await storage.getAlarm(),
    };
  });
}

export type GateSeen = {
  record:
    | {
        version: number;
        endedAt?: number;
        limits: { expiresAt: number; maxUses?: number };
      }
    | undefined;
  uses: number;
  givenBack: number;
  usesReported: number;
  alarm: number | null;
};

export function seeGate(id: string): Promise<GateSeen> {
  return within(stubOf('GATES', id), async (_, { storage }) => {
    const activity = storage.kv.get<{ uses: number; givenBack?: number }>('activity');
    return {
      record: storage.kv.get<NonNullable<GateSeen['record']>>('record'),
      uses: activity?.uses ?? 0,
      givenBack: activity?.givenBack ?? 0,
      usesReported: storage.kv.get<number>('uses reported') ?? 0,
      alarm: await storage.getAlarm(),
    };
  });
}

export type DeliveryRow = { id: string; status: string; attempts: number };

export function seeOutbox(id: string): Promise<{
  deliveries: DeliveryRow[];
  alarm: number | null;
}> {
  return within(stubOf('OUTBOXES', id), async (_, { storage }) => {
    const table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'deliveries'";
    const isThere = storage.sql.exec(table).toArray().length > 0;
    return {
      deliveries: isThere
        ? (storage.sql
            .exec('SELECT id, status, attempts FROM deliveries')
            .toArray() as unknown as DeliveryRow[])
        : [],
      alarm: await storage.getAlarm(),
    };
  });
}

export function directoryOf(): DurableObjectStub {
  return stubOf('DIRECTORY', 'directory');
}

export function alarmOf(stub: DurableObjectStub): Promise<number | null> {
  return within(stub, (_, { storage }) => storage.getAlarm());
}
