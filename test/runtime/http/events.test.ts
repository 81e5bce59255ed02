import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppLedger } from '../../../src/index.ts';
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

const SECOND = 1_000;
const DAY = 86_400_000;

type EventOnWire = {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly actor: string;
  readonly linkId?: string;
  readonly keyId?: string;
  readonly data: Record<string, unknown>;
};
type EventPage = { readonly items: EventOnWire[]; readonly nextCursor: string };

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

const get = (query = '', bearer = app.apiKey) => request('GET', `/v1/events${query}`, { bearer });
const read = async (query = '', bearer = app.apiKey) => json<EventPage>(await get(query, bearer));
const links = async (query = '', bearer = app.apiKey) =>
  (await read(query, bearer)).items.filter(({ type }) => type.startsWith('link.'));
const typesOf = (events: readonly EventOnWire[]) => events.map(({ type }) => type);
const gateOf = (id: string) => realEnv.GATES.getByName(id) as unknown as DurableObjectStub;
const ledger = () => realEnv.LEDGERS.getByName(app.id) as unknown as DurableObjectStub;

const claimed = (name: string, headers: Record<string, string> = {}) => ({
  headers: { 'Hallpass-Claim': `claim-of-the-event-test-${name}`, ...headers },
});

/** Lets the gate report what it has counted. */
async function report(id: string): Promise<void> {
  vi.setSystemTime(Date.now() + 10 * SECOND);
  expect(await runDurableObjectAlarm(gateOf(id))).toBe(true);
}

