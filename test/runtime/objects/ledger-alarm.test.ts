// The alarm of a ledger: it rings when it should, and nobody waits for what can't be done now.

import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppLedger, LinkGate } from '../../../src/index.ts';
import { createAlarm } from '../../../src/objects/alarm.ts';
import { createRevocationTable } from '../../../src/objects/revocation-table.ts';
import {
  DOWNLOAD,
  json,
  makeApp,
  makeKey,
  minted,
  OPERATOR,
  open,
  realEnv,
  request,
  type TestApp,
  withKey,
} from '../../support/api.ts';

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
let app: TestApp;

beforeEach(async () => {
  // So far ahead that no alarm rings by itself.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2040, 0, 1) });
  app = await makeApp();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const ledger = () => realEnv.LEDGERS.getByName(app.id) as unknown as DurableObjectStub;
const armed = async () =>
  Number(await runInDurableObject(ledger(), (_, { storage }) => storage.getAlarm()));
const disarm = () => runInDurableObject(ledger(), (_, { storage }) => storage.deleteAlarm());
const revokeAll = (bearer = app.apiKey) =>
  request('POST', '/v1/links/revoke', { bearer, body: { all: true } });

async function mintMany(count: number): Promise<string[]> {
  const links = Array.from({ length: count }, () => DOWNLOAD);
  const response = await request('POST', '/v1/links/batch', {
    bearer: app.apiKey,
    body: { links },
  });
  const { results } = await json<{ results: { link: { id: string } }[] }>(response);
  return results.map(({ link }) => link.id);
}

/** Lets `isDown` say of each write of a gate whether it fails. */
function gatesDown(isDown: (id: string) => boolean): void {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const write = LinkGate.prototype.write;
  vi.spyOn(LinkGate.prototype, 'write').mockImplementation(async function (this: LinkGate, record) {
    const { id } = Reflect.get(this, 'ctx') as DurableObjectState;
    if (isDown(id.name ?? '')) throw new Error('this gate is down');
    return write.call(this, record);
  });
}

describe('it rings', () => {
  it('by the sooner of two instants that are asked for at once', async () => {
    const sooner = Date.now() + 30 * SECOND;
    await disarm();
    await runInDurableObject(ledger(), async (_, { storage }) => {
      const alarm = createAlarm(storage);
      await Promise.all([alarm.ringBy(sooner), alarm.ringBy(sooner + 30 * DAY)]);
    });
    expect(await armed()).toBe(sooner);
    await disarm();
  });

  it('by the first end among the links of a batch', async () => {
    await disarm();
    const links = [{ ...DOWNLOAD, ttlSeconds: 5 }, DOWNLOAD];
    await request('POST', '/v1/links/batch', { bearer: app.apiKey, body: { links } });
    expect((await armed()) - Date.now()).toBeLessThanOrEqual(6 * SECOND);
  });

  it('soon after an app keeps its events for less long', async () => {
    await minted(app, { ttlSeconds: (20 * DAY) / SECOND });
    vi.setSystemTime(Date.now() + 31 * SECOND);
    await runDurableObjectAlarm(ledger());
    expect((await armed()) - Date.now()).toBeGreaterThan(10 * DAY);
    const body = { eventRetentionDays: 1 };
    await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });
    expect((await armed()) - Date.now()).toBeLessThanOrEqual(SECOND);
  });

  it('soon again while each ring gets some way', async () => {
    for (let batch = 0; batch < 4; batch++) await mintMany(100);
    let budget = 0;
    gatesDown(() => budget-- <= 0);
    await revokeAll();
    for (let ring = 0; ring < 6; ring++) {
      budget = 60;
      vi.setSystemTime(Date.now() + 61 * SECOND);
      await runDurableObjectAlarm(ledger());
      expect((await armed()) - Date.now()).toBeLessThanOrEqual(2 * SECOND);
    }
  }, 60_000);
});

