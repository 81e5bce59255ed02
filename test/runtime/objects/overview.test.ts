// What operators see of an app: its hours as gates report them, and the links that end next.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Caller } from '../../../src/apps/caller.ts';
import type { LedgerOverview } from '../../../src/apps/ports.ts';
import { AppLedger } from '../../../src/index.ts';
import type { LinkId } from '../../../src/links/link-ref.ts';
import { type OverviewRequest, overviewOf } from '../../../src/links/overview.ts';
import type { GateReport } from '../../../src/links/report.ts';
import { MIGRATIONS, SCHEMA_VERSION } from '../../../src/objects/ledger-schema.ts';
import { createLinkTable } from '../../../src/objects/link-table.ts';
import { servicesOf } from '../../../src/services.ts';
import {
  makeApp,
  makeKey,
  minted,
  open,
  realEnv,
  request,
  revoke,
  type TestApp,
} from '../../support/api.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
const START = Date.UTC(2040, 0, 1, 12);
const OPERATOR: Caller = { kind: 'operator' };

let app: TestApp;

beforeEach(async () => {
  // So far ahead that no alarm rings by itself.
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  app = await makeApp();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const ledgerOf = (id = app.id) => realEnv.LEDGERS.getByName(id);
const ledger = (id = app.id) => ledgerOf(id) as unknown as DurableObjectStub;
const gateOf = (id: string) => realEnv.GATES.getByName(id) as unknown as DurableObjectStub;

async function overview(terms: object = {}, id = app.id): Promise<LedgerOverview> {
  const asked = { since: 0, endingBefore: Date.now() + DAY, limit: 10, ...terms };
  const { result } = await ledgerOf(id).overview(OPERATOR, asked);
  if (!result.ok) throw new Error(`the overview was refused: ${result.denial.reason}`);
  return result.value;
}

const hours = async () => (await overview()).hours;
const ending = async (terms: object = {}) =>
  (await overview(terms)).endingSoon.map(({ id }) => id as string);

/** Lets the gate report what it has counted. */
async function report(id: string): Promise<void> {
  vi.setSystemTime(Date.now() + 10 * SECOND);
  expect(await runDurableObjectAlarm(gateOf(id))).toBe(true);
}

function reported(link: string, opens: number, terms: Partial<GateReport> = {}): GateReport {
  return {
    link: link as LinkId,
    totals: {
      uses: 0,
      givenBack: 0,
      opens,
      opensByCountry: {},
      denials: {},
      denialsByCountry: {},
    },
    since: Date.now(),
    until: Date.now(),
    uses: [],
    uploads: [],
    ...terms,
  };
}

describe('the hours of an app', () => {
  it('have the opens and denials that gates reported, of all links together', async () => {
    const limited = await minted(app, { rateLimit: { limit: 2, windowSeconds: 60 } });
    const free = await minted(app);
    for (let count = 0; count < 5; count++) await open(limited.url);
    await open(free.url);
    expect(await hours()).toEqual([]);
    await report(limited.id);
    await report(free.id);
    expect(await hours()).toEqual([{ hour: START, opens: 3, denials: { rate_limited: 3 } }]);
  });

  it('are those in which it happened, not those in which it was reported', async () => {
    const link = await minted(app, { ttlSeconds: 86_400 });
    vi.setSystemTime(START + HOUR - 1);
    await open(link.url);
    await report(link.id);
    await open(link.url);
    await open(link.url);
    await report(link.id);
    expect(await hours()).toEqual([
      { hour: START, opens: 1, denials: {} },
      { hour: START + HOUR, opens: 2, denials: {} },
    ]);
    expect((await overview({ since: START + HOUR })).hours).toHaveLength(1);
    expect((await overview({ since: START + HOUR + 1 })).hours).toHaveLength(0);
  });

  it('count nothing twice, though the ledger lost the first report and its own answer', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const link = await minted(app, { rateLimit: { limit: 2, windowSeconds: 60 } });
    for (let count = 0; count < 3; count++) await open(link.url);
    const take = AppLedger.prototype.report;
    let calls = 0;
    vi.spyOn(AppLedger.prototype, 'report').mockImplementation(async function (
      this: AppLedger,
      sent,
    ) {
      calls += 1;
      if (calls === 1) throw new Error('lost');
      const receipt = await take.call(this, sent);
      if (calls === 2) throw new Error('its answer was lost');
      return receipt;
    });
    for (let attempt = 0; attempt < 3; attempt++) {
      vi.setSystemTime(Date.now() + 60 * SECOND);
      await runDurableObjectAlarm(gateOf(link.id));
      await evictDurableObject(gateOf(link.id));
    }
    expect(calls).toBe(3);
    expect(await hours()).toEqual([{ hour: START, opens: 2, denials: { rate_limited: 1 } }]);
  });

  it('are not misled by reports that come again or late', async () => {
    const { id } = await minted(app);
    for (const opens of [5, 5, 3, 6, 5]) await ledgerOf().report(reported(id, opens));
    expect(await hours()).toEqual([{ hour: START, opens: 6, denials: {} }]);
  });

  it('have nothing of a report in which only a use came back', async () => {
    const { id } = await minted(app);
    const { totals } = reported(id, 0);
    await ledgerOf().report(reported(id, 0, { totals: { ...totals, uses: 1, givenBack: 1 } }));
    expect(await hours()).toEqual([]);
  });

  it('cost one row written for a report with news, and none for another', async () => {
    const { id } = await minted(app);
    const { totals } = reported(id, 3);
    const denials = { expired: 2 };
    const written = (sent: GateReport) =>
      runInDurableObject(ledger(), async (instance, ctx) => {
        const cursors: { query: string; cursor: SqlStorageCursor<never> }[] = [];
        const prototype = Object.getPrototypeOf(ctx.storage.sql) as SqlStorage;
        const { exec } = prototype;
        const spy = vi.spyOn(prototype, 'exec').mockImplementation(function (
          this: SqlStorage,
          query,
          ...bindings
        ) {
          const cursor = exec.call(this, query, ...bindings) as SqlStorageCursor<never>;
          cursors.push({ query, cursor });
          return cursor;
        });
        await (instance as unknown as AppLedger).report(sent);
        spy.mockRestore();
        const rows = { all: 0, hours: 0 };
        for (const { query, cursor } of cursors) {
          rows.all += cursor.rowsWritten;
          if (query.includes('INTO hours')) rows.hours += cursor.rowsWritten;
        }
        return { ...rows, others: rows.all - rows.hours };
      });
    const first = await written(reported(id, 1));
    expect(first.hours).toBe(1);
    expect(first.others).toBeGreaterThan(0);
    expect(await written(reported(id, 2))).toEqual(first);
    expect((await written(reported(id, 3, { totals: { ...totals, denials } }))).hours).toBe(1);
    expect((await written(reported(id, 3, { totals: { ...totals, denials } }))).all).toBe(0);
    expect(await hours()).toEqual([{ hour: START, opens: 3, denials }]);
  });

  it('are forgotten after 31 days', async () => {
    const { id } = await minted(app);
    await ledgerOf().report(reported(id, 1));
    vi.setSystemTime(START + HOUR);
    await ledgerOf().report(reported(id, 2));
    const left = async (at: number) => {
      vi.setSystemTime(at);
      await runInDurableObject(ledger(), (_, { storage }) => storage.setAlarm(at + DAY));
      await runDurableObjectAlarm(ledger());
      return (await hours()).map(({ hour }) => hour - START);
    };
    expect(await left(START + 31 * DAY - 1)).toEqual([0, HOUR]);
    expect(await left(START + 31 * DAY)).toEqual([HOUR]);
  });
});

describe('the links that end soon', () => {
  it('are the live ones, the next to end first, as many as asked for', async () => {
    const [later, first, next] = [
      await minted(app, { ttlSeconds: 300 }),
      await minted(app, { ttlSeconds: 60 }),
      await minted(app, { ttlSeconds: 200 }),
    ];
    const revoked = await minted(app, { ttlSeconds: 100 });
    await revoke(app, revoked.id);
    const expired = await minted(app, { ttlSeconds: 30 });
    expect((await ending())[0]).toBe(expired.id);
    vi.setSystemTime(Date.parse(expired.expiresAt));
    const endingBefore = Date.parse(later.expiresAt);
    expect(await ending({ endingBefore: endingBefore + 1 })).toEqual([first.id, next.id, later.id]);
    expect(await ending({ endingBefore })).toEqual([first.id, next.id]);
    expect(await ending({ limit: 2 })).toEqual([first.id, next.id]);
    // Marked as expired, it is the same.
    await runDurableObjectAlarm(ledger());
    expect(await ending({ limit: 1 })).toEqual([first.id]);
    expect((await overview()).count).toEqual({ live: 3, revoking: 0 });
  });

  it('follow a change of their end', async () => {
    const [a, b] = [await minted(app, { ttlSeconds: 60 }), await minted(app, { ttlSeconds: 300 })];
    const body = { expiresAt: new Date(START + HOUR).toISOString() };
    const changed = await request('PATCH', `/v1/links/${a.id}`, { bearer: app.apiKey, body });
    expect(changed.status).toBe(200);
    expect(await ending()).toEqual([b.id, a.id]);
  });

  it('are read by their index, and never sorted', async () => {
    const plan = await runInDurableObject(ledger(), (_, { storage }) => {
      let asked: [string, ...unknown[]] = [''];
      const recorded = {
        exec(...query: [string, ...unknown[]]) {
          asked = query;
          return storage.sql.exec(...query);
        },
      } as unknown as SqlStorage;
      createLinkTable(recorded).endingSoon(app.id, 0, DAY, 10);
      const [query, ...bindings] = asked;
      return storage.sql
        .exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, ...bindings)
        .toArray()
        .map(({ detail }) => detail);
    });
    expect(plan).toEqual([
      'SEARCH links USING INDEX links_expiring (expires_at>? AND expires_at<?)',
    ]);
  });
});