describe('GET /v1/events', () => {
  it('tells of each mint, change and revoke in their order, and by whom', async () => {
    const link = await minted(app);
    await request('PATCH', `/v1/links/${link.id}`, {
      bearer: app.apiKey,
      body: { maxUses: 3, note: 'secret note' },
    });
    await request('DELETE', `/v1/links/${link.id}`, { bearer: OPERATOR });
    const events = await links();
    expect(events).toMatchObject([
      { type: 'link.minted', linkId: link.id, actor: app.keyId, data: {} },
      { type: 'link.changed', actor: app.keyId, data: { fields: ['maxUses', 'note'] } },
      { type: 'link.revoked', actor: 'operator', data: {} },
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
    for (const { id, at } of events) {
      expect(id).toMatch(/^evt_[0-9A-Za-z]{22}$/);
      expect(Date.parse(at)).toBeGreaterThan(0);
    }
    expect(JSON.stringify(events)).not.toContain('secret note');
  });

  it('tells of keys made, rotated and revoked', async () => {
    const key = await makeKey(app, {}, app.apiKey);
    await request('POST', `/v1/keys/${key.id}/rotate`, { bearer: app.apiKey });
    await request('DELETE', `/v1/keys/${key.id}`, { bearer: app.apiKey });
    const events = (await read()).items.filter(({ keyId }) => keyId === key.id);
    expect(events).toMatchObject([
      { type: 'key.created', actor: app.keyId },
      { type: 'key.rotated', actor: app.keyId },
      { type: 'key.revoked', actor: app.keyId },
    ]);
  });

  it('adds up opens and denials by reason and country', async () => {
    const link = await minted(app, { rateLimit: { limit: 2, windowSeconds: 60 } });
    const from = Date.now();
    for (let count = 0; count < 5; count++) await open(link.url);
    await report(link.id);
    const [, opened, denied] = await links();
    expect(opened).toMatchObject({
      type: 'link.opened',
      actor: 'recipient',
      data: { count: 2, byCountry: { XX: 2 } },
    });
    expect(denied).toMatchObject({
      type: 'link.denied',
      data: { count: 3, byReason: { rate_limited: 3 }, byCountry: { XX: 3 } },
    });
    expect(Date.parse(String(opened?.data.from))).toBe(from);
    expect(Date.parse(String(opened?.data.to))).toBe(from);
  });

  it('tells of each use once, though the ledger lost the first report and its own answer', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const link = await minted(app, { maxUses: 10 });
    for (const name of ['a', 'b', 'a']) await open(link.url, claimed(name));
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
    const redeemed = (await links()).filter(({ type }) => type === 'link.redeemed');
    expect(redeemed.map(({ data }) => data.use)).toEqual([1, 2]);
  });

  it('keeps no address in clear, unless the app asked for it', async () => {
    const address = '203.0.113.77';
    const from = (name: string) => claimed(name, { 'CF-Connecting-IP': address });
    const hashed = await minted(app, { maxUses: 10 });
    await open(hashed.url, from('a'));
    await open(hashed.url, from('b'));
    await report(hashed.id);
    const text = await (await get()).text();
    expect(text).not.toContain(address);
    const [first, second] = (await links()).filter(({ type }) => type === 'link.redeemed');
    expect(first?.data.addressHash).toMatch(/^[0-9a-f]{64}$/);
    expect(second?.data.addressHash).toBe(first?.data.addressHash);

    const body = { recordIp: true };
    await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });
    const clear = await minted(app, { maxUses: 10 });
    await open(clear.url, from('a'));
    await report(clear.id);
    const redeemed = await links(`?linkId=${clear.id}&type=link.redeemed`);
    expect(redeemed).toMatchObject([{ data: { address } }]);
  });

  it('forgets addresses from when the app takes that back', async () => {
    const change = (recordIp: boolean) =>
      request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body: { recordIp } });
    await change(true);
    const link = await minted(app, { maxUses: 5 });
    await change(false);
    await open(link.url, claimed('a', { 'CF-Connecting-IP': '203.0.113.77' }));
    await report(link.id);
    const text = await (await get()).text();
    expect(text).toContain('link.redeemed');
    expect(text).not.toContain('203.0.113.77');
  });

  it('shows in its cursor nothing of what it hides', async () => {
    const narrow = await makeKey(app, { stores: ['other'] });
    for (let count = 0; count < 3; count++) await minted(app, { store: 'demo' });
    const { nextCursor } = await read('', narrow.apiKey);
    const bytes = atob(nextCursor.replaceAll('-', '+').replaceAll('_', '/'));
    expect(bytes).not.toMatch(/\[\d+\]/);
  });

  it('never holds a token or a claim', async () => {
    const link = await minted(app, { maxUses: 1 });
    await open(link.url, claimed('secret'));
    await report(link.id);
    const rows = await runInDurableObject(ledger(), (_, ctx) =>
      JSON.stringify(ctx.storage.sql.exec('SELECT * FROM events').toArray()),
    );
    expect(rows).toContain('link.redeemed');
    expect(rows).not.toContain(new URL(link.url).pathname.slice(1));
    expect(rows).not.toContain('claim-of-the-event-test');
  });

  it('tells when a link expired, without waking its gate', async () => {
    const link = await minted(app, { ttlSeconds: 60 });
    await evictDurableObject(gateOf(link.id));
    vi.setSystemTime(Date.now() + 3_600 * SECOND);
    const gates = vi.spyOn(realEnv.GATES, 'getByName');
    await runDurableObjectAlarm(ledger());
    expect(gates).not.toHaveBeenCalled();
    const [, expired] = await links();
    expect(expired).toMatchObject({ type: 'link.expired', actor: 'hallpass', at: link.expiresAt });
    await runDurableObjectAlarm(ledger());
    expect(await links()).toHaveLength(2);
  });

  it('does not tell that a revoked link expired', async () => {
    const link = await minted(app, { ttlSeconds: 60 });
    await revoke(app, link.id);
    vi.setSystemTime(Date.now() + 61 * SECOND);
    await runDurableObjectAlarm(ledger());
    expect(typesOf(await links())).toEqual(['link.minted', 'link.revoked']);
  });

  it('reads on from its cursor, which is there at the end too', async () => {
    const start = (await read()).nextCursor;
    expect(await read(`?after=${start}`)).toMatchObject({ items: [] });
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.push((await minted(app)).id);
    const seen: string[] = [];
    let after = start;
    for (let pages = 0; pages < 4; pages++) {
      const page = await read(`?after=${after}&limit=2`);
      seen.push(...page.items.map(({ linkId = '' }) => linkId));
      after = page.nextCursor;
    }
    expect(seen).toEqual(ids);
    const later = await minted(app);
    expect(await read(`?after=${after}`)).toMatchObject({ items: [{ linkId: later.id }] });
  });

  it('reads those of one type or one link', async () => {
    const [a, b] = [await minted(app), await minted(app)];
    await revoke(app, a.id);
    expect(typesOf(await links(`?linkId=${a.id}`))).toEqual(['link.minted', 'link.revoked']);
    expect(typesOf(await links(`?linkId=${b.id}`))).toEqual(['link.minted']);
    expect(await links('?type=link.revoked')).toMatchObject([{ linkId: a.id }]);
    expect(await links('?linkId=lnk_none')).toEqual([]);
  });

  it('shows a key what is within its bounds, and nothing else', async () => {
    const narrow = withKey(app, await makeKey(app, { stores: ['other'] }));
    await minted(app, { store: 'demo' });
    const inside = await minted(narrow, { store: 'other', key: 'a.pdf' });
    expect((await links('', narrow.apiKey)).map(({ linkId }) => linkId)).toEqual([inside.id]);
    const keys = (await read('', narrow.apiKey)).items.filter(({ keyId }) => keyId);
    expect(keys.map(({ keyId }) => keyId)).toEqual([narrow.keyId]);
  });

  it('is for keys with its scope, and for operators who name the app', async () => {
    const without = await makeKey(app, { scopes: ['links:mint'] });
    expect((await get('', without.apiKey)).status).toBe(403);
    expect((await get('', OPERATOR)).status).toBe(400);
    expect((await get(`?app=${app.id}`, OPERATOR)).status).toBe(200);
    expect((await get('?app=NoSuchApp', OPERATOR)).status).toBe(404);
  });

  it.each(['limit=0', 'limit=201', 'type=link.lost', 'after=AAAA', 'unknown=1'])(
    'refuses %s',
    async (query) => {
      expect((await get(`?${query}`)).status).toBe(400);
    },
  );

  it('refuses the cursor of another app and of another list', async () => {
    const stranger = await makeApp();
    const { nextCursor } = await read('', stranger.apiKey);
    expect((await get(`?after=${nextCursor}`)).status).toBe(400);
    for (let count = 0; count < 2; count++) await minted(app);
    const listed = await json<EventPage>(
      await request('GET', '/v1/links?limit=1', { bearer: app.apiKey }),
    );
    expect((await get(`?after=${listed.nextCursor}`)).status).toBe(400);
  });

  it('forgets what is older than the app keeps it', async () => {
    const body = { eventRetentionDays: 2 };
    await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });
    const old = await minted(app);
    vi.setSystemTime(Date.now() + 1.5 * DAY);
    const young = await minted(app);
    vi.setSystemTime(Date.now() + DAY);
    await runDurableObjectAlarm(ledger());
    const left = await links('?type=link.minted');
    expect(left.map(({ linkId }) => linkId)).toEqual([young.id]);
    // The event is forgotten, the link is not.
    const shown = await request('GET', `/v1/links/${old.id}`, { bearer: app.apiKey });
    expect(shown.status).toBe(200);
  });
});

