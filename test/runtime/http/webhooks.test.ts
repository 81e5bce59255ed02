// The routes of webhooks: what they take, who may ask for what, and what is shown of secrets.

import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createdWebhook, deliveryShown, webhookShown } from '../../../src/schemas/webhook.ts';
import {
  EVERY_SCOPE,
  json,
  makeApp,
  makeKey,
  minted,
  OPERATOR,
  request,
  revoke,
  type TestApp,
  withKey,
} from '../../support/api.ts';
import {
  createEndpoint,
  deliveriesOf,
  type Endpoint,
  get,
  HOOK_URL,
  inspect,
  ledgerOf,
  makeWebhook,
  outboxOf,
  patch,
  post,
  ring,
  verify,
  type WebhookOnWire,
  waitForDeliveries,
} from '../../support/webhooks.ts';

const SECOND = 1_000;
const DAY = 86_400 * SECOND;

type Problem = { readonly reason: string; readonly errors?: { pointer: string; detail: string }[] };
type Page = { readonly items: WebhookOnWire[]; readonly nextCursor: string | null };

let app: TestApp;
let endpoint: Endpoint;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  endpoint = createEndpoint();
  app = await makeApp({ stores: ['demo', 'other'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const list = async (query = '', bearer = app.apiKey) => json<Page>(await get(app, query, bearer));
const remove = (id: string, bearer = app.apiKey, query = '') =>
  request('DELETE', `/v1/webhooks/${id}${query}`, { bearer });
const problem = async (response: Response) => json<Problem>(response);

describe('POST /v1/webhooks', () => {
  it('makes one that is shown with its secret this once', async () => {
    const body = { url: HOOK_URL, types: ['link.minted'], tags: ['a'], note: 'ci' };
    const response = await post(app, '', { body });
    expect(response.status).toBe(201);
    const made = createdWebhook.strict().parse(await response.json());
    expect(made).toMatchObject({ ...body, enabled: true, createdBy: app.keyId, rotatedAt: null });
    expect(made.id).toMatch(/^wh_[0-9A-Za-z]{22}$/);
    expect(made.secret).toMatch(/^whsec_[\w+/]{43}=$/);
    expect(response.headers.get('Location')).toBe(`/v1/webhooks/${made.id}`);

    const shown = webhookShown.strict().parse(await (await get(app, `/${made.id}`)).json());
    const { secret: _secret, ...rest } = made;
    expect(shown).toEqual(rest);
    expect(await list()).toEqual({ items: [shown], nextCursor: null });
  });

  it('gives the very same one and secret for the same Idempotency-Key', async () => {
    const options = { body: { url: HOOK_URL }, headers: { 'Idempotency-Key': 'k1' } };
    const [first, again] = [await post(app, '', options), await post(app, '', options)];
    expect(first.status).toBe(201);
    expect(again.status).toBe(201);
    expect(await again.json()).toEqual(await first.json());
    expect((await list()).items).toHaveLength(1);
    const other = await post(app, '', { ...options, body: { url: `${HOOK_URL}/2` } });
    expect(await problem(other)).toMatchObject({ reason: 'idempotency_key_reused' });
  });

  it.each([
    [{}, '/url'],
    [{ url: 'http://hooks.example.com' }, '/url'],
    [{ url: 'https://127.0.0.1' }, '/url'],
    [{ url: 'https://0x7f.1' }, '/url'],
    [{ url: 'https://[::ffff:10.0.0.1]' }, '/url'],
    [{ url: 'https://user:pass@hooks.example.com' }, '/url'],
    [{ url: 'https://get.example.com/x' }, '/url'],
    [{ url: HOOK_URL, types: [] }, '/types'],
    [{ url: HOOK_URL, types: ['link.lost'] }, '/types/0'],
    [{ url: HOOK_URL, tags: [] }, '/tags'],
    [{ url: HOOK_URL, app: '../x' }, '/app'],
    [{ url: HOOK_URL, secret: 'whsec_mine' }, '/secret'],
  ])('refuses %j and names the field', async (body, pointer) => {
    const response = await post(app, '', { body });
    expect(response.status).toBe(400);
    const { errors } = await problem(response);
    expect(errors?.map((error) => error.pointer)).toContain(pointer);
  });

  it('bounds each field', async () => {
    const long = (length: number) => 'x'.repeat(length);
    for (const [pointer, body] of Object.entries({
      '/url': { url: `https://hooks.example.com/${long(2_048)}` },
      '/types': { types: Array(50).fill('link.minted') },
      '/tags': { tags: Array(21).fill('a') },
      '/tags/0': { tags: [long(65)] },
      '/note': { note: long(501) },
    })) {
      const response = await post(app, '', { body: { url: HOOK_URL, ...body } });
      expect((await problem(response)).errors?.map((error) => error.pointer)).toEqual([pointer]);
    }
  });

  it('makes twenty and no more, however many are asked for at once', async () => {
    const asked = Array.from({ length: 23 }, () => post(app, '', { body: { url: HOOK_URL } }));
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(20);
    const refused = await post(app, '', { body: { url: HOOK_URL } });
    expect(refused.status).toBe(403);
    expect(await problem(refused)).toMatchObject({ reason: 'too_many_webhooks', quota: 20 });
    const [first] = (await list()).items;
    expect((await remove(String(first?.id))).status).toBe(204);
    expect((await post(app, '', { body: { url: HOOK_URL } })).status).toBe(201);
  });

  it('is for keys with its scope, and for operators who name the app', async () => {
    const without = await makeKey(app, { scopes: ['links:mint'] });
    const asked = (bearer: string, body = {}) =>
      request('POST', '/v1/webhooks', { bearer, body: { url: HOOK_URL, ...body } });
    expect(await problem(await asked(without.apiKey))).toMatchObject({ reason: 'scope_missing' });
    expect((await asked('hp_nobody_0')).status).toBe(401);
    expect((await asked(OPERATOR)).status).toBe(400);
    expect((await asked(OPERATOR, { app: 'NoSuchApp' })).status).toBe(404);
    expect((await asked(OPERATOR, { app: app.id })).status).toBe(201);
  });
});

describe('GET /v1/webhooks', () => {
  it('lists them newest first, page by page', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) {
      ids.unshift((await makeWebhook(app)).id);
      vi.setSystemTime(Date.now() + SECOND);
    }
    const first = await list('?limit=2');
    const second = await list(`?limit=2&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    expect((await get(app, '?cursor=AAAA')).status).toBe(400);
    expect((await get(app, '?limit=0')).status).toBe(400);
    expect((await get(app, '?unknown=1')).status).toBe(400);
  });
});

describe('PATCH /v1/webhooks/{id}', () => {
  it('merges what it is given, and takes filters away with null', async () => {
    const { id, secret } = await makeWebhook(app, { types: ['link.minted'], tags: ['a'] });
    const url = 'https://elsewhere.example.com/';
    const changed = await patch(app, id, { url, types: null, note: 'n' });
    expect(changed.status).toBe(200);
    expect(await changed.json()).toMatchObject({ url, types: null, tags: ['a'], note: 'n' });
    await patch(app, id, { tags: null });
    const link = await minted(app);
    const [received] = await endpoint.wait(1);
    expect(received).toMatchObject({ url, event: { data: { linkId: link.id } } });
    expect(received && verify(secret, received)).toBeDefined();
  });

  it.each([
    [{ url: 'https://10.0.0.1' }, '/url'],
    [{ url: null }, '/url'],
    [{ types: [] }, '/types'],
    [{ enabled: 'yes' }, '/enabled'],
    [{ secret: 'mine' }, '/secret'],
  ])('refuses %j', async (body, pointer) => {
    const { id } = await makeWebhook(app);
    const response = await patch(app, id, body);
    expect(response.status).toBe(400);
    expect((await problem(response)).errors?.[0]?.pointer).toBe(pointer);
    expect(await inspect(app, id)).toMatchObject({ url: HOOK_URL, enabled: true });
  });

  it('disables: nothing is sent any more, and what happened meanwhile is not sent later', async () => {
    const { id } = await makeWebhook(app);
    expect(await (await patch(app, id, { enabled: false })).json()).toMatchObject({
      enabled: false,
      disabledReason: 'by_hand',
      disabledAt: new Date(Date.now()).toISOString(),
    });
    await minted(app);
    expect(await problem(await post(app, `/${id}/test`))).toMatchObject({
      reason: 'webhook_disabled',
    });
    await patch(app, id, { enabled: true });
    const link = await minted(app);
    const [received] = await endpoint.wait(1);
    expect(received?.event.data.linkId).toBe(link.id);
    expect(await deliveriesOf(app, id)).toHaveLength(1);
  });

  it('lets pending deliveries of a disabled one be dead, to be begun anew by hand', async () => {
    endpoint.answer = () => 500;
    const { id } = await makeWebhook(app);
    await minted(app);
    await waitForDeliveries(app, id, [{ status: 'pending', attempts: 1, lastStatus: 500 }]);
    await patch(app, id, { enabled: false });
    const [dead] = await deliveriesOf(app, id);
    expect(dead).toMatchObject({ status: 'dead', lastError: 'webhook_disabled' });
    const redeliver = () => post(app, `/${id}/deliveries/${dead?.id}/redeliver`);
    expect((await redeliver()).status).toBe(409);
    endpoint.answer = () => 200;
    await patch(app, id, { enabled: true });
    expect((await redeliver()).status).toBe(202);
    await waitForDeliveries(app, id, [{ id: dead?.id, status: 'delivered', attempts: 2 }]);
  });
});

describe('DELETE /v1/webhooks/{id}', () => {
  it('is for good, and leaves nothing in its outbox but that it was there', async () => {
    const { id } = await makeWebhook(app);
    await minted(app);
    await waitForDeliveries(app, id, [{ status: 'delivered' }]);
    expect((await remove(id)).status).toBe(204);
    expect((await get(app, `/${id}`)).status).toBe(404);
    expect((await remove(id)).status).toBe(404);
    expect((await get(app, `/${id}/deliveries`)).status).toBe(404);
    const left = await runInDurableObject(outboxOf(id), (_, ctx) => ({
      kept: [...ctx.storage.kv.list()].map(([, value]) => value),
      tables: ctx.storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'deliveries'"),
    }));
    expect(JSON.stringify(left.kept)).not.toContain('example.com');
    await minted(app);
    expect(endpoint.received).toHaveLength(1);
  });
});

describe('POST /v1/webhooks/{id}/rotate', () => {
  it('gives a new secret, and both sign for a day', async () => {
    const made = await makeWebhook(app);
    const response = await post(app, `/${made.id}/rotate`);
    expect(response.status).toBe(200);
    const rotated = createdWebhook.strict().parse(await response.json());
    expect(rotated.secret).not.toBe(made.secret);
    expect(rotated.rotatedAt).toBe(new Date(Date.now()).toISOString());

    await minted(app);
    const [both] = await endpoint.wait(1);
    for (const secret of [made.secret, rotated.secret]) {
      expect(both && verify(secret, both)).toBeDefined();
    }
    vi.setSystemTime(Date.now() + DAY);
    await minted(app);
    const [, one] = await endpoint.wait(2);
    expect(one && verify(rotated.secret, one)).toBeDefined();
    expect(() => one && verify(made.secret, one)).toThrow(/signature/);
  });

  it('gives the very same secret for the same Idempotency-Key, another one without', async () => {
    const { id } = await makeWebhook(app);
    const rotate = async (headers = {}) =>
      json<WebhookOnWire>(await post(app, `/${id}/rotate`, { headers }));
    const key = { 'Idempotency-Key': 'r1' };
    const [first, again, next] = [await rotate(key), await rotate(key), await rotate()];
    expect(again.secret).toBe(first.secret);
    expect(next.secret).not.toBe(first.secret);
  });
});

describe('POST /v1/webhooks/{id}/test', () => {
  it('sends a test to this one only, whatever it filters, which is no event', async () => {
    const { id, secret } = await makeWebhook(app, { types: ['link.revoked'], tags: ['none'] });
    const other = await makeWebhook(app, { url: 'https://other.example.com' });
    const response = await post(app, `/${id}/test`);
    expect(response.status).toBe(202);
    const test = deliveryShown.strict().parse(await response.json());
    expect(test).toMatchObject({ type: 'webhook.test', id: expect.stringMatching(/^test_/) });
    const [received] = await endpoint.wait(1);
    expect(received?.event).toMatchObject({ type: 'webhook.test', data: { webhookId: id } });
    expect(received?.headers['webhook-id']).toBe(test.id);
    expect(received && verify(secret, received)).toBeDefined();
    await waitForDeliveries(app, id, [{ id: test.id, status: 'delivered' }]);
    expect(await deliveriesOf(app, other.id)).toEqual([]);
    const events = await request('GET', '/v1/events', { bearer: app.apiKey });
    expect(await events.text()).not.toContain('webhook');
  });

  it('is one test for one Idempotency-Key', async () => {
    const { id } = await makeWebhook(app);
    const headers = { 'Idempotency-Key': 't1' };
    const test = async () => json<{ id: string }>(await post(app, `/${id}/test`, { headers }));
    expect((await test()).id).toBe((await test()).id);
    expect(await deliveriesOf(app, id)).toHaveLength(1);
  });
});

describe('GET /v1/webhooks/{id}/deliveries', () => {
  it('lists them newest first, by pages and by status', async () => {
    const { id } = await makeWebhook(app);
    const links: string[] = [];
    for (let count = 0; count < 3; count++) {
      vi.setSystemTime(Date.now() + SECOND);
      links.unshift((await minted(app)).id);
      await endpoint.wait(count + 1);
    }
    endpoint.answer = () => 500;
    vi.setSystemTime(Date.now() + SECOND);
    await minted(app);
    await waitForDeliveries(app, id, [
      { status: 'pending', lastStatus: 500, lastError: null },
      ...Array(3).fill({ status: 'delivered', type: 'link.minted', attempts: 1, lastStatus: 204 }),
    ]);
    type Listed = { items: { id: string }[]; nextCursor: string | null };
    const page = async (query: string) => json<Listed>(await get(app, `/${id}/deliveries${query}`));
    const first = await page('?limit=3');
    const second = await page(`?limit=3&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items]).toEqual(await deliveriesOf(app, id));
    expect(first.items).toHaveLength(3);
    expect(second.nextCursor).toBeNull();
    expect(await deliveriesOf(app, id, '?status=pending')).toHaveLength(1);
    expect(await deliveriesOf(app, id, '?status=delivered')).toHaveLength(3);
    expect(await deliveriesOf(app, id, '?status=dead')).toEqual([]);
    expect((await get(app, `/${id}/deliveries?status=lost`)).status).toBe(400);
    const other = await makeWebhook(app);
    const foreign = await get(app, `/${other.id}/deliveries?cursor=${first.nextCursor}`);
    expect(foreign.status).toBe(400);
    for (const delivery of (await page('')).items) deliveryShown.strict().parse(delivery);
  });

  it('says when it has none of that id', async () => {
    const { id } = await makeWebhook(app);
    const response = await post(app, `/${id}/deliveries/evt_none/redeliver`);
    expect(response.status).toBe(404);
    expect(await problem(response)).toMatchObject({ reason: 'delivery_not_found' });
  });
});

