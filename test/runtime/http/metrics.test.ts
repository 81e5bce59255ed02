// The metrics of operators, after real mints, opens, denials and revocations, with gates that are down and
// webhooks that hang.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Env } from '../../../src/config.ts';
import { AppLedger, WebhookOutbox } from '../../../src/index.ts';
import { MIGRATIONS, SCHEMA_VERSION } from '../../../src/objects/ledger-schema.ts';
import { createRevocationTable } from '../../../src/objects/revocation-table.ts';
import { servicesOf } from '../../../src/services.ts';
import { signIn } from '../../support/admin.ts';
import {
  type ApiOptions,
  json,
  makeApp,
  minted,
  OPERATOR,
  open,
  realEnv,
  request,
  revoke,
  type TestApp,
} from '../../support/api.ts';
import { countedEnv } from '../../support/counted-env.ts';
import { createFaults } from '../../support/faults.ts';
import { readPrometheus } from '../../support/prometheus.ts';
import { createEndpoint, ledgerOf, makeWebhook, outboxOf, ring } from '../../support/webhooks.ts';

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const START = Date.UTC(2040, 0, 1, 12);

let app: TestApp;

beforeEach(async () => {
  // So far ahead that no alarm rings by itself.
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
  app = await makeApp();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const scrape = (options: ApiOptions = {}, query = '') =>
  request('GET', `/metrics${query}`, { bearer: OPERATOR, ...options });

/** The series of one app by their names and other labels, such as `denials_total expired`. */
async function metricsOf(id = app.id, options: ApiOptions = {}): Promise<Record<string, number>> {
  const response = await scrape(options);
  expect(response.status).toBe(200);
  const series = [...readPrometheus(await response.text())];
  const own = series.flatMap(([key, value]) => {
    const [, name, rest = ''] =
      key.match(`^hallpass_(\\w+)\\{app="${id}"(?:,\\w+="(\\w+)")?\\}$`) ?? [];
    return name ? [[`${name} ${rest}`.trim(), value]] : [];
  });
  return Object.fromEntries(own);
}

const gateOf = (id: string) => realEnv.GATES.getByName(id) as unknown as DurableObjectStub;

/** Lets a gate report what it has counted. */
async function report(id: string): Promise<void> {
  vi.setSystemTime(Date.now() + 10 * SECOND);
  expect(await runDurableObjectAlarm(gateOf(id))).toBe(true);
}

const NOTHING = {
  ...{ app_up: 1, mints_total: 0, opens_total: 0, redeems_total: 0, revocations_total: 0 },
  ...{ live_links: 0, revoking_links: 0, revocation_lag_seconds: 0 },
  ...{ 'webhook_deliveries pending': 0, 'webhook_deliveries dead': 0 },
  ...{ webhooks_behind: 0, webhooks_silent: 0 },
};

describe('metrics', () => {
  it('are for operators, in the text format of Prometheus', async () => {
    expect((await request('GET', '/metrics')).status).toBe(401);
    expect((await scrape({ bearer: `${OPERATOR}x` })).status).toBe(401);
    expect((await scrape({ bearer: app.apiKey })).status).toBe(403);
    const response = await scrape();
    expect(response.headers.get('Content-Type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('Cache-Control')).toBe('no-store');
  });

  it('are for monitors, whose token is good for nothing else', async () => {
    const bearer = 'metrics-token-for-tests-only-0123456789';
    const monitored = { bearer, env: { ...realEnv, METRICS_TOKEN: bearer } };
    expect(Object.keys(await metricsOf(app.id, monitored))).toContain('mints_total');
    expect(await metricsOf(app.id, { ...monitored, bearer: OPERATOR })).not.toEqual({});
    expect((await scrape({ ...monitored, bearer: `${bearer}x` })).status).toBe(401);
    // Where none is set, none is right.
    expect((await scrape({ bearer })).status).toBe(401);

    for (const path of ['/v1/apps', '/v1/links', '/v1/stores', '/v1/events', '/v1/keys']) {
      expect((await request('GET', path, monitored)).status, path).toBe(401);
    }
    expect((await signIn(bearer, {}, { env: monitored.env })).status).toBe(403);
  });

  it('are refused to an app’s key by its ledger too', async () => {
    const credential = await servicesOf(realEnv).apiKeys.credentialOf(app.apiKey);
    if (!credential) throw new Error('no key of this deployment');
    const { result } = await realEnv.LEDGERS.getByName(app.id).metrics({ kind: 'key', credential });
    expect(result).toEqual({ ok: false, denial: { reason: 'operators_only' } });
  });

  it('count what was minted, opened, redeemed, denied and revoked', async () => {
    expect(await metricsOf()).toEqual(NOTHING);
    const [limited, plain] = [await minted(app, { maxUses: 2 }), await minted(app)];
    for (let count = 0; count < 3; count++) await open(limited.url, { method: 'POST', body: {} });
    for (let count = 0; count < 4; count++) await open(plain.url);
    const bearer = app.apiKey;
    await request('POST', '/v1/links/batch', { bearer, body: { links: [{}, {}] } });
    expect((await revoke(app, plain.id)).status).toBe(200);
    await open(plain.url);
    await report(limited.id);
    await report(plain.id);
    expect(await metricsOf()).toEqual({
      ...NOTHING,
      ...{ mints_total: 2, opens_total: 6, redeems_total: 2, revocations_total: 1 },
      ...{ 'denials_total used_up': 1, 'denials_total revoked': 1, live_links: 1 },
    });
  });

  it('tell how long a gate has not known of a revocation, until it does', async () => {
    const faults = createFaults();
    const [first, second] = [await minted(app), await minted(app)];
    faults.writes = 'lost';
    expect((await revoke(app, first.id)).status).toBe(202);
    vi.setSystemTime(START + 40 * SECOND);
    expect((await revoke(app, second.id)).status).toBe(202);
    vi.setSystemTime(START + 61 * SECOND + 500);
    expect(await metricsOf()).toMatchObject({
      ...{ revoking_links: 2, revocation_lag_seconds: 61.5, revocations_total: 2, live_links: 0 },
    });
    faults.writes = undefined;
    await ring(ledgerOf(app), 60 * SECOND);
    expect(await metricsOf()).toMatchObject({ revoking_links: 0, revocation_lag_seconds: 0 });
  });

  it('tell it of a bulk revocation that has not looked at every link, too', async () => {
    await minted(app);
    await runInDurableObject(ledgerOf(app), (_, { storage }) => {
      createRevocationTable(storage.sql).add({
        ...{ filter: {}, actor: 'operator', acceptedAt: START },
        after: { createdAt: 0, id: '' },
      });
    });
    vi.setSystemTime(START + 90 * SECOND);
    expect(await metricsOf()).toMatchObject({ revoking_links: 0, revocation_lag_seconds: 90 });
  });

  it('have the deliveries of webhooks: pending while an endpoint hangs, dead once it is gone', async () => {
    const endpoint = createEndpoint();
    const { promise, resolve } = Promise.withResolvers<number>();
    endpoint.answer = () => promise;
    const { id } = await makeWebhook(app);
    await minted(app);
    await minted(app);
    await endpoint.wait(2);
    expect(await metricsOf()).toMatchObject({
      ...{ 'webhook_deliveries pending': 2, 'webhook_deliveries dead': 0 },
      ...{ webhooks_behind: 0, webhooks_silent: 0, app_up: 1 },
    });
    resolve(410);
    await vi.waitFor(async () => {
      expect(await metricsOf()).toMatchObject({
        ...{ 'webhook_deliveries pending': 0, 'webhook_deliveries dead': 2 },
      });
    });
    await evictDurableObject(outboxOf(id));
    expect(await metricsOf()).toMatchObject({ 'webhook_deliveries dead': 2 });
  });

  it('name outboxes that give no answer, and events that they have not got', async () => {
    createEndpoint();
    const take = vi.spyOn(WebhookOutbox.prototype, 'take').mockRejectedValue(new Error('down'));
    vi.spyOn(WebhookOutbox.prototype, 'backlog').mockRejectedValue(new Error('down'));
    await makeWebhook(app);
    await minted(app);
    await vi.waitFor(() => expect(take).toHaveBeenCalled());
    expect(await metricsOf()).toMatchObject({ app_up: 1, webhooks_behind: 1, webhooks_silent: 1 });
  });
});

describe('apps', () => {
  it('whose ledger is down are 0 and keep nobody from the others’ metrics', async () => {
    const other = await makeApp();
    await minted(other);
    const measure = AppLedger.prototype.metrics;
    vi.spyOn(AppLedger.prototype, 'metrics').mockImplementation(async function (
      this: AppLedger,
      caller,
    ) {
      const { id } = Reflect.get(this, 'ctx') as DurableObjectState;
      if (id.name === app.id) throw new Error('this ledger is down');
      return measure.call(this, caller);
    });
    expect(await metricsOf()).toEqual({ app_up: 0 });
    expect(await metricsOf(other.id)).toMatchObject({ app_up: 1, mints_total: 1 });
  });

  it('beyond what a plan allows to be asked are 0, and can be asked for by themselves', async () => {
    vi.setSystemTime(START + SECOND);
    const newer = await makeApp();
    let calls = 0;
    const LEDGERS: Env['LEDGERS'] = {
      getByName(name) {
        calls += 1;
        if (calls > 1) throw new Error('Too many subrequests by single Worker invocation.');
        return realEnv.LEDGERS.getByName(name);
      },
    };
    const env = { ...realEnv, LEDGERS };
    expect(await metricsOf(app.id, { env })).toEqual({ app_up: 0 });
    calls = 0;
    expect(await metricsOf(newer.id, { env })).toMatchObject({ app_up: 1 });
    calls = 0;
    const one = await (await scrape({ env }, `?app=${app.id}`)).text();
    expect([...readPrometheus(one)].filter(([key]) => key.includes('_up{'))).toEqual([
      [`hallpass_app_up{app="${app.id}"}`, 1],
    ]);
  });

  it('that there are not are 404, and what is no app is refused', async () => {
    expect((await scrape({}, '?app=Nobody')).status).toBe(404);
    expect((await scrape({}, '?apps=all')).status).toBe(400);
  });

  it('are asked once each, and the directory once', async () => {
    const { env, operations } = countedEnv();
    const { items } = await json<{ items: unknown[] }>(
      await request('GET', '/v1/apps?limit=200', { bearer: OPERATOR }),
    );
    await scrape({ env });
    const asked = items.map(() => 'ledger.metrics');
    expect(operations).toEqual(['directory.list', ...asked]);
  });
});

describe('totals', () => {
  const EVENTS = 45_000;
  /** The event that each app begins with. */
  const KEY_CREATED = 1;

  /** As many events as a busy ledger has: of each hundred 40 of opens, 20 of denials and 40 of others. */
  const addEvents = (count: number) =>
    runInDurableObject(ledgerOf(app), (_, { storage }) => {
      storage.sql.exec(
        `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
         INSERT INTO events (type, at, subject, actor, data)
         SELECT CASE i % 5 WHEN 0 THEN 'link.opened' WHEN 1 THEN 'link.opened'
                  WHEN 2 THEN 'link.denied' WHEN 3 THEN 'link.minted' ELSE 'link.expired' END,
           ?, 'lnk_x', 'hallpass',
           CASE i % 5 WHEN 0 THEN '{"count":3}' WHEN 1 THEN '{"count":2}'
             WHEN 2 THEN '{"count":5,"byReason":{"expired":4,"used_up":1}}' END
         FROM n`,
        count,
        START,
      );
    });
  const expected = (events: number) => ({
    ...{ mints_total: events / 5, opens_total: events, redeems_total: 0 },
    ...{ 'denials_total expired': (events * 4) / 5, 'denials_total used_up': events / 5 },
  });
  const kept = () =>
    runInDurableObject(ledgerOf(app), (_, { storage }) =>
      storage.sql.exec<{ up_to: number }>('SELECT up_to FROM totals').toArray(),
    );
  /** What a look costs: rows read and rows written, of totals and of everything. */
  async function costOf(work: () => Promise<unknown>): Promise<{ read: number; written: number }> {
    const cursors: SqlStorageCursor<never>[] = [];
    const prototype = await runInDurableObject(
      ledgerOf(app),
      (_, { storage }) => Object.getPrototypeOf(storage.sql) as SqlStorage,
    );
    const { exec } = prototype;
    const spy = vi.spyOn(prototype, 'exec').mockImplementation(function (
      this: SqlStorage,
      query,
      ...bindings
    ) {
      const cursor = exec.call(this, query, ...bindings) as SqlStorageCursor<never>;
      cursors.push(cursor);
      return cursor;
    });
    await work();
    spy.mockRestore();
    return {
      read: cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0),
      written: cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0),
    };
  }
  const look = () => scrape({}, `?app=${app.id}`);

  it('of many events are counted in steps, once', async () => {
    await addEvents(EVENTS);
    expect(await metricsOf()).toMatchObject(expected(EVENTS));
    expect(await kept()).toEqual([{ up_to: EVENTS + KEY_CREATED }]);
    await evictDurableObject(ledgerOf(app));
    expect(await metricsOf()).toMatchObject(expected(EVENTS));
    await addEvents(900);
    expect(await metricsOf()).toMatchObject(expected(EVENTS + 900));
    // Too few to be kept: they are counted again.
    expect(await kept()).toEqual([{ up_to: EVENTS + KEY_CREATED }]);
    expect(await metricsOf()).toMatchObject(expected(EVENTS + 900));
  });

  it('cost a look few rows read and none written, but one for each thousand events', async () => {
    await addEvents(EVENTS);
    expect((await costOf(look)).written).toBe(3);
    const second = await costOf(look);
    expect(second.written).toBe(0);
    expect(second.read).toBeLessThan(20);
    await addEvents(999);
    expect((await costOf(look)).written).toBe(0);
    await addEvents(1);
    expect((await costOf(look)).written).toBe(1);
  });

  it('keep what is forgotten, looked at before or not', async () => {
    const forgetAll = async () => {
      vi.setSystemTime(Date.now() + 91 * DAY);
      for (let rings = 0; rings < 4; rings++) {
        await runInDurableObject(ledgerOf(app), (_, { storage }) => storage.setAlarm(Date.now()));
        await runDurableObjectAlarm(ledgerOf(app));
      }
      const left = await runInDurableObject(
        ledgerOf(app),
        (_, { storage }) =>
          storage.sql.exec<{ n: number }>('SELECT count(*) n FROM events').one().n,
      );
      expect(left).toBe(0);
    };
    await addEvents(2_500);
    await forgetAll();
    expect(await metricsOf()).toMatchObject(expected(2_500));
    await addEvents(500);
    expect(await metricsOf()).toMatchObject(expected(3_000));
    await forgetAll();
    expect(await metricsOf()).toMatchObject(expected(3_000));
    await addEvents(10);
    expect(await metricsOf()).toMatchObject(expected(3_010));
  });

  it('never go down, whatever is looked at and forgotten between', async () => {
    let before = 0;
    for (let round = 0; round < 6; round++) {
      await addEvents(700);
      if (round % 2 === 0) before = (await metricsOf()).opens_total ?? 0;
      vi.setSystemTime(Date.now() + 46 * DAY);
      await runInDurableObject(ledgerOf(app), (_, { storage }) => storage.setAlarm(Date.now()));
      await runDurableObjectAlarm(ledgerOf(app));
      const after = (await metricsOf()).opens_total ?? 0;
      expect(after).toBe((round + 1) * 700);
      expect(after).toBeGreaterThanOrEqual(before);
    }
  });

  it('are there for a ledger that was made before it kept any', async () => {
    await runInDurableObject(ledgerOf(app), (_, { storage }) => {
      storage.sql.exec('DROP TABLE totals');
      storage.kv.put(SCHEMA_VERSION, MIGRATIONS.length - 1);
    });
    await addEvents(100);
    await evictDurableObject(ledgerOf(app));
    expect(await metricsOf()).toMatchObject(expected(100));
  });
});