describe('a revocation', () => {
  it('is not held up by a hundred gates that don’t answer', async () => {
    const dead = new Set(await mintMany(100));
    vi.setSystemTime(Date.now() + SECOND);
    const victim = await minted(app);
    vi.setSystemTime(Date.now() + SECOND);
    await mintMany(100);
    gatesDown((id) => dead.has(id));
    await revokeAll();
    for (let ring = 0; ring < 3; ring++) {
      vi.setSystemTime(Date.now() + 61 * SECOND);
      await runDurableObjectAlarm(ledger());
    }
    expect((await open(victim.url)).status).toBe(410);
  });

  it('of an operator waits for none of the app’s, of which there are not too many', async () => {
    const link = await minted(app);
    const wide = withKey(app, await makeKey(app, { requestsPerMinute: 6_000 }));
    await runInDurableObject(ledger(), (_, { storage }) => {
      storage.sql.exec(
        `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 45000)
         INSERT INTO links SELECT 'lnk_copy' || n, 'failed', version, settled, 1, created_at + n,
           minted_by, store, key, terms, expires_at, reported FROM links, numbers`,
      );
    });
    vi.setSystemTime(Date.now() + 100 * SECOND);
    const statuses: number[] = [];
    for (let count = 0; count < 21; count++) {
      const body = { q: 'nothing-has-this' };
      const bearer = wide.apiKey;
      const response = await request('POST', '/v1/links/revoke', { bearer, body });
      statuses.push(response.status);
    }
    expect(statuses).toEqual([...Array(20).fill(202), 429]);
    expect((await revokeAll(OPERATOR)).status).toBe(202);
    const next = await runInDurableObject(ledger(), (_, { storage }) =>
      createRevocationTable(storage.sql).next(),
    );
    expect(next?.actor).toBe('operator');
    await runDurableObjectAlarm(ledger());
    expect((await open(link.url)).status).toBe(410);
  }, 60_000);
});

describe('a ledger that is down', () => {
  it('keeps an operator from the links of no other app', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const link = await minted(app, { tags: ['leak'] });
    const down = await makeApp();
    const revokeMany = AppLedger.prototype.revokeMany;
    vi.spyOn(AppLedger.prototype, 'revokeMany').mockImplementation(async function (
      this: AppLedger,
      ...request
    ) {
      const { id } = Reflect.get(this, 'ctx') as DurableObjectState;
      if (id.name === down.id) throw new Error('overloaded');
      return revokeMany.apply(this, request);
    });
    const body = { tag: 'leak' };
    const response = await request('POST', '/v1/links/revoke', { bearer: OPERATOR, body });
    expect(response.status).toBe(202);
    expect(await json(response)).toMatchObject({ matched: 1, complete: false });
    expect((await open(link.url)).status).toBe(410);
  });

  it('hears later of a suspension, which was answered with 503', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const link = await minted(app);
    const configure = vi.spyOn(AppLedger.prototype, 'configure').mockRejectedValue(new Error());
    const body = { suspended: true };
    const refused = await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });
    expect(refused.status).toBe(503);
    configure.mockRestore();
    const directory = realEnv.DIRECTORY.getByName('directory') as unknown as DurableObjectStub;
    expect(await runDurableObjectAlarm(directory)).toBe(true);
    expect((await open(link.url)).status).toBe(410);
    expect(await runDurableObjectAlarm(directory)).toBe(false);
  });
});

describe('a change of an app that arrives late', () => {
  it('undoes nothing that came after it', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const patch = (body: object) =>
      request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });
    const configure = vi.spyOn(AppLedger.prototype, 'configure').mockRejectedValue(new Error());
    expect((await patch({ suspended: true })).status).toBe(503);
    const [late] = configure.mock.lastCall ?? [];
    configure.mockRestore();
    expect((await patch({ suspended: false })).status).toBe(200);
    const link = await minted(app);
    if (!late) throw new Error('nothing was sent');
    await realEnv.LEDGERS.getByName(app.id).configure(late);
    expect((await open(link.url)).status).toBe(302);
    await minted(app);
  });
});

describe('a link whose gate is down', () => {
  it('is ended by an operator all the same, since KV knows whose it is', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const link = await minted(app);
    vi.spyOn(LinkGate.prototype, 'app').mockRejectedValue(new Error('down'));
    const response = await request('DELETE', `/v1/links/${link.id}`, { bearer: OPERATOR });
    expect(response.status).toBe(200);
    expect((await open(link.url)).status).toBe(410);
  });
});

it('a mint that its lease ran out on is 503, not a dead link', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const post = () =>
    request('POST', '/v1/links', {
      bearer: app.apiKey,
      body: DOWNLOAD,
      headers: { 'Idempotency-Key': 'late' },
    });
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const write = LinkGate.prototype.write;
  let isDown = true;
  vi.spyOn(LinkGate.prototype, 'write').mockImplementation(async function (this: LinkGate, record) {
    if (isDown) throw new Error('down');
    if (record.version === 1) {
      arrived.resolve();
      await released.promise;
    }
    return write.call(this, record);
  });
  expect((await post()).status).toBe(503);
  isDown = false;
  vi.setSystemTime(Date.now() + 29 * SECOND);
  const retry = post();
  await arrived.promise;
  vi.setSystemTime(Date.now() + 2 * SECOND);
  await runDurableObjectAlarm(ledger());
  released.resolve();
  expect((await retry).status).toBe(503);
});