describe('two apps', () => {
  it('neither see nor touch nor hear of each other', async () => {
    const stranger = await makeApp();
    const { id } = await makeWebhook(app);
    await minted(stranger);
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { enabled: false }],
      ['DELETE', '', undefined],
      ['POST', '/rotate', undefined],
      ['POST', '/test', undefined],
      ['GET', '/deliveries', undefined],
      ['POST', '/deliveries/evt_x/redeliver', undefined],
      // An app that names another is answered for itself.
      ['GET', `?app=${app.id}`, undefined],
    ] as const) {
      const options = { bearer: stranger.apiKey, body };
      const response = await request(method, `/v1/webhooks/${id}${path}`, options);
      expect(response.status).toBe(404);
      expect(await problem(response)).toMatchObject({ reason: 'webhook_not_found' });
    }
    expect((await list('', stranger.apiKey)).items).toEqual([]);
    expect(await deliveriesOf(app, id)).toEqual([]);
    expect(await inspect(app, id)).toMatchObject({ enabled: true });
  });
});

describe('bounds', () => {
  const narrow = (terms: object = { stores: ['other'] }) =>
    makeKey(app, terms).then((key) => withKey(app, key));

  it('a key hears of no link and no key that it may not see', async () => {
    const small = await narrow();
    await makeWebhook(small);
    await minted(app, { store: 'demo' });
    await makeKey(app);
    const seen = await minted(small, { store: 'other', key: 'a.pdf' });
    const [received] = await endpoint.wait(1, 'link.minted');
    expect(received?.event.data.linkId).toBe(seen.id);
    expect(endpoint.received).toHaveLength(1);
  });

  it('a key sees and changes only what is no wider than itself', async () => {
    const small = await narrow();
    const wide = await makeWebhook(app);
    const own = await makeWebhook(small);
    expect((await list('', small.apiKey)).items.map(({ id }) => id)).toEqual([own.id]);
    const refused = await get(app, `/${wide.id}`, small.apiKey);
    expect(refused.status).toBe(403);
    expect(await problem(refused)).toMatchObject({ reason: 'outside_bounds' });
    expect((await patch(small, wide.id, { url: 'https://mine.example.com' })).status).toBe(403);
    expect((await post(small, `/${wide.id}/rotate`)).status).toBe(403);
    expect((await remove(wide.id, small.apiKey)).status).toBe(403);
    expect((await patch(app, own.id, { note: 'seen' })).status).toBe(200);
  });

  it('an operator’s is for operators', async () => {
    const body = { url: HOOK_URL, app: app.id };
    const response = await request('POST', '/v1/webhooks', { bearer: OPERATOR, body });
    const { id } = await json<WebhookOnWire>(response);
    expect((await get(app, `/${id}`)).status).toBe(403);
    expect((await list()).items).toEqual([]);
    const seen = await get(app, `/${id}?app=${app.id}`, OPERATOR);
    expect(await seen.json()).toMatchObject({ createdBy: 'operator' });
    await minted(app);
    expect(await endpoint.wait(1)).toHaveLength(1);
    expect((await remove(id, OPERATOR, `?app=${app.id}`)).status).toBe(204);
  });

  it('one ends with the key that made it, and is enabled by another that answers for it', async () => {
    const child = await narrow({ stores: ['demo'] });
    const { id } = await makeWebhook(child);
    await request('DELETE', `/v1/keys/${child.keyId}`, { bearer: app.apiKey });
    expect(await inspect(app, id)).toMatchObject({
      enabled: false,
      disabledReason: 'key_revoked',
    });
    await minted(app);
    expect(endpoint.received).toEqual([]);
    expect((await patch(app, id, { enabled: true })).status).toBe(200);
    await minted(app);
    await endpoint.wait(1);
  });

  it('one goes no further than its key’s life', async () => {
    const expiresAt = new Date(Date.now() + 60 * SECOND).toISOString();
    const brief = await narrow({ expiresAt });
    const { id } = await makeWebhook(brief);
    const ended = await minted(app, { store: 'other', key: 'a.pdf' });
    await endpoint.wait(1);
    vi.setSystemTime(Date.now() + 60 * SECOND);
    await revoke(app, ended.id);
    await ring(ledgerOf(app));
    await waitForDeliveries(app, id, [{ type: 'link.minted' }]);
    expect(await inspect(app, id)).toMatchObject({ disabledReason: 'key_expired' });
    expect(endpoint.received).toHaveLength(1);
  });

  it.each([
    [
      'gave it another URL',
      (by: TestApp, id: string) => patch(by, id, { url: `${HOOK_URL}/evil` }),
    ],
    ['knows its secret', (by: TestApp, id: string) => post(by, `/${id}/rotate`)],
  ])('one ends with the key that %s, whoever made it', async (_how, meddle) => {
    createEndpoint();
    const hook = await makeWebhook(app);
    const leaked = withKey(app, await makeKey(app, { scopes: EVERY_SCOPE }));
    expect((await meddle(leaked, hook.id)).status).toBe(200);
    await request('DELETE', `/v1/keys/${leaked.keyId}?app=${app.id}`, { bearer: OPERATOR });
    expect(await inspect(app, hook.id)).toMatchObject({
      enabled: false,
      disabledReason: 'key_revoked',
    });
  });

  it('one ends with the key that its own was rotated to', async () => {
    const maker = withKey(app, await makeKey(app, { scopes: EVERY_SCOPE }));
    const hook = await makeWebhook(maker);
    const query = `?app=${app.id}`;
    const rotated = await request('POST', `/v1/keys/${maker.keyId}/rotate${query}`, {
      bearer: OPERATOR,
    });
    const successor = await json<{ id: string }>(rotated);
    await request('DELETE', `/v1/keys/${successor.id}${query}`, { bearer: OPERATOR });
    expect(await inspect(app, hook.id)).toMatchObject({ disabledReason: 'key_revoked' });
  });

  it('one outlives the rotation of its key', async () => {
    const key = await narrow({ stores: ['demo'] });
    const { id } = await makeWebhook(key);
    await request('POST', `/v1/keys/${key.keyId}/rotate`, { bearer: app.apiKey });
    vi.setSystemTime(Date.now() + 2 * DAY);
    await minted(app);
    await endpoint.wait(1);
    expect(await inspect(app, id)).toMatchObject({ enabled: true });
  });
});

