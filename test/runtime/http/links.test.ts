import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  DOWNLOAD,
  json,
  makeApp,
  mint,
  minted,
  open,
  realEnv,
  request,
  revoke,
  type TestApp,
} from '../../support/api.ts';
import { TEST_BINDINGS } from '../../support/bindings.ts';
import { answering, countedEnv } from '../../support/counted-env.ts';
import { untilLogged } from '../../support/log.ts';

type Problem = {
  readonly reason: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
};

let app: TestApp;
beforeAll(async () => {
  app = await makeApp();
});

describe('POST /v1/links', () => {
  it('answers 201 with the link, its URL and where to find it', async () => {
    const body = {
      filename: 'Q3 report.pdf',
      disposition: 'inline',
      contentType: 'application/pdf',
      note: 'for the auditors',
      tags: ['audit', '2030'],
    };
    const response = await mint(app, body);
    expect(response.status).toBe(201);
    const link = await json(response);
    expect(response.headers.get('Location')).toBe(`/v1/links/${link.id}`);
    expect(link).toEqual({
      ...body,
      id: expect.stringMatching(/^lnk_/),
      url: expect.stringMatching(/^https:\/\/get\.example\.com\/[0-9A-Za-z]{22}$/),
      state: 'active',
      store: 'demo',
      key: 'reports/q3.pdf',
      operation: 'download',
      consistency: 'strong',
      delivery: 'redirect',
      revocation: 'effective everywhere once DELETE has answered 200',
      createdAt: expect.any(String),
      expiresAt: expect.any(String),
      confirm: false,
      claimSeconds: 3_600,
      rateLimit: { limit: 60, windowSeconds: 60 },
      hasPassword: false,
      opens: 0,
      denials: {},
      lastOpenedAt: null,
      mintedBy: app.keyId,
    });
  });

  it('ends the link when it was asked to', async () => {
    const expiresAt = '2030-01-31T12:00:00.000Z';
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(expiresAt) - 90_500 });
    try {
      const body = { ttlSeconds: undefined, expiresAt: '2030-01-31T13:00:00.900+01:00' };
      expect((await minted(app, body)).expiresAt).toBe(expiresAt);
      expect((await minted(app, { ttlSeconds: 90 })).expiresAt).toBe(expiresAt);
    } finally {
      vi.useRealTimers();
    }
  });

  it('costs one ledger call and one KV write', async () => {
    const { env, operations } = countedEnv();
    expect((await mint(app, {}, { env })).status).toBe(201);
    expect(operations).toEqual(['ledger.mint', 'kv.put']);
  });

  it('opens at once even when KV refuses the write', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const GRANTS = { put: () => Promise.reject(new Error('429')) } as unknown as KVNamespace;
    const response = await mint(app, {}, { env: { ...realEnv, GRANTS } });
    expect(response.status).toBe(201);
    expect((await open(String((await json(response)).url))).status).toBe(302);
  });

  const REFUSALS: [string, object | string, string, RegExp][] = [
    ['a missing store', { store: undefined }, '/store', /string/],
    ['an empty key', { key: '' }, '/key', /empty/],
    ['a key that leaves its bucket', { key: 'a/../../b' }, '/key', /"\.\."/],
    ['a key with encoded dots', { key: 'a/%2e%2e/b' }, '/key', /"\.\."/],
    ['a key with control characters', { key: 'a\u0000b' }, '/key', /control/],
    ['a key over 1,024 bytes', { key: 'ä'.repeat(513) }, '/key', /1024 bytes/],
    ['a key that is not Unicode', { key: '\ud800' }, '/key', /Unicode/],
    ['an unknown operation', { operation: 'delete' }, '/operation', /"download"/],
    ['a TTL of 0', { ttlSeconds: 0 }, '/ttlSeconds', /at least 1/],
    ['a negative TTL', { ttlSeconds: -5 }, '/ttlSeconds', /at least 1/],
    ['a TTL with a fraction', { ttlSeconds: 1.5 }, '/ttlSeconds', /whole number/],
    ['a TTL as text', { ttlSeconds: '600' }, '/ttlSeconds', /whole number/],
    ['a TTL over the cap', { ttlSeconds: 2_592_001 }, '/ttlSeconds', /2592000 seconds/],
    ['no end', { ttlSeconds: undefined }, '/ttlSeconds', /not both/],
    ['two ends', { expiresAt: '2030-01-01T00:00:00Z' }, '/ttlSeconds', /not both/],
    ['an end in the past', at('2020-01-01T00:00:00Z'), '/expiresAt', /future/],
    ['an end past the cap', at('2999-01-01T00:00:00Z'), '/expiresAt', /2592000 seconds/],
    ['an end without a zone', at('2030-01-01T00:00:00'), '/expiresAt', /ISO 8601/],
    ['an end that is no date', at('tomorrow'), '/expiresAt', /ISO 8601/],
    ['an unknown field', { maxUsess: 1 }, '/maxUsess', /not a field/],
    ['a field to be escaped', { 'a/b~c': 1 }, '/a~1b~0c', /not a field/],
    ['a file name with a path', { filename: 'a/b' }, '/filename', /"\/"/],
    ['a file name with a line break', { filename: 'a\r\nb' }, '/filename', /control/],
    ['an unknown disposition', { disposition: 'form' }, '/disposition', /"inline"/],
    ['no media type', { contentType: 'pdf' }, '/contentType', /media type/],
    ['a header in a media type', { contentType: 'a/b\r\nX: y' }, '/contentType', /media type/],
    ['script inline', inline('text/html'), '/contentType', /inline/],
    ['SVG inline', inline('image/svg+xml'), '/contentType', /inline/],
    ['inline of no type', inline(undefined), '/contentType', /inline/],
    ['a note over 500 characters', { note: 'n'.repeat(501) }, '/note', /500/],
    ['more than 20 tags', { tags: Array(21).fill('t') }, '/tags', /20 tags/],
    ['a tag over 64 characters', { tags: ['ok', 't'.repeat(65)] }, '/tags/1', /64/],
    ['an empty tag', { tags: [''] }, '/tags/0', /at least 1/],
    ['a list', '[]', '', /object/],
    ['no JSON', '{"store":', '', /object/],
    ['nothing', '', '', /object/],
  ];

  it.each(REFUSALS)('refuses %s with 400, names the field, stores nothing', async (...refusal) => {
    const [, change, pointer, detail] = refusal;
    const body = typeof change === 'string' ? change : { ...DOWNLOAD, ...change };
    const { env, operations } = countedEnv();
    const response = await request('POST', '/v1/links', { bearer: app.apiKey, body, env });
    expect(response.status).toBe(400);
    const problem = await json<Problem>(response);
    expect(problem.reason).toBe('invalid_request');
    expect(problem.errors?.map((error) => error.pointer)).toEqual([pointer]);
    expect(problem.errors?.[0]?.detail).toMatch(detail);
    expect(operations).not.toContain('kv.put');
  });

  it.each([undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    'refuses the content type %s with 415',
    async (type) => {
      const headers = { 'Content-Type': type ?? '' };
      const response = await mint(app, {}, { headers, bearer: app.apiKey, body: DOWNLOAD });
      expect(response.status).toBe(415);
    },
  );

  it('refuses a body over 64 KiB with 413, however it is sent', async () => {
    const body = JSON.stringify({ ...DOWNLOAD, note: 'n'.repeat(65_536) });
    const response = await request('POST', '/v1/links', { bearer: app.apiKey, body });
    expect(response.status).toBe(413);
  });

  it.each(['', '"', 'a b', '"a', 'ä', 'k'.repeat(256)])(
    'refuses the Idempotency-Key %j with 400',
    async (key) => {
      const response = await request('POST', '/v1/links', {
        bearer: app.apiKey,
        body: DOWNLOAD,
        headers: { 'Idempotency-Key': key },
      });
      expect(response.status).toBe(400);
    },
  );

  it('answers 503 with Retry-After when the ledger is down', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const LEDGERS = answering<typeof realEnv.LEDGERS>(() => Promise.reject(new Error('down')));
    const response = await mint(app, {}, { env: { ...realEnv, LEDGERS } });
    expect(response.status).toBe(503);
    expect(response.headers.get('Retry-After')).toBe('5');
  });
});