describe('a list', () => {
  const listed = async () => {
    const response = await request('GET', '/v1/links', { bearer: app.apiKey });
    const [link] = (await json<{ items: Record<string, unknown>[] }>(response)).items;
    return link;
  };

  it('shows the counts that gates have reported', async () => {
    const link = await minted(app, { maxUses: 2 });
    expect(await listed()).toMatchObject({
      opens: 0,
      denials: {},
      usesLeft: 2,
      lastOpenedAt: null,
    });
    const openedAt = new Date(Date.now()).toISOString();
    await open(link.url, claimed('a'));
    await open(link.url, claimed('b'));
    await open(link.url, claimed('c'));
    await report(link.id);
    expect(await listed()).toMatchObject({
      state: 'used_up',
      opens: 2,
      denials: { used_up: 1 },
      usesLeft: 0,
      lastOpenedAt: openedAt,
    });
    const usedUp = await request('GET', '/v1/links?state=used_up', { bearer: app.apiKey });
    expect((await json<{ items: object[] }>(usedUp)).items).toHaveLength(1);
  });

  it('is not misled by a report that comes late', async () => {
    const link = await minted(app);
    const old = {
      link: link.id,
      since: Date.now(),
      until: Date.now(),
      uses: [],
      uploads: [],
    } as const;
    const totals = { uses: 0, givenBack: 0, opensByCountry: {}, denials: {}, denialsByCountry: {} };
    const stub = realEnv.LEDGERS.getByName(app.id);
    const id = link.id as `lnk_${string}`;
    await stub.report({ ...old, link: id, totals: { ...totals, opens: 5 } });
    await stub.report({ ...old, link: id, totals: { ...totals, opens: 3 } });
    expect(await listed()).toMatchObject({ opens: 5 });
    const opened = await links('?type=link.opened');
    expect(opened).toMatchObject([{ data: { count: 5 } }]);
  });
});

describe('reports', () => {
  it('come every ten seconds, and rarer when very many gates report', async () => {
    const link = await minted(app);
    const stub = realEnv.LEDGERS.getByName(app.id);
    const totals = {
      uses: 0,
      givenBack: 0,
      opens: 0,
      opensByCountry: {},
      denials: {},
      denialsByCountry: {},
    };
    const send = () =>
      stub.report({
        link: link.id as `lnk_${string}`,
        totals,
        since: Date.now(),
        until: Date.now(),
        uses: [],
        uploads: [],
      });
    expect((await send()).nextInSeconds).toBe(10);
    await runInDurableObject(ledger(), async (instance) => {
      for (let count = 0; count < 4_000; count++) {
        await (instance as unknown as AppLedger).report({
          link: link.id as `lnk_${string}`,
          totals,
          since: Date.now(),
          until: Date.now(),
          uses: [],
          uploads: [],
        });
      }
    });
    vi.setSystemTime(Date.now() + 11 * SECOND);
    expect((await send()).nextInSeconds).toBeGreaterThan(10);
  });

  it('of a link that the ledger does not know are no event, and stop', async () => {
    const stub = realEnv.LEDGERS.getByName(app.id);
    const receipt = await stub.report({
      link: 'lnk_unknown',
      totals: {
        uses: 1,
        givenBack: 0,
        opens: 1,
        opensByCountry: {},
        denials: {},
        denialsByCountry: {},
      },
      since: 0,
      until: 0,
      uses: [{ use: 1, at: 0, addressHash: '' }],
      uploads: [],
    });
    expect(receipt.nextInSeconds).toBeGreaterThan(3_600);
    expect(await links()).toEqual([]);
  });
});
