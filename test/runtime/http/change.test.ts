import { runDurableObjectAlarm } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LinkGate } from '../../../src/index.ts';
import {
  DOWNLOAD,
  json,
  type MintedOnWire,
  makeApp,
  mint,
  minted,
  open,
  realEnv,
  request,
  revoke,
  type TestApp,
} from '../../support/api.ts';
import { countedEnv } from '../../support/counted-env.ts';

const SECOND = 1_000;
type Problem = { readonly errors?: readonly { readonly pointer: string }[] };

let app: TestApp;
let link: MintedOnWire;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  app = await makeApp();
  link = await minted(app);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const change = (body: object, bearer = app.apiKey) =>
  request('PATCH', `/v1/links/${link.id}`, { bearer, body });
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * SECOND).toISOString();
const redeem = () => open(link.url, { method: 'POST' });

describe('PATCH /v1/links/{id}', () => {
  it('shortens and extends the life of a link, effective at once', async () => {
    expect((await change({ expiresAt: inSeconds(30) })).status).toBe(200);
    vi.setSystemTime(Date.now() + 31 * SECOND);
    expect((await open(link.url)).status).toBe(410);

    link = await minted(app, { ttlSeconds: 60 });
    expect((await change({ expiresAt: inSeconds(7_200) })).status).toBe(200);
    vi.setSystemTime(Date.now() + 3_600 * SECOND);
    expect((await open(link.url)).status).toBe(302);
  });

  it('counts a lifetime from the creation of the link', async () => {
    vi.setSystemTime(Date.now() + 300 * SECOND);
    const refused = await change({ expiresAt: inSeconds(2_592_000) });
    expect(refused.status).toBe(400);
    expect((await json<Problem>(refused)).errors?.[0]?.pointer).toBe('/expiresAt');
    expect((await change({ expiresAt: inSeconds(2_592_000 - 300) })).status).toBe(200);
  });

  it('sets limits and takes them away again', async () => {
    const changed = await json(await change({ maxUses: 1, note: 'n', tags: ['t'] }));
    expect(changed).toMatchObject({ maxUses: 1, note: 'n', tags: ['t'] });
    expect((await open(link.url)).status).toBe(428);
    const freed = await json(await change({ maxUses: null, note: null }));
    expect(freed).not.toHaveProperty('maxUses');
    expect(freed).not.toHaveProperty('note');
    expect(freed).toMatchObject({ tags: ['t'] });
    expect((await open(link.url)).status).toBe(302);
  });

  it('gives a link that was used up more uses, and counts those it had', async () => {
    link = await minted(app, { maxUses: 1 });
    expect([(await redeem()).status, (await redeem()).status]).toEqual([303, 410]);
    await change({ maxUses: 2 });
    expect([(await redeem()).status, (await redeem()).status]).toEqual([303, 410]);
  });

  it('takes a password off', async () => {
    link = await minted(app, { password: 'secret' });
    expect((await redeem()).status).toBe(403);
    expect(await json(await change({ password: null }))).toMatchObject({ hasPassword: false });
    expect((await open(link.url)).status).toBe(302);
  });

  it("gives back the app's rate where a link's own is taken away", async () => {
    link = await minted(app, { rateLimit: { limit: 1, windowSeconds: 60 } });
    const changed = await json(await change({ rateLimit: null }));
    expect(changed.rateLimit).toEqual({ limit: 60, windowSeconds: 60 });
  });

  it('costs one ledger call, writes no KV and leaves one event', async () => {
    const { env, operations } = countedEnv();
    const options = { bearer: app.apiKey, body: { note: 'n' }, env };
    await request('PATCH', `/v1/links/${link.id}`, options);
    expect(operations).toEqual(['ledger.change']);
  });

  it('ends two races as the ledger ordered them', async () => {
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => change({ maxUses: index + 1, password: 'secret' })),
    );
    const shown = await json<{ maxUses: number; usesLeft: number }>(
      await request('GET', `/v1/links/${link.id}`, { bearer: app.apiKey }),
    );
    const page = await open(link.url, { headers: { Accept: 'text/html' } });
    const uses = shown.maxUses === 1 ? 'It can be used once.' : `used ${shown.maxUses} more times`;
    expect(await page.text()).toContain(uses);
  });

  it('answers 202 while the gate is down, and the alarm carries it on', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const gates = vi.spyOn(LinkGate.prototype, 'write').mockRejectedValue(new Error('down'));
    expect((await change({ maxUses: 1 })).status).toBe(202);
    expect((await open(link.url)).status).toBe(302);
    gates.mockRestore();
    const ledger = realEnv.LEDGERS.getByName(app.id) as unknown as DurableObjectStub;
    await runDurableObjectAlarm(ledger);
    expect((await open(link.url)).status).toBe(428);
  });

  it('that shortened a link unknown to its gate does not keep a revoke from reaching it', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const gates = vi.spyOn(LinkGate.prototype, 'write').mockRejectedValue(new Error('down'));
    expect((await change({ expiresAt: inSeconds(5) })).status).toBe(202);
    gates.mockRestore();
    vi.setSystemTime(Date.now() + 6 * SECOND);
    expect((await revoke(app, link.id)).status).toBe(200);
    expect((await open(link.url)).status).toBe(410);
  });

  it('is refused with 409 for what has ended', async () => {
    await revoke(app, link.id);
    expect((await change({ note: 'n' })).status).toBe(409);
    link = await minted(app, { ttlSeconds: 60 });
    vi.setSystemTime(Date.now() + 61 * SECOND);
    expect((await change({ expiresAt: inSeconds(60) })).status).toBe(409);
    expect((await open(link.url)).status).toBe(410);
  });

  it("is refused with 404 for another app's link", async () => {
    const stranger = await makeApp();
    expect((await change({ note: 'n' }, stranger.apiKey)).status).toBe(404);
  });

  const REFUSALS: [string, object, string][] = [
    ['what a grant pins', { key: 'other.pdf' }, '/key'],
    ['a link without an end', { expiresAt: null }, '/expiresAt'],
    ['an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
    ['a start after the end', { notBefore: '2099-01-01T00:00:00Z' }, '/notBefore'],
    ['no uses', { maxUses: 0 }, '/maxUses'],
    ['an empty password', { password: '' }, '/password'],
  ];
  it.each(REFUSALS)('refuses %s and changes nothing', async (_, body, pointer) => {
    const before = await json(await request('GET', `/v1/links/${link.id}`, { bearer: app.apiKey }));
    const refused = await change(body);
    expect(refused.status).toBe(400);
    expect((await json<Problem>(refused)).errors?.map((error) => error.pointer)).toEqual([pointer]);
    const after = await json(await request('GET', `/v1/links/${link.id}`, { bearer: app.apiKey }));
    expect(after).toEqual(before);
  });
});

