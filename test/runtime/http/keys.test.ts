import { runDurableObjectAlarm } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LinkGate } from '../../../src/index.ts';
import {
  DOWNLOAD,
  EVERY_SCOPE,
  json,
  type KeyOnWire,
  makeApp,
  makeKey,
  mint,
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
type Problem = { readonly reason: string; readonly errors?: { pointer: string }[] };
type List = { readonly items: KeyOnWire[] };

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

const list = async (bearer: string, query = '') =>
  (await json<List>(await request('GET', `/v1/keys${query}`, { bearer }))).items;
const rotate = (id: string, bearer: string, options = {}) =>
  request('POST', `/v1/keys/${id}/rotate?app=${app.id}`, { bearer, ...options });
const revokeKey = (id: string, bearer: string, query = '') =>
  request('DELETE', `/v1/keys/${id}?app=${app.id}${query}`, { bearer });
const ledger = () => realEnv.LEDGERS.getByName(app.id) as unknown as DurableObjectStub;
const works = async (apiKey: string) => (await mint({ ...app, apiKey })).status === 201;

describe('an API key', () => {
  it('is shown in clear once, and listed without what it could be used with', async () => {
    const key = await makeKey(app, { note: 'ci' });
    expect(await works(key.apiKey)).toBe(true);
    const listed = await list(OPERATOR, `?app=${app.id}`);
    expect(listed.map(({ id }) => id)).toContain(key.id);
    expect(JSON.stringify(listed)).not.toContain(key.apiKey.slice(-29));
    expect(JSON.stringify(listed)).not.toContain('hash');
  });

  it('is the same for the same Idempotency-Key, though it is stored nowhere', async () => {
    const options = {
      bearer: OPERATOR,
      body: { app: app.id },
      headers: { 'Idempotency-Key': 'k1' },
    };
    const first = await json<KeyOnWire>(await request('POST', '/v1/keys', options));
    const second = await json<KeyOnWire>(await request('POST', '/v1/keys', options));
    expect(second).toEqual(first);
    expect(await works(second.apiKey)).toBe(true);
    const other = { ...options, body: { app: app.id, note: 'other' } };
    expect((await request('POST', '/v1/keys', other)).status).toBe(422);
  });

  it('ends when it was told to', async () => {
    const expiresAt = new Date(Date.now() + 60 * SECOND).toISOString();
    const { apiKey } = await makeKey(app, { expiresAt });
    expect(await works(apiKey)).toBe(true);
    vi.setSystemTime(expiresAt);
    expect(await works(apiKey)).toBe(false);
  });

  const SCOPED: [string, string, (as: TestApp, id: string) => Promise<Response>][] = [
    ['links:mint', 'mint', (as) => mint(as)],
    ['links:read', 'list', (as) => request('GET', '/v1/links', { bearer: as.apiKey })],
    ['links:read', 'inspect', (as, id) => request('GET', `/v1/links/${id}`, { bearer: as.apiKey })],
    [
      'links:mint',
      'change',
      (as, id) => request('PATCH', `/v1/links/${id}`, { bearer: as.apiKey, body: { note: 'n' } }),
    ],
    [
      'links:revoke',
      'revoke',
      (as, id) => request('DELETE', `/v1/links/${id}`, { bearer: as.apiKey }),
    ],
    [
      'links:revoke',
      'revoke many',
      (as) => request('POST', '/v1/links/revoke', { bearer: as.apiKey, body: { all: true } }),
    ],
    ['keys:manage', 'list keys', (as) => request('GET', '/v1/keys', { bearer: as.apiKey })],
    [
      'keys:manage',
      'make keys',
      (as) => request('POST', '/v1/keys', { bearer: as.apiKey, body: { scopes: ['keys:manage'] } }),
    ],
  ];
  it.each(SCOPED)('without %s can not %s', async (scope, _verb, ask) => {
    const { id } = await minted(app);
    const without = EVERY_SCOPE.filter((each) => each !== scope);
    const lacking = withKey(app, await makeKey(app, { scopes: without }));
    const response = await ask(lacking, id);
    expect(response.status).toBe(403);
    expect(await json(response)).toMatchObject({ reason: 'scope_missing', scope });
    const allowed = withKey(app, await makeKey(app, { scopes: [scope] }));
    expect((await ask(allowed, id)).status).toBeLessThan(300);
  });

  it('that leaves its rate out has the default, or what its maker has if that is less', async () => {
    const usual = withKey(app, await makeKey(app));
    const asked = await request('GET', '/v1/links', { bearer: usual.apiKey });
    expect(asked.headers.get('RateLimit-Policy')).toBe('"api-key";q=600;w=60');
    const slow = await makeKey(app, { requestsPerMinute: 60 });
    const child = await makeKey(app, { app: undefined, scopes: ['links:read'] }, slow.apiKey);
    expect(child).toMatchObject({ requestsPerMinute: 60 });
  });

  it('ends no links with a key unless it may revoke links', async () => {
    const manager = await makeKey(app, { scopes: ['keys:manage', 'links:mint'] });
    const child = await makeKey(app, { app: undefined, scopes: ['links:mint'] }, manager.apiKey);
    const link = await minted(withKey(app, child));
    const path = `/v1/keys/${child.id}?revokeLinks=true`;
    const refused = await request('DELETE', path, { bearer: manager.apiKey });
    expect(refused.status).toBe(403);
    expect(await json(refused)).toMatchObject({ reason: 'scope_missing', scope: 'links:revoke' });
    expect((await open(link.url)).status).toBe(302);
    // Nor was the key itself revoked.
    expect((await mint(withKey(app, child))).status).toBe(201);
  });

  it('mints within its own bounds only, and is told the bound', async () => {
    const bounds = { stores: ['demo'], keyPrefixes: ['team/'], maxTtlSeconds: 60 };
    const narrow = withKey(app, await makeKey(app, bounds));
    expect((await mint(narrow, { key: 'team/a.pdf', ttlSeconds: 60 })).status).toBe(201);
    const REFUSALS: [object, number, string][] = [
      [{ store: 'other', key: 'team/a.pdf', ttlSeconds: 60 }, 403, '/store'],
      [{ key: 'a.pdf', ttlSeconds: 60 }, 403, '/key'],
      [{ key: 'team/a.pdf', ttlSeconds: 61 }, 403, '/ttlSeconds'],
    ];
    for (const [terms, status, pointer] of REFUSALS) {
      const refused = await mint(narrow, terms);
      expect(refused.status).toBe(status);
      expect((await json<Problem>(refused)).errors?.[0]?.pointer).toBe(pointer);
    }
  });

  it('reaches no link outside its bounds by any route, and lists hide them', async () => {
    const [a, b] = await Promise.all(
      ['a/', 'b/'].map(async (prefix) =>
        withKey(app, await makeKey(app, { keyPrefixes: [prefix] })),
      ),
    );
    if (!a || !b) throw new Error('two keys were made');
    const link = await minted(a, { key: 'a/x.pdf' });
    const bearer = b.apiKey;
    const path = `/v1/links/${link.id}`;
    const asked = [
      request('GET', path, { bearer }),
      request('PATCH', path, { bearer, body: { note: 'n' } }),
      request('DELETE', path, { bearer }),
      request('POST', '/v1/links/lookup', { bearer, body: { url: link.url } }),
    ];
    for (const response of await Promise.all(asked)) {
      expect(response.status).toBe(403);
      expect(await json(response)).toMatchObject({
        reason: 'outside_bounds',
        errors: [{ pointer: '/key' }],
      });
    }
    expect((await json(await request('GET', '/v1/links', { bearer }))).items).toEqual([]);
    const many = await request('POST', '/v1/links/revoke', { bearer, body: { all: true } });
    expect(await json(many)).toMatchObject({ matched: 0, revoked: 0, pending: 0 });
    expect((await open(link.url)).status).toBe(302);
  });

  it('is limited in its rate, which every answer tells', async () => {
    const { apiKey } = await makeKey(app, { requestsPerMinute: 2 });
    const ask = () => request('GET', '/v1/links', { bearer: apiKey });
    const without = await request('GET', '/v1/events', { bearer: app.apiKey });
    expect(without.headers.get('RateLimit')).not.toBeNull();
    const first = await ask();
    expect(first.headers.get('RateLimit-Policy')).toBe('"api-key";q=2;w=60');
    expect(first.headers.get('RateLimit')).toBe('"api-key";r=1;t=30');
    await ask();
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(await json(refused)).toMatchObject({ reason: 'too_many_requests' });
    expect(refused.headers.get('RateLimit')).toBe('"api-key";r=0;t=30');
    vi.setSystemTime(Date.now() + Number(refused.headers.get('Retry-After')) * SECOND);
    expect((await ask()).status).toBe(200);
  });
});

describe('a key that makes keys', () => {
  it('makes none that is wider than itself', async () => {
    const maker = await makeKey(app, { scopes: ['keys:manage', 'links:mint'], stores: ['demo'] });
    const body = { scopes: ['links:mint', 'links:revoke'], stores: ['demo', 'other'] };
    const refused = await request('POST', '/v1/keys', { bearer: maker.apiKey, body });
    expect(refused.status).toBe(403);
    const { errors } = await json<Problem>(refused);
    expect(errors?.map((error) => error.pointer)).toEqual(['/scopes', '/stores']);
  });

  it('hands its bounds on to the keys that leave them out', async () => {
    const maker = await makeKey(app, { keyPrefixes: ['team/'] });
    const made = await makeKey(app, { scopes: ['links:mint'] }, maker.apiKey);
    expect((await mint(withKey(app, made), { key: 'private.pdf' })).status).toBe(403);
  });

  it('sees and touches no wider key', async () => {
    for (const terms of [
      { scopes: ['keys:manage'] },
      { stores: ['other'] },
      { keyPrefixes: ['team/'] },
      { maxTtlSeconds: 60 },
      { requestsPerMinute: 599 },
      { expiresAt: new Date(Date.now() + 3_600 * SECOND).toISOString() },
    ]) {
      const narrow = await makeKey(app, terms);
      expect((await list(narrow.apiKey)).map(({ id }) => id)).not.toContain(app.keyId);
      for (const ask of [rotate, revokeKey]) {
        expect((await ask(app.keyId, narrow.apiKey)).status).toBe(403);
      }
    }
  });

  it('takes the keys it made along when it is revoked, from the next request on', async () => {
    const maker = await makeKey(app);
    const made = await makeKey(app, {}, maker.apiKey);
    const grandchild = await makeKey(app, {}, made.apiKey);
    const revoked = await revokeKey(maker.id, OPERATOR);
    expect((await json<KeyOnWire>(revoked)).revokedAt).not.toBeNull();
    for (const key of [maker, made, grandchild]) expect(await works(key.apiKey)).toBe(false);
    expect(await works(app.apiKey)).toBe(true);
  });

  it('can end the links that it and its keys minted', async () => {
    const maker = await makeKey(app);
    const made = await makeKey(app, {}, maker.apiKey);
    const ended = [await minted(withKey(app, maker)), await minted(withKey(app, made))];
    const kept = await minted(app);
    expect((await revokeKey(maker.id, OPERATOR, '&revokeLinks=true')).status).toBe(200);
    for (const link of ended) {
      const shown = await request('GET', `/v1/links/${link.id}`, { bearer: OPERATOR });
      expect((await json(shown)).state).toMatch(/^revok/);
    }
    expect((await open(kept.url)).status).toBe(302);
  });
});

describe('a rotation', () => {
  it('leaves both keys in force for a day', async () => {
    const key = await makeKey(app, { keyPrefixes: ['reports/'], note: 'ci' });
    const successor = await json<KeyOnWire>(await rotate(key.id, OPERATOR));
    expect(await works(key.apiKey)).toBe(true);
    expect(await works(successor.apiKey)).toBe(true);
    expect(successor).toMatchObject({ keyPrefixes: ['reports/'], note: 'ci', expiresAt: null });
    vi.setSystemTime(Date.now() + DAY);
    expect(await works(key.apiKey)).toBe(false);
    expect(await works(successor.apiKey)).toBe(true);
  });

  it('of oneself outlives the revocation of the old key', async () => {
    const key = await makeKey(app);
    const successor = await json<KeyOnWire>(await rotate(key.id, key.apiKey));
    await revokeKey(key.id, OPERATOR);
    expect(await works(successor.apiKey)).toBe(true);
  });

  it('repeated with the same Idempotency-Key gives the same key', async () => {
    const key = await makeKey(app);
    const options = { headers: { 'Idempotency-Key': 'r1' } };
    const first = await json<KeyOnWire>(await rotate(key.id, OPERATOR, options));
    const second = await json<KeyOnWire>(await rotate(key.id, OPERATOR, options));
    expect(second.apiKey).toBe(first.apiKey);
  });

  it('of a revoked key is refused', async () => {
    const key = await makeKey(app);
    await revokeKey(key.id, OPERATOR);
    expect((await rotate(key.id, OPERATOR)).status).toBe(404);
  });
});

describe('two apps', () => {
  it('reach nothing of each other by any route', async () => {
    const stranger = await makeApp({ stores: ['demo', 'other'] });
    const wide = withKey(stranger, await makeKey(stranger));
    const link = await minted(app);
    const bearer = wide.apiKey;
    const path = `/v1/links/${link.id}?app=${app.id}`;
    const asked: [string, string, object?][] = [
      ['GET', path],
      ['PATCH', path, { note: 'n' }],
      ['DELETE', path],
      ['POST', '/v1/links/lookup', { url: link.url }],
      ['DELETE', `/v1/keys/${app.keyId}?app=${app.id}`],
      ['POST', `/v1/keys/${app.keyId}/rotate?app=${app.id}`],
    ];
    for (const [method, url, body] of asked) {
      const response = await request(method, url, { bearer, ...(body ? { body } : {}) });
      expect(response.status).toBe(404);
    }
    for (const path of ['links', 'keys', 'events']) {
      const url = `/v1/${path}?app=${app.id}`;
      const text = await (await request('GET', url, { bearer })).text();
      expect(text).not.toContain(link.id);
      expect(text).not.toContain(app.keyId);
    }
    const body = { app: app.id, ids: [link.id], dryRun: false };
    const many = await request('POST', '/v1/links/revoke', { bearer, body });
    expect(await json(many)).toMatchObject({ matched: 0 });
    const made = await request('POST', '/v1/keys', { bearer, body: { app: app.id } });
    expect(await works((await json<KeyOnWire>(made)).apiKey)).toBe(true);
    const listed = await list(OPERATOR, `?app=${app.id}`);
    expect(listed).toHaveLength(1);
    expect((await open(link.url)).status).toBe(302);
  });
});

describe('an app', () => {
  const change = (body: object) =>
    request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });

  it('is listed, shown and changed by operators alone', async () => {
    const shown = await request('GET', `/v1/apps/${app.id}`, { bearer: OPERATOR });
    expect(await json(shown)).toMatchObject({ id: app.id, name: 'Test app', suspendedAt: null });
    const listed = await json<{ items: { id: string }[] }>(
      await request('GET', '/v1/apps', { bearer: OPERATOR }),
    );
    expect(listed.items.map(({ id }) => id)).toContain(app.id);
    for (const [method, path] of [
      ['GET', '/v1/apps'],
      ['GET', `/v1/apps/${app.id}`],
      ['PATCH', `/v1/apps/${app.id}`],
    ] as const) {
      expect((await request(method, path, { bearer: app.apiKey })).status).toBe(403);
    }
    expect((await request('GET', '/v1/apps/NoSuchApp', { bearer: OPERATOR })).status).toBe(404);
  });

  it('is the same for the same Idempotency-Key', async () => {
    const options = {
      bearer: OPERATOR,
      body: { name: 'Once', stores: ['demo'] },
      headers: { 'Idempotency-Key': `app ${app.id}`.replace(' ', '-') },
    };
    const first = await json(await request('POST', '/v1/apps', options));
    expect(await json(await request('POST', '/v1/apps', options))).toEqual(first);
    const other = { ...options, body: { name: 'Other', stores: ['demo'] } };
    expect((await request('POST', '/v1/apps', other)).status).toBe(422);
  });

  it('that is narrowed binds its keys from the next request on', async () => {
    expect((await mint(app, { store: 'demo' })).status).toBe(201);
    await change({ stores: ['other'] });
    expect((await mint(app, { store: 'demo' })).status).toBe(403);
  });

  it('that is suspended mints no more and its links end; then it may start anew', async () => {
    const link = await minted(app);
    expect((await change({ suspended: true })).status).toBe(200);
    const refused = await mint(app);
    expect(refused.status).toBe(403);
    expect(await json(refused)).toMatchObject({ reason: 'app_suspended' });
    const shown = await request('GET', `/v1/links/${link.id}`, { bearer: app.apiKey });
    expect((await json(shown)).state).toMatch(/^revok/);

    await change({ suspended: false });
    expect(
      (await request('POST', '/v1/links', { bearer: app.apiKey, body: DOWNLOAD })).status,
    ).toBe(201);
  });

  it('tells how many of its links live and how many are still being revoked', async () => {
    const links = async () =>
      (await json(await request('GET', `/v1/apps/${app.id}`, { bearer: OPERATOR }))).links;
    expect(await links()).toEqual({ live: 0, revoking: 0 });
    await minted(app, { ttlSeconds: 3_600 });
    await minted(app, { ttlSeconds: 60 });
    expect(await links()).toEqual({ live: 2, revoking: 0 });
    // Longer ago than the clock of its gate could be late.
    vi.setSystemTime(Date.now() + 700 * SECOND);
    await runDurableObjectAlarm(ledger());
    expect(await links()).toEqual({ live: 1, revoking: 0 });
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const gates = vi.spyOn(LinkGate.prototype, 'write').mockRejectedValue(new Error('down'));
    await change({ suspended: true });
    expect(await links()).toEqual({ live: 0, revoking: 1 });
    gates.mockRestore();
    await runDurableObjectAlarm(ledger());
    expect(await links()).toEqual({ live: 0, revoking: 0 });
  });

  it('made twice at once under one Idempotency-Key is one app', async () => {
    const options = {
      bearer: OPERATOR,
      body: { name: 'Once', stores: ['demo'] },
      headers: { 'Idempotency-Key': `twin-${app.id}` },
    };
    const statuses = await Promise.all(
      [1, 2].map(async () => (await request('POST', '/v1/apps', options)).status),
    );
    expect(statuses.sort()).toEqual([201, 409]);
  });

  it('changed twice at once has both changes, in the directory and in its ledger', async () => {
    await Promise.all([change({ suspended: true }), change({ name: 'Renamed' })]);
    const shown = await json(await request('GET', `/v1/apps/${app.id}`, { bearer: OPERATOR }));
    expect(shown).toMatchObject({ name: 'Renamed', suspendedAt: expect.any(String) });
    expect((await mint(app)).status).toBe(403);
  });

  it('loses the key prefixes that null takes away, and keeps what is left out', async () => {
    await change({ keyPrefixes: ['team/'], recordIp: true, eventRetentionDays: 7 });
    expect((await mint(app, { key: 'private.pdf' })).status).toBe(403);
    const changed = await json(await change({ keyPrefixes: null }));
    expect(changed).toMatchObject({ recordIp: true, eventRetentionDays: 7 });
    expect(changed).not.toHaveProperty('keyPrefixes');
    expect((await mint(app, { key: 'private.pdf' })).status).toBe(201);
  });

  it.each([
    [{ stores: null }, '/stores'],
    [{ name: null }, '/name'],
    [{ eventRetentionDays: 0 }, '/eventRetentionDays'],
    [{ recordIp: 'yes' }, '/recordIp'],
  ])('can not be changed by %j', async (body, pointer) => {
    const response = await change(body);
    expect(response.status).toBe(400);
    expect((await json<Problem>(response)).errors?.[0]?.pointer).toBe(pointer);
  });
});

describe('lists of keys and of apps', () => {
  type Page = { readonly items: { readonly id: string }[]; readonly nextCursor: string | null };
  const page = async (path: string) => json<Page>(await request('GET', path, { bearer: OPERATOR }));

  it('come page by page, newest first', async () => {
    const made = [app.keyId];
    for (let count = 0; count < 3; count++) {
      vi.setSystemTime(Date.now() + SECOND);
      made.unshift((await makeKey(app)).id);
    }
    const first = await page(`/v1/keys?app=${app.id}&limit=3`);
    const rest = await page(`/v1/keys?app=${app.id}&limit=3&cursor=${first.nextCursor}`);
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(made);
    expect(rest.nextCursor).toBeNull();
    const apps = await page('/v1/apps?limit=1');
    expect(apps.items).toHaveLength(1);
    expect(apps.nextCursor).not.toBeNull();
    const wrong = await request('GET', `/v1/apps?cursor=${first.nextCursor}`, { bearer: OPERATOR });
    expect(wrong.status).toBe(400);
  });
});