describe('a webhook of a suspended app', () => {
  it('hears of the end of its links', async () => {
    const link = await minted(app);
    await makeWebhook(app, { types: ['link.revoked'] });
    const body = { suspended: true };
    await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });
    const [received] = await endpoint.wait(1);
    expect(received?.event.data.linkId).toBe(link.id);
  });
});

describe('what is stored and logged', () => {
  it('holds no secret, no token and no API key', async () => {
    const logged: unknown[] = [];
    for (const method of ['log', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation((...line) => logged.push(line));
    }
    endpoint.answer = () => new Error('could not reach https://hooks.example.com/hallpass');
    const made = await makeWebhook(app);
    const rotated = await json<WebhookOnWire>(await post(app, `/${made.id}/rotate`));
    const link = await minted(app);
    await waitForDeliveries(app, made.id, [{ lastError: 'unreachable' }]);
    const dump = (object: DurableObjectStub) =>
      runInDurableObject(object, (_, ctx) => {
        const tables = ctx.storage.sql
          .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
          .toArray()
          .filter(({ name }) => !name.startsWith('_cf_') && !name.startsWith('sqlite_'));
        const rows = tables.map(({ name }) =>
          ctx.storage.sql.exec(`SELECT * FROM "${name}"`).toArray(),
        );
        const bytes = (_key: string, value: unknown) =>
          value instanceof ArrayBuffer
            ? btoa(String.fromCharCode(...new Uint8Array(value)))
            : value;
        return JSON.stringify([rows, [...ctx.storage.kv.list()]], bytes);
      });
    const stored = (await dump(ledgerOf(app))) + (await dump(outboxOf(made.id)));
    expect(stored).toContain(HOOK_URL);
    const token = new URL(link.url).pathname.slice(1);
    for (const secret of [made.secret.slice(6), rotated.secret.slice(6), token, app.apiKey]) {
      expect(stored).not.toContain(secret);
      expect(JSON.stringify(logged)).not.toContain(secret);
    }
    expect(JSON.stringify(logged)).not.toContain('hooks.example.com');
  });
});