describe('the bounds of an app', () => {
  it('refuse a store of others like one that does not exist', async () => {
    const problems = await Promise.all(
      ['other', 'nowhere'].map(async (store) => {
        const response = await mint(app, { store });
        expect(response.status).toBe(403);
        return json<Problem>(response);
      }),
    );
    expect(problems[0]).toEqual(problems[1]);
    expect(problems[0]?.errors?.[0]?.pointer).toBe('/store');
  });

  it('refuse a key outside its prefixes and name the field', async () => {
    const narrow = await makeApp({ keyPrefixes: ['team-a/', 'shared/'] });
    expect((await mint(narrow, { key: 'team-a/x.pdf' })).status).toBe(201);
    const refused = await mint(narrow, { key: 'team-ab/x.pdf' });
    expect(refused.status).toBe(403);
    expect((await json<Problem>(refused)).errors?.[0]?.pointer).toBe('/key');
  });

  it('refuse response overrides in a store that ignores them', async () => {
    const wide = await makeApp({ stores: ['demo', 'other'] });
    const refused = await mint(wide, { store: 'other', filename: 'a.pdf' });
    expect((await json<Problem>(refused)).errors?.[0]?.pointer).toBe('/filename');
    const link = await minted(wide, { store: 'other' });
    const url = new URL((await open(link.url)).headers.get('Location') ?? '');
    expect(url.host).toBe('other-bucket.account.r2.cloudflarestorage.com');
    expect(url.search).not.toContain('response-');
  });

  it('let no mint into a store whose settings are broken', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const wide = await makeApp({ stores: ['demo', 'other'] });
    const link = await minted(wide, { store: 'other' });
    const env = { ...realEnv, STORE_OTHER_SECRET_ACCESS_KEY: undefined };
    expect((await open(link.url, { env })).status).toBe(503);
    expect((await open((await minted(wide)).url, { env })).status).toBe(302);
    const revoked = await request('DELETE', `/v1/links/${link.id}`, { bearer: wide.apiKey, env });
    expect(revoked.status).toBe(200);
  });
});

