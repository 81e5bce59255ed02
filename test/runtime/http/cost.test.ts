// What each job costs on a bill: the operations and rows that docs/COST.md multiplies by their prices.

import { runDurableObjectAlarm } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LinkGate } from '../../../src/index.ts';
import { makeApp, mint, minted, open, realEnv, request, type TestApp } from '../../support/api.ts';
import { countedEnv } from '../../support/counted-env.ts';
import { rowsWrittenBy, sumOf } from '../../support/counted-rows.ts';

const SECOND = 1_000;
const FORGED = 'https://get.example.com/0000000000000000000000';

/** The link with its indexes, twice: pending, then active; its event; the gate's record and its purge. */
const MINT = { links: 7, events: 3, values: 1, alarms: 1 };
/** What a ledger writes when a gate tells it of opens: counts, an event, the hour. */
const REPORT = { links: 1, events: 3, hours: 1 };

let app: TestApp;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  app = await makeApp();
  // The first mint of a ledger sets its alarm.
  await minted(app);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const redeemBy = (n: number) => ({
  headers: { 'Hallpass-Claim': `a-claim-of-22-or-more-characters-${n}` },
});

const gate = (id: string) => realEnv.GATES.getByName(id) as unknown as DurableObjectStub;

/** Lets the gate write what it counted and tell its ledger. */
async function afterAWhile(id: string): Promise<void> {
  vi.setSystemTime(Date.now() + 6 * SECOND);
  await runDurableObjectAlarm(gate(id));
}

describe('a mint', () => {
  it('calls the ledger once, which calls the gate once, and writes KV once', async () => {
    const write = vi.spyOn(LinkGate.prototype, 'write');
    const put = vi.spyOn(Object.getPrototypeOf(realEnv.GRANTS), 'put');
    for (const consistency of ['strong', 'edge']) {
      const { env, operations } = countedEnv();
      await mint(app, { consistency }, { env });
      expect(operations.filter((operation) => operation !== 'kv.put')).toEqual(['ledger.mint']);
      expect(write).toHaveBeenCalledTimes(1);
      expect(put).toHaveBeenCalledTimes(1);
      write.mockClear();
      put.mockClear();
    }
  });

  it.each(['strong', 'edge'])('writes 12 rows for a link that is %s', async (consistency) => {
    expect(await rowsWrittenBy(() => minted(app, { consistency }))).toEqual(MINT);
    expect(sumOf(MINT)).toBe(12);
  });

  it('writes one row more for each tag, and three with an Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': 'once' };
    const rows = await rowsWrittenBy(() => mint(app, { tags: ['a', 'b'] }, { headers }));
    expect(rows).toEqual({ ...MINT, link_tags: 2, idempotency: 3 });
  });
});

describe('an open', () => {
  it('of a strong link is one KV read, one call of its gate, and no row', async () => {
    const link = await minted(app);
    await open(link.url);
    const { env, operations } = countedEnv();
    expect(await rowsWrittenBy(() => open(link.url, { env }))).toEqual({});
    expect(operations).toEqual(['kv.get', 'gate.open']);
  });

  it('writes 8 rows for all opens of a link until its next report', async () => {
    const link = await minted(app);
    const rows = await rowsWrittenBy(async () => {
      for (let opens = 0; opens < 10; opens++) await open(link.url);
      await afterAWhile(link.id);
    });
    expect(rows).toEqual({ ...REPORT, values: 1, alarms: 2 });
    expect(sumOf(rows)).toBe(8);
  });

  it('of an edge link is one KV read and writes nothing', async () => {
    const link = await minted(app, { consistency: 'edge' });
    const { env, operations } = countedEnv();
    expect(await rowsWrittenBy(() => open(link.url, { env }))).toEqual({});
    expect(operations).toEqual(['kv.get']);
  });

  it('with a forged token touches nothing', async () => {
    const { env, operations } = countedEnv();
    expect(await rowsWrittenBy(() => open(FORGED, { env }))).toEqual({});
    expect(operations).toEqual([]);
  });
});

describe('a redeem', () => {
  it('is one KV read and one call of the gate, and writes 5 rows: 3 after the first', async () => {
    const link = await minted(app, { maxUses: 3 });
    const first = await rowsWrittenBy(() => open(link.url, redeemBy(1)));
    expect(first).toEqual({ uses: 3, values: 1, alarms: 1 });
    const { env, operations } = countedEnv();
    const second = await rowsWrittenBy(() => open(link.url, { ...redeemBy(2), env }));
    expect(second).toEqual({ uses: 2, values: 1 });
    expect(operations).toEqual(['kv.get', 'gate.open']);
  });

  it('writes nothing for the same claim again', async () => {
    const link = await minted(app, { maxUses: 3 });
    await open(link.url, redeemBy(1));
    expect(await rowsWrittenBy(() => open(link.url, redeemBy(1)))).toEqual({});
  });

  it('is an event of its own in the report, which writes 10 rows', async () => {
    const link = await minted(app, { maxUses: 3 });
    await open(link.url, redeemBy(1));
    const rows = await rowsWrittenBy(() => afterAWhile(link.id));
    expect(rows).toEqual({ ...REPORT, events: 6, values: 1, alarms: 1 });
    expect(sumOf(rows)).toBe(10);
  });
});

describe('a revoke', () => {
  it('calls the ledger once, which calls the gate once, and writes 7 rows', async () => {
    const { id } = await minted(app);
    const write = vi.spyOn(LinkGate.prototype, 'write');
    const { env, operations } = countedEnv();
    const path = `/v1/links/${id}`;
    const rows = await rowsWrittenBy(() => request('DELETE', path, { bearer: app.apiKey, env }));
    expect(operations).toEqual(['ledger.revoke']);
    expect(write).toHaveBeenCalledTimes(1);
    expect(rows).toEqual({ links: 3, events: 3, values: 1 });
  });
});

describe('an expiry', () => {
  it('wakes no gate and writes 4 rows and its ledger’s alarm; a week later its gate writes nothing', async () => {
    const ledger = realEnv.LEDGERS.getByName(app.id) as unknown as DurableObjectStub;
    const { id } = await minted(app, { ttlSeconds: 60 });
    const write = vi.spyOn(LinkGate.prototype, 'write');
    vi.setSystemTime(Date.now() + 61 * SECOND);
    const rows = await rowsWrittenBy(() => runDurableObjectAlarm(ledger));
    expect(rows).toEqual({ links: 1, events: 3, alarms: 1 });
    expect(write).not.toHaveBeenCalled();
    vi.setSystemTime(Date.now() + 8 * 86_400 * SECOND);
    expect(await rowsWrittenBy(() => runDurableObjectAlarm(gate(id)))).toEqual({});
  });
});
