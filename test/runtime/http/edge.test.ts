import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Env } from '../../../src/config.ts';
import {
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
const EDGE = { consistency: 'edge' };

let app: TestApp;
let link: MintedOnWire;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  app = await makeApp();
  link = await minted(app, EDGE);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const ledger = () => realEnv.LEDGERS.getByName(app.id) as unknown as DurableObjectStub;

describe('an edge link', () => {
  it('says what a revocation is worth', async () => {
    expect(link).toMatchObject({
      consistency: 'edge',
      revocation: 'typically effective within 60 seconds of DELETE, without a bound',
    });
    expect(link).not.toHaveProperty('rateLimit');
  });

  it('opens with one KV read and no gate', async () => {
    const { env, operations } = countedEnv();
    expect((await open(link.url, { env })).status).toBe(302);
    expect(operations).toEqual(['kv.get']);
  });

  it('is written by the ledger alone', async () => {
    const { env, operations } = countedEnv();
    expect((await mint(app, EDGE, { env })).status).toBe(201);
    expect(operations).toEqual(['ledger.mint']);
  });

  it('keeps to its end, its start and its places', async () => {
    const expiresAt = Date.parse(link.expiresAt);
    vi.setSystemTime(expiresAt - 1);
    const url = new URL((await open(link.url)).headers.get('Location') ?? '');
    expect(Number(url.searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(31);
    vi.setSystemTime(expiresAt);
    expect((await open(link.url)).status).toBe(410);

    const notBefore = new Date(Date.now() + 60 * SECOND).toISOString();
    expect((await open((await minted(app, { ...EDGE, notBefore })).url)).status).toBe(403);
    const allowCidrs = ['203.0.113.0/24'];
    expect((await open((await minted(app, { ...EDGE, allowCidrs })).url)).status).toBe(403);
  });

  it('is ended by a tombstone in KV, and by its gate where KV knows nothing', async () => {
    expect((await revoke(app, link.id)).status).toBe(200);
    const { env, operations } = countedEnv();
    expect((await open(link.url, { env })).status).toBe(410);
    expect(operations).toEqual(['kv.get']);

    await realEnv.GRANTS.delete(link.id);
    expect((await open(link.url)).status).toBe(410);
  });

  it('opens where KV does not have it yet', async () => {
    await realEnv.GRANTS.delete(link.id);
    expect((await open(link.url)).status).toBe(302);
  });

  it('stays revoking while KV refuses the tombstone, and the alarm carries it on', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { GRANTS } = realEnv as Env;
    const put = vi
      .spyOn(Object.getPrototypeOf(GRANTS), 'put')
      .mockRejectedValue(new Error('KV PUT failed: 429 Too Many Requests'));
    expect((await revoke(app, link.id)).status).toBe(202);
    put.mockRestore();
    await runDurableObjectAlarm(ledger());
    const shown = await request('GET', `/v1/links/${link.id}`, { bearer: app.apiKey });
    expect((await json(shown)).state).toBe('revoked');
    expect((await open(link.url)).status).toBe(410);
  });

  it('whose tombstone KV never answers holds up nothing but itself', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const strong = await minted(app);
    const { GRANTS } = realEnv as Env;
    const put = vi.spyOn(Object.getPrototypeOf(GRANTS), 'put');
    put.mockReturnValue(new Promise(() => {}));
    expect((await revoke(app, link.id)).status).toBe(202);
    expect(await runDurableObjectAlarm(ledger())).toBe(true);
    expect((await revoke(app, strong.id)).status).toBe(200);
    // What it waits for ends with the object that waits.
    put.mockRestore();
    await runInDurableObject(ledger(), (_, state) => state.abort()).catch(() => {});
    await runDurableObjectAlarm(ledger());
    expect((await open(link.url)).status).toBe(410);
  }, 20_000);

  it('can not be changed', async () => {
    const options = { bearer: app.apiKey, body: { note: 'n' } };
    expect((await request('PATCH', `/v1/links/${link.id}`, options)).status).toBe(409);
  });

  it('has no counts', async () => {
    await open(link.url);
    const shown = await request('GET', `/v1/links/${link.id}`, { bearer: app.apiKey });
    expect(await json(shown)).toMatchObject({ opens: null, denials: null, lastOpenedAt: null });
  });
});