describe('GET and DELETE /v1/links/{id}', () => {
  it('show a link without its URL', async () => {
    const link = await minted(app);
    const shown = await request('GET', `/v1/links/${link.id}`, { bearer: app.apiKey });
    const { url, ...rest } = link;
    expect(await json(shown)).toEqual({ ...rest, opens: 0, denials: {} });
    expect(JSON.stringify(await json(await revoke(app, link.id)))).not.toContain(
      new URL(url).pathname.slice(1),
    );
  });

  it.each(['lnk_AAAAAAAAAAAAAAAAAAAAAA', 'nonsense', "' OR 1=1 --"])(
    'answer 404 for %j',
    async (id) => {
      for (const method of ['GET', 'DELETE']) {
        const path = `/v1/links/${encodeURIComponent(id)}`;
        expect((await request(method, path, { bearer: app.apiKey })).status).toBe(404);
      }
    },
  );

  it("answer 404 for another app's link, which stays open", async () => {
    const link = await minted(app);
    const stranger = await makeApp();
    expect((await revoke(stranger, link.id)).status).toBe(404);
    const path = `/v1/links/${link.id}`;
    expect((await request('GET', path, { bearer: stranger.apiKey })).status).toBe(404);
    expect((await open(link.url)).status).toBe(302);
  });
});