describe('an overview', () => {
  const everything: OverviewRequest = { hours: 2, limit: 100, endingWithinMs: HOUR };

  it('is one of all apps, and names those whose ledger is silent', async () => {
    const silent = await makeApp();
    await minted(silent);
    const other = await makeApp();
    const [later, next] = [
      await minted(app, { ttlSeconds: 600 }),
      await minted(other, { ttlSeconds: 60 }),
    ];
    await open(next.url);
    await report(next.id);
    const show = AppLedger.prototype.overview;
    vi.spyOn(AppLedger.prototype, 'overview').mockImplementation(async function (
      this: AppLedger,
      ...asked
    ) {
      const { id } = Reflect.get(this, 'ctx') as DurableObjectState;
      if (id.name === silent.id) throw new Error('this ledger is down');
      return show.apply(this, asked);
    });
    const { result } = await overviewOf(servicesOf(realEnv), OPERATOR, everything);
    if (!result.ok) throw new Error(result.denial.reason);
    const { apps, endingSoon, ...seen } = result.value;
    expect(apps.map(({ id }) => id)).toEqual(expect.arrayContaining([app.id, silent.id, other.id]));
    const ids = endingSoon.map(({ id }) => id as string);
    expect(ids.filter((id) => id === later.id || id === next.id)).toEqual([next.id, later.id]);
    expect(seen.silent).toEqual([silent.id]);

    const { result: named } = await overviewOf(servicesOf(realEnv), OPERATOR, {
      ...everything,
      app: other.id,
    });
    expect(named).toMatchObject({
      ok: true,
      value: {
        live: 1,
        revoking: 0,
        hours: [
          { hour: START - HOUR, opens: 0, denials: {} },
          { hour: START, opens: 1, denials: {} },
        ],
        endingSoon: [{ id: next.id, app: other.id }],
        silent: [],
      },
    });
  });

  it('is for operators, whatever a key may', async () => {
    const { apiKeys } = servicesOf(realEnv);
    const callerOf = async (apiKey: string): Promise<Caller> => {
      const credential = await apiKeys.credentialOf(apiKey);
      if (!credential) throw new Error('no key of this deployment');
      return { kind: 'key', credential };
    };
    const asked = { since: 0, endingBefore: START + DAY, limit: 10 };
    const all = await callerOf(app.apiKey);
    const { result } = await ledgerOf().overview(all, asked);
    expect(result).toEqual({ ok: false, denial: { reason: 'operators_only' } });
    const verb = await overviewOf(servicesOf(realEnv), all, { ...everything, app: app.id });
    expect(verb.result).toEqual({ ok: false, denial: { reason: 'operators_only' } });

    const blind = await makeKey(app, { scopes: ['links:mint'] });
    const refused = await ledgerOf().overview(await callerOf(blind.apiKey), asked);
    expect(refused.result).toMatchObject({ ok: false, denial: { reason: 'scope_missing' } });
  });

  it('is there for a ledger that was made before it kept hours', async () => {
    const id = 'OldApp';
    const link = 'lnk_old';
    await runInDurableObject(ledger(id), async (_, { storage }) => {
      const before = MIGRATIONS.slice(0, 3);
      for (const migration of before) storage.sql.exec(migration);
      storage.kv.put(SCHEMA_VERSION, before.length);
      storage.kv.put('app', { id, eventRetentionDays: 90 });
      storage.sql.exec(
        `INSERT INTO links VALUES (?, 'active', 1, 1, NULL, ?, 'key_old', 'demo', 'a', ?, ?, NULL)`,
        link,
        START,
        JSON.stringify({ limits: { expiresAt: START + HOUR }, grant: {}, tags: [] }),
        START + HOUR,
      );
      const tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'hours'";
      expect(storage.sql.exec(tables).toArray()).toEqual([]);
    });
    await evictDurableObject(ledger(id));
    expect(await overview({}, id)).toMatchObject({
      count: { live: 1, revoking: 0 },
      hours: [],
      endingSoon: [{ id: link }],
    });
    await ledgerOf(id).report(reported(link, 2));
    await evictDurableObject(ledger(id));
    expect((await overview({}, id)).hours).toEqual([{ hour: START, opens: 2, denials: {} }]);
  });
});
