import { evictAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LinkGate } from '../../../src/index.ts';
import {
  json,
  makeApp,
  makeKey,
  minted,
  OPERATOR,
  open,
  realEnv,
  request,
  revoke,
  type TestApp,
  withKey,
} from '../../support/api.ts';

let app: TestApp;

beforeEach(async () => {
  // So far ahead that no alarm rings by itself.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2040, 0, 1) });
  app = await makeApp({ stores: ['demo', 'other'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const revokeMany = (body: object, bearer = app.apiKey) =>
  request('POST', '/v1/links/revoke', { bearer, body });
const ledger = () => realEnv.LEDGERS.getByName(app.id) as unknown as DurableObjectStub;

describe('POST /v1/links/revoke', () => {
  it('ends links by id and by URL', async () => {
    const [a, b, c] = await Promise.all([minted(app), minted(app), minted(app)]);
    const body = { ids: [a?.id, 'lnk_none'], urls: [b?.url, 'nonsense'] };
    const response = await revokeMany(body);
    expect(response.status).toBe(200);
    expect(await json(response)).toEqual({ matched: 2, revoked: 2, pending: 0, complete: true });
    const statuses = await Promise.all(
      [a, b, c].map(async (link) => (await open(link?.url ?? '')).status),
    );
    expect(statuses).toEqual([410, 410, 302]);
  });

  it('ends everything for an object, or minted by a key, whoever asks', async () => {
    const leaked = withKey(app, await makeKey(app));
    const byKey = await minted(leaked, { key: 'elsewhere.pdf' });
    const ofObject = await minted(app, { key: 'secret.pdf' });
    const kept = await minted(app);
    await revokeMany({ store: 'demo', key: 'secret.pdf' }, OPERATOR);
    await revokeMany({ mintedBy: leaked.keyId }, OPERATOR);
    expect((await open(byKey.url)).status).toBe(410);
    expect((await open(ofObject.url)).status).toBe(410);
    expect((await open(kept.url)).status).toBe(302);
  });

  it('says what it would end, and ends nothing, on a dry run', async () => {
    const link = await minted(app, { tags: ['x'] });
    const response = await revokeMany({ tag: 'x', dryRun: true });
    expect(response.status).toBe(200);
    expect(await json(response)).toEqual({ matched: 1, revoked: 0, pending: 1, complete: true });
    expect((await open(link.url)).status).toBe(302);
  });

  it('counts what has ended already as nothing to do', async () => {
    await minted(app);
    await revokeMany({ all: true });
    expect(await json(await revokeMany({ all: true }))).toEqual({
      matched: 0,
      revoked: 0,
      pending: 0,
      complete: true,
    });
  });

  it('ends links that were minted before the clock was set back, too', async () => {
    const link = await minted(app);
    vi.setSystemTime(Date.now() - 60_000);
    expect(await json(await revokeMany({ all: true, dryRun: true }))).toMatchObject({ matched: 1 });
    expect(await json(await revokeMany({ all: true }))).toMatchObject({ revoked: 1 });
    expect((await open(link.url)).status).toBe(410);
  });

  it('leaves one event for each link', async () => {
    await Promise.all([minted(app), minted(app)]);
    await revokeMany({ all: true });
    await revokeMany({ all: true });
    const [events] = await runInDurableObject(ledger(), (_, ctx) =>
      ctx.storage.sql.exec("SELECT count(*) n FROM events WHERE type = 'link.revoked'").toArray(),
    );
    expect(events?.n).toBe(2);
  });

  it('is not an app’s way to another app’s links', async () => {
    const stranger = await makeApp();
    const link = await minted(app);
    const body = { ids: [link.id], urls: [link.url] };
    expect(await json(await revokeMany(body, stranger.apiKey))).toMatchObject({ matched: 0 });
    expect((await open(link.url)).status).toBe(302);
  });

  it.each([
    {},
    { dryRun: true },
    { q: ' ' },
    { ids: ['lnk_a'], all: true },
    { ids: ['lnk_a'], tag: 'x' },
    { all: false },
  ])('refuses %j, which says too little or two things', async (body) => {
    const link = await minted(app);
    expect((await revokeMany(body)).status).toBe(400);
    expect((await open(link.url)).status).toBe(302);
  });

  it('carries on by the alarm while gates are down, and tells how far it is', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const link = await minted(app);
    const gates = vi.spyOn(LinkGate.prototype, 'write').mockRejectedValue(new Error('down'));
    const response = await revokeMany({ all: true });
    expect(response.status).toBe(202);
    expect(await json(response)).toEqual({ matched: 1, revoked: 0, pending: 1, complete: true });
    gates.mockRestore();
    await runDurableObjectAlarm(ledger());
    expect((await open(link.url)).status).toBe(410);
    expect(await json(await revokeMany({ all: true }))).toMatchObject({ pending: 0 });
  });

  it('ends 10,000 links, though the ledger is evicted in the middle', async () => {
    const LINKS = 10_000;
    const link = await minted(app);
    // Copies of a real link, whose gates hear of them first by their revocation.
    await runInDurableObject(ledger(), (_, ctx) => {
      ctx.storage.sql.exec(
        `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
         INSERT INTO links SELECT 'lnk_copy' || n, status, version, settled, ended_at,
           created_at - n, minted_by, store, key, terms, expires_at, reported FROM links, numbers`,
        LINKS - 1,
      );
    });
    const accepted = await json(await revokeMany({ all: true }));
    expect(accepted).toEqual({
      matched: LINKS,
      revoked: 100,
      pending: LINKS - 100,
      complete: true,
    });

    const left = () =>
      runInDurableObject(ledger(), (_, ctx) => {
        const [row] = ctx.storage.sql.exec('SELECT count(*) n FROM links WHERE settled = 0');
        return Number(row?.n);
      });
    // Each alarm gets some way before its gates fail and every object is evicted, which also keeps
    // the number of databases open at once below what one process may have.
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const write = LinkGate.prototype.write;
    let writes = 0;
    vi.spyOn(LinkGate.prototype, 'write').mockImplementation(async function (
      this: LinkGate,
      record,
    ) {
      writes += 1;
      if (writes > 1_000) throw new Error('the ledger is about to die');
      return write.call(this, record);
    });
    let before = await left();
    while (before > 0) {
      writes = 0;
      expect(await runDurableObjectAlarm(ledger())).toBe(true);
      await evictAllDurableObjects();
      const after = await left();
      expect(after).toBeLessThan(before);
      before = after;
    }
    expect((await open(link.url)).status).toBe(410);
    expect(await json(await revokeMany({ all: true }))).toMatchObject({ matched: 0 });
  }, 120_000);

  it('means the links of its beginning, and goes on by the alarm when they are too many', async () => {
    const oldest = await minted(app, { ttlSeconds: 86_400 });
    vi.setSystemTime(Date.now() + 1_000_000);
    await addEndedLinks(45_000);
    const dry = await json(await revokeMany({ all: true, dryRun: true }));
    // Counting goes further in one call than ending does.
    expect(dry).toEqual({ matched: 1, revoked: 0, pending: 1, complete: true });
    const response = await revokeMany({ all: true });
    expect(response.status).toBe(202);
    expect(await json(response)).toEqual({ matched: 0, revoked: 0, pending: 0, complete: false });
    vi.setSystemTime(Date.now() + 1_000);
    const later = await minted(app);
    await evictAllDurableObjects();
    await runDurableObjectAlarm(ledger());
    expect((await open(oldest.url)).status).toBe(410);
    expect((await open(later.url)).status).toBe(302);
    const left = await runInDurableObject(ledger(), (_, ctx) =>
      ctx.storage.sql.exec('SELECT * FROM revocations').toArray(),
    );
    expect(left).toEqual([]);
  });
});

it('ends a link that matched when it was accepted, whatever somebody makes of it meanwhile', async () => {
  const leaked = await minted(app, { ttlSeconds: 86_400, note: 'leaked' });
  const other = await minted(app, { ttlSeconds: 86_400 });
  vi.setSystemTime(Date.now() + 1_000_000);
  await addEndedLinks(45_000);
  expect((await revokeMany({ q: 'leaked' })).status).toBe(202);
  const patch = (id: string, note: string) =>
    request('PATCH', `/v1/links/${id}`, { bearer: app.apiKey, body: { note } });
  expect((await patch(leaked.id, 'harmless')).status).toBe(409);
  expect((await open(leaked.url)).status).toBe(410);
  expect((await patch(other.id, 'something else')).status).toBe(200);
  await runDurableObjectAlarm(ledger());
  expect((await open(other.url)).status).toBe(302);
});

it('counts in turn with what else an app asks for', async () => {
  await addEndedLinks(45_000);
  const done: string[] = [];
  const note = (what: string) => () => done.push(what);
  const counting = revokeMany({ q: 'nothing', dryRun: true }).then(note('counted'));
  await Promise.all([counting, minted(app).then(note('minted'))]);
  expect(done).toEqual(['minted', 'counted']);
});

/** Newer than what is there and over already, so that there is much to look at and nothing to do. */
async function addEndedLinks(count: number): Promise<void> {
  const model = await minted(app);
  await revoke(app, model.id);
  await runInDurableObject(ledger(), (_, ctx) => {
    ctx.storage.sql.exec(
      `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
       INSERT INTO links SELECT 'lnk_copy' || n, status, version, settled, ended_at,
         created_at - n, minted_by, store, key, terms, expires_at, reported
       FROM links, numbers WHERE id = ?`,
      count,
      model.id,
    );
  });
}

describe('an operator with a leaked URL', () => {
  it('kills it and everything for its object, or by its key, with two calls', async () => {
    const leaker = withKey(app, await makeKey(app));
    const leaked = await minted(leaker, { key: 'plans/secret.pdf' });
    const sameObject = await minted(app, { key: 'plans/secret.pdf' });
    const sameKey = await minted(leaker, { key: 'other.pdf' });
    const unrelated = await minted(app, { key: 'other.pdf' });

    const body = { url: leaked.url };
    const found = await json<Record<'store' | 'key' | 'mintedBy', string>>(
      await request('POST', '/v1/links/lookup', { bearer: OPERATOR, body }),
    );
    const { store, key, mintedBy } = found;
    await revokeMany({ store, key }, OPERATOR);
    expect((await open(leaked.url)).status).toBe(410);
    expect((await open(sameObject.url)).status).toBe(410);
    expect((await open(sameKey.url)).status).toBe(302);
    await revokeMany({ mintedBy }, OPERATOR);
    expect((await open(sameKey.url)).status).toBe(410);
    expect((await open(unrelated.url)).status).toBe(302);
  });

  it('reaches links outside the bounds that their app has by now', async () => {
    const link = await minted(app, { store: 'demo' });
    await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body: { stores: ['other'] } });
    expect((await revoke(app, link.id)).status).toBe(403);
    expect((await request('DELETE', `/v1/links/${link.id}`, { bearer: OPERATOR })).status).toBe(
      200,
    );
    expect((await open(link.url)).status).toBe(410);
  });
});