describe('an API key', () => {
  const forged = () => `${app.apiKey.slice(0, -1)}${app.apiKey.endsWith('A') ? 'B' : 'A'}`;
  const WRONG: [string, () => string | undefined][] = [
    ['a missing one', () => undefined],
    ['a forged one', forged],
    ['one of another app', () => app.apiKey.replace(app.id, 'AAAAAAAAAAAAA')],
    ['one of another deployment', () => `hp_AAAAAAAAAAAAA_${'A'.repeat(29)}`],
    ['nonsense', () => 'nonsense'],
  ];

  it.each(WRONG)('is refused with the same 401 and no storage: %s', async (_, key) => {
    const { env, operations } = countedEnv();
    const bearer = key();
    const response = await request('POST', '/v1/links', {
      ...(bearer ? { bearer } : {}),
      body: DOWNLOAD,
      env,
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer realm="hallpass"');
    expect(await json(response)).toMatchObject({ reason: 'unauthenticated' });
    expect(operations).toEqual([]);
  });

  it('that is authentic but not in the ledger gets the same 401', async () => {
    const known = await request('POST', '/v1/links', { bearer: forged(), body: DOWNLOAD });
    const { createApiKeys } = await import('../../../src/apps/api-key.ts');
    const { readConfig } = await import('../../../src/config.ts');
    const keys = createApiKeys(readConfig(TEST_BINDINGS).appKeys);
    for (const id of [app.id, 'NoSuchApp']) {
      const { apiKey } = await keys.fromNonce(id, crypto.getRandomValues(new Uint8Array(16)));
      const response = await request('POST', '/v1/links', { bearer: apiKey, body: DOWNLOAD });
      expect(response.status).toBe(401);
      expect(await response.text()).toBe(await known.clone().text());
    }
  });
});

describe('the operator', () => {
  it('alone may POST /v1/apps', async () => {
    for (const [bearer, status] of [
      [undefined, 401],
      [app.apiKey, 403],
      [`${TEST_BINDINGS.ADMIN_TOKEN}x`, 401],
    ] as const) {
      const { env, operations } = countedEnv();
      const body = { name: 'x', stores: ['demo'] };
      const options = { ...(bearer ? { bearer } : {}), body, env };
      const response = await request('POST', '/v1/apps', options);
      expect(response.status).toBe(status);
      expect(operations).toEqual([]);
    }
  });

  const REFUSALS: [string, string, object, string][] = [
    ['an app without a name', '/v1/apps', { stores: ['demo'] }, '/name'],
    ['an app without stores', '/v1/apps', { name: 'x', stores: [] }, '/stores'],
    ['an app in no store', '/v1/apps', { name: 'x', stores: ['demo', 'nowhere'] }, '/stores/1'],
    [
      'a prefix that could match half a folder',
      '/v1/apps',
      { name: 'x', stores: ['demo'], keyPrefixes: ['team'] },
      '/keyPrefixes/0',
    ],
    ['a key for no app', '/v1/keys', {}, '/app'],
    ['a key for nonsense', '/v1/keys', { app: '../x' }, '/app'],
  ];
  it('is told that there is no such app', async () => {
    const options = { bearer: TEST_BINDINGS.ADMIN_TOKEN, body: { app: 'NoSuchApp' } };
    expect((await request('POST', '/v1/keys', options)).status).toBe(404);
  });
  it.each(REFUSALS)('is told what is wrong with %s', async (_, path, body, pointer) => {
    const response = await request('POST', path, { bearer: TEST_BINDINGS.ADMIN_TOKEN, body });
    expect(response.status).toBe(400);
    expect((await json<Problem>(response)).errors?.[0]?.pointer).toBe(pointer);
  });
});

describe('a broken setting', () => {
  it('stops the Worker, which says why in its log and nothing to the public', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const env = { ...realEnv, ADMIN_TOKEN: 'too-short-secret' };
    const response = await request('GET', '/healthz', { env });
    expect(response.status).toBe(503);
    expect(await response.text()).not.toMatch(/ADMIN_TOKEN|too-short/);
    await untilLogged();
    expect(log.mock.calls).toEqual([
      [
        {
          event: 'settings.refused',
          error: 'ADMIN_TOKEN must be at least 32 visible ASCII characters without spaces',
        },
      ],
    ]);
    log.mockRestore();
  });
});

function at(expiresAt: string) {
  return { ttlSeconds: undefined, expiresAt };
}

function inline(contentType: string | undefined) {
  return { disposition: 'inline', contentType };
}