describe('limits that a mint refuses', () => {
  const EDGE = { consistency: 'edge' };
  const REFUSALS: [string, object, string][] = [
    ['no uses', { maxUses: 0 }, '/maxUses'],
    ['more than a million uses', { maxUses: 1_000_001 }, '/maxUses'],
    ['half a use', { maxUses: 1.5 }, '/maxUses'],
    ['a rate of nothing', { rateLimit: { limit: 0, windowSeconds: 60 } }, '/rateLimit/limit'],
    ['a rate without a window', { rateLimit: { limit: 5 } }, '/rateLimit/windowSeconds'],
    [
      'a window of nothing',
      { rateLimit: { limit: 5, windowSeconds: 0 } },
      '/rateLimit/windowSeconds',
    ],
    ['an empty password', { password: '' }, '/password'],
    ['a start after the end', { notBefore: '2099-01-01T00:00:00Z' }, '/notBefore'],
    ['a network that is none', { allowCidrs: ['10.0.0.0/8', '10.0.0.1'] }, '/allowCidrs/1'],
    ['no network at all', { allowCidrs: [] }, '/allowCidrs'],
    ['an unknown country', { allowCountries: ['DE', 'XX'] }, '/allowCountries/1'],
    ['no country at all', { allowCountries: [] }, '/allowCountries'],
    ['a short claim window', { claimSeconds: 1 }, '/claimSeconds'],
    ['confirm as text', { confirm: 'yes' }, '/confirm'],
    ['uses at the edge', { ...EDGE, maxUses: 1 }, '/maxUses'],
    ['a password at the edge', { ...EDGE, password: 'secret' }, '/password'],
    ['a step at the edge', { ...EDGE, confirm: true }, '/confirm'],
    ['a rate at the edge', { ...EDGE, rateLimit: { limit: 5, windowSeconds: 60 } }, '/rateLimit'],
    ['another consistency', { consistency: 'eventual' }, '/consistency'],
  ];
  it.each(REFUSALS)('%s', async (_, terms, pointer) => {
    const refused = await mint(app, terms);
    expect(refused.status).toBe(400);
    expect((await json<Problem>(refused)).errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  it('never put a password where it could be read', async () => {
    const password = 'a password that must not be kept';
    const headers = { 'Idempotency-Key': 'k1' };
    const body = { ...DOWNLOAD, password };
    const options = { bearer: app.apiKey, body, headers };
    const first = await json<MintedOnWire>(await request('POST', '/v1/links', options));
    expect(await json(await request('POST', '/v1/links', options))).toEqual(first);
    const other = { ...options, body: { ...body, password: 'another one' } };
    expect((await request('POST', '/v1/links', other)).status).toBe(422);
  });
});
