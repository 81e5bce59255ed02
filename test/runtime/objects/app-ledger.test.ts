import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
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

const SECOND = 1_000;
const DAY = 86_400_000;

let app: TestApp;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  app = await makeApp();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function ledger(): DurableObjectStub {
  return realEnv.LEDGERS.getByName(app.id) as unknown as DurableObjectStub;
}

function rows(query: string): Promise<Record<string, unknown>[]> {
  return runInDurableObject(ledger(), (_, ctx) => ctx.storage.sql.exec(query).toArray());
}

const ask = (id: string) => realEnv.GATES.getByName(id).open({ method: 'GET', site: '' }, false);
const events = () =>
  rows("SELECT type, subject, actor FROM events WHERE type LIKE 'link.%' ORDER BY seq");
const state = async (id: string) =>
  (await json(await request('GET', `/v1/links/${id}`, { bearer: app.apiKey }))).state;

function gatesDown() {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  return vi.spyOn(LinkGate.prototype, 'write').mockRejectedValue(new Error('gate down'));
}

const withKey = (key: string) => ({ headers: { 'Idempotency-Key': key } });

function post(key: string, body: object = DOWNLOAD): Promise<Response> {
  return request('POST', '/v1/links', { bearer: app.apiKey, body, ...withKey(key) });
}

describe('a mint', () => {
  it('is an event of its key once it is live', async () => {
    const link = await minted(app);
    expect(await events()).toEqual([{ type: 'link.minted', subject: link.id, actor: app.keyId }]);
  });

  it('answers 503 and leaves nothing live when the gate is down', async () => {
    const gates = gatesDown();
    const response = await mint(app);
    expect(response.status).toBe(503);
    expect(response.headers.get('Retry-After')).toBe('5');
    expect(await rows('SELECT status FROM links')).toEqual([{ status: 'pending' }]);

    gates.mockRestore();
    vi.setSystemTime(Date.now() + 31 * SECOND);
    await runDurableObjectAlarm(ledger());
    const [link] = await rows('SELECT id, status, settled FROM links');
    expect(link).toMatchObject({ status: 'failed', settled: 1 });
    expect((await events()).map((event) => event.type)).toEqual(['link.failed']);
    expect(await ask(String(link?.id))).toEqual({ kind: 'deny', denial: { reason: 'revoked' } });
  });

  it('that died after its gate was written is ended by the alarm', async () => {
    const write = LinkGate.prototype.write;
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const gates = vi.spyOn(LinkGate.prototype, 'write').mockImplementation(async function (
      this: LinkGate,
      record,
    ) {
      await write.call(this, record);
      throw new Error('the answer was lost');
    });
    expect((await mint(app)).status).toBe(503);
    const [pending] = await rows('SELECT id FROM links');
    const id = String(pending?.id);
    expect(await ask(id)).toMatchObject({ kind: 'allow' });

    gates.mockRestore();
    vi.setSystemTime(Date.now() + 31 * SECOND);
    await runDurableObjectAlarm(ledger());
    expect(await ask(id)).toMatchObject({ kind: 'deny' });
  });

  it('is not ended by an alarm within its lease', async () => {
    gatesDown();
    await mint(app);
    await runDurableObjectAlarm(ledger());
    expect(await rows('SELECT status FROM links')).toEqual([{ status: 'pending' }]);
    const armed = await runInDurableObject(ledger(), (_, ctx) => ctx.storage.getAlarm());
    expect(armed).not.toBeNull();
  });

  it('is finished by a retry with the same Idempotency-Key', async () => {
    const gates = gatesDown();
    expect((await post('k1')).status).toBe(503);
    gates.mockRestore();
    const retried = await post('k1');
    expect(retried.status).toBe(201);
    const link = await json<MintedOnWire>(retried);
    expect((await open(link.url)).status).toBe(302);
    expect(await rows('SELECT id, status FROM links')).toEqual([{ id: link.id, status: 'active' }]);
    expect(await events()).toHaveLength(1);
  });

  it('starts anew with the same Idempotency-Key when the first was ended', async () => {
    const gates = gatesDown();
    await post('k1');
    gates.mockRestore();
    vi.setSystemTime(Date.now() + 31 * SECOND);
    await runDurableObjectAlarm(ledger());
    const link = await json<MintedOnWire>(await post('k1'));
    expect(link.state).toBe('active');
    expect((await open(link.url)).status).toBe(302);
  });
});

describe('a repeated mint', () => {
  it('gives the same URL, quoted or not, and one link', async () => {
    const first = await json<MintedOnWire>(await post('k1'));
    const second = await json<MintedOnWire>(await post('"k1"'));
    expect(second).toEqual(first);
    expect(await rows('SELECT id FROM links')).toHaveLength(1);
    expect(await events()).toHaveLength(1);
  });

  it('is refused while the first is under way', async () => {
    const answers = await Promise.all([post('k1'), post('k1'), post('k1')]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    const refused = answers.find((answer) => answer.status === 409);
    expect(refused?.headers.get('Retry-After')).toBe('1');
    expect((await post('k1')).status).toBe(201);
    expect(await rows('SELECT id FROM links')).toHaveLength(1);
    expect(await events()).toHaveLength(1);
  });

  it('with another body is refused', async () => {
    await post('k1');
    const other = await post('k1', { ...DOWNLOAD, key: 'other.pdf' });
    expect(other.status).toBe(422);
    expect(await json(other)).toMatchObject({ reason: 'idempotency_key_reused' });
    expect(await rows('SELECT id FROM links')).toHaveLength(1);
  });

  it('with another Idempotency-Key or without one is another link', async () => {
    const links = await Promise.all([post('k1'), post('k2'), mint(app), mint(app)]);
    const urls = await Promise.all(links.map(async (link) => (await json(link)).url));
    expect(new Set(urls).size).toBe(4);
  });

  it('gives another URL after a day', async () => {
    const first = await json<MintedOnWire>(await post('k1'));
    vi.setSystemTime(Date.now() + DAY - SECOND);
    expect((await json<MintedOnWire>(await post('k1'))).url).toBe(first.url);
    vi.setSystemTime(Date.now() + SECOND);
    expect((await json<MintedOnWire>(await post('k1'))).url).not.toBe(first.url);
  });

  it('never lets the ledger hold what the URL can be made from without the root key', async () => {
    const link = await json<MintedOnWire>(await post('k1'));
    const token = new URL(link.url).pathname.slice(1);
    const dump = JSON.stringify(
      await Promise.all(
        ['api_keys', 'links', 'link_tags', 'idempotency', 'events'].map((table) =>
          rows(`SELECT * FROM ${table}`),
        ),
      ),
    );
    expect(dump).toContain(link.id);
    expect(dump).not.toContain(token);
    expect(dump).not.toContain(app.apiKey.slice(-29));
  });

  it('of two API keys with the same Idempotency-Key are two links', async () => {
    const first = await json<MintedOnWire>(await post('k1'));
    const key = await request('POST', '/v1/keys', {
      bearer: 'admin-token-for-tests-only-0123456789',
      body: { app: app.id },
    });
    const { apiKey } = await json<{ apiKey: string }>(key);
    const second = await request('POST', '/v1/links', {
      bearer: apiKey,
      body: DOWNLOAD,
      ...withKey('k1'),
    });
    expect((await json<MintedOnWire>(second)).url).not.toBe(first.url);
  });
});

describe('a revoke', () => {
  it('is an event once, however often it is repeated', async () => {
    const link = await minted(app);
    expect((await revoke(app, link.id)).status).toBe(200);
    expect((await revoke(app, link.id)).status).toBe(200);
    expect((await events()).map((event) => event.type)).toEqual(['link.minted', 'link.revoked']);
  });

  it('answers 202 while the gate is down, and the alarm carries it on', async () => {
    const link = await minted(app);
    const gates = gatesDown();
    const response = await revoke(app, link.id);
    expect(response.status).toBe(202);
    expect(await json(response)).toMatchObject({ state: 'revoking' });
    await runDurableObjectAlarm(ledger());
    expect(await state(link.id)).toBe('revoking');
    expect((await open(link.url)).status).toBe(302);

    gates.mockRestore();
    expect(await runDurableObjectAlarm(ledger())).toBe(true);
    expect(await state(link.id)).toBe('revoked');
    expect((await open(link.url)).status).toBe(410);
  });

  it('answers 202 when the gate never answers', async () => {
    const link = await minted(app);
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    vi.spyOn(LinkGate.prototype, 'write').mockImplementation(() => new Promise(() => {}));
    expect((await revoke(app, link.id)).status).toBe(202);
  }, 15_000);

  it('repeated while revoking tries the gate again', async () => {
    const link = await minted(app);
    const gates = gatesDown();
    await revoke(app, link.id);
    gates.mockRestore();
    expect((await revoke(app, link.id)).status).toBe(200);
  });

  it('wins when it overtakes the gate write of its mint', async () => {
    const write = LinkGate.prototype.write;
    const revokes: number[] = [];
    vi.spyOn(LinkGate.prototype, 'write').mockImplementation(async function (
      this: LinkGate,
      record,
    ) {
      if (record.version === 1) {
        const [pending] = await rows('SELECT id FROM links');
        revokes.push((await revoke(app, String(pending?.id))).status);
      }
      return write.call(this, record);
    });
    const link = await minted(app);
    expect(revokes).toEqual([200]);
    expect(link.state).toBe('revoked');
    expect((await open(link.url)).status).toBe(410);
    expect((await events()).map((event) => event.type)).toEqual(['link.revoked']);
  });

  it('of a link that just expired reaches its gate, whose clock may be another', async () => {
    const link = await minted(app, { ttlSeconds: 60 });
    vi.setSystemTime(Date.now() + 61 * SECOND);
    await runDurableObjectAlarm(ledger());
    expect((await revoke(app, link.id)).status).toBe(200);
    vi.setSystemTime(Date.now() - 10 * SECOND);
    expect((await open(link.url)).status).toBe(410);
  });

  it('of a link that expired a while ago changes nothing', async () => {
    const link = await minted(app, { ttlSeconds: 60 });
    vi.setSystemTime(Date.now() + 12 * 60 * SECOND);
    const response = await revoke(app, link.id);
    expect(response.status).toBe(200);
    expect(await json(response)).toMatchObject({ state: 'expired' });
    expect(await events()).toHaveLength(1);
  });
});

describe('an alarm', () => {
  it('never throws, and comes back', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    await minted(app);
    await runInDurableObject(ledger(), (_, ctx) => {
      ctx.storage.sql.exec('ALTER TABLE links RENAME TO gone');
    });
    expect(await runDurableObjectAlarm(ledger())).toBe(true);
    const armed = await runInDurableObject(ledger(), (_, ctx) => ctx.storage.getAlarm());
    expect(armed).not.toBeNull();
  });

  it('rests until the first link ends when nothing is left to do', async () => {
    const link = await minted(app);
    expect(await runDurableObjectAlarm(ledger())).toBe(true);
    const next = await runInDurableObject(ledger(), (_, ctx) => ctx.storage.getAlarm());
    expect(next).toBe(Date.parse(link.expiresAt));
  });
});
