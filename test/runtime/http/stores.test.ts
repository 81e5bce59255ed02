// What operators alone are told of stores, over HTTP, while the store is played by the test.

import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHallpass } from '../../../src/app.ts';
import { storeCheck, storeList } from '../../../src/schemas/store.ts';
import { type ApiOptions, json, makeApp, OPERATOR, realEnv, request } from '../../support/api.ts';
import { TEST_BINDINGS } from '../../support/bindings.ts';
import { untilLogged } from '../../support/log.ts';

type Problem = { readonly reason: string; readonly errors?: { pointer: string }[] };
type Check = {
  readonly ok: boolean;
  readonly findings: { code: string }[];
  readonly policy: unknown;
};

const SECRETS = [
  TEST_BINDINGS.STORE_DEMO_SECRET_ACCESS_KEY,
  TEST_BINDINGS.ADMIN_TOKEN,
  'session-token-for-tests',
  'X-Amz-Signature',
  'HostIdOfTheStore',
];
const FAULT = 'STORES.broken.region must be a region, got "EU"';

/** A deployment that also has a store with wrong settings, and one with a session. */
const env = {
  ...realEnv,
  STORES: {
    ...TEST_BINDINGS.STORES,
    broken: { ...TEST_BINDINGS.STORES.demo, region: 'EU' },
    session: TEST_BINDINGS.STORES.demo,
  },
  STORE_BROKEN_SECRET_ACCESS_KEY: TEST_BINDINGS.STORE_DEMO_SECRET_ACCESS_KEY,
  STORE_SESSION_SECRET_ACCESS_KEY: TEST_BINDINGS.STORE_DEMO_SECRET_ACCESS_KEY,
  STORE_SESSION_SESSION_TOKEN: 'session-token-for-tests',
  STORE_SESSION_SESSION_EXPIRES_AT: '2100-01-01T00:00:00Z',
};

let apiKey: string;
const asked: string[] = [];
const printed: unknown[] = [];

beforeAll(async () => {
  apiKey = (await makeApp()).apiKey;
});
beforeEach(() => {
  asked.length = 0;
  printed.length = 0;
  for (const level of ['error', 'warn', 'log', 'info'] as const) {
    vi.spyOn(console, level).mockImplementation((...said) => void printed.push(said));
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Plays the store: it answers each request with this, or not at all. */
function play(answer: (url: URL, init: RequestInit | undefined) => Response | undefined): void {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = new URL(String(input));
    asked.push(url.href);
    const response = answer(url, init);
    if (!response) throw new TypeError(`connect ECONNREFUSED ${url}`);
    return response;
  });
}

const refusal = (code: string) =>
  new Response(`<Error><Code>${code}</Code><HostId>HostIdOfTheStore</HostId></Error>`, {
    status: 403,
  });

function check(alias: string, body: unknown = {}, options: ApiOptions = {}) {
  const path = `/v1/stores/${alias}/check`;
  return request('POST', path, { bearer: OPERATOR, env, body, ...options });
}

function expectNoSecret(text: string): void {
  for (const secret of SECRETS) expect(text).not.toContain(secret);
}

describe('the stores', () => {
  const list = (options: ApiOptions = {}) =>
    request('GET', '/v1/stores', { bearer: OPERATOR, env, ...options });

  it('are listed by alias with what is wrong, and without a secret', async () => {
    const response = await list();
    expect(response.status).toBe(200);
    const text = await response.text();
    expectNoSecret(text);
    const { items, nextCursor } = storeList.parse(JSON.parse(text));
    expect(items.map(({ alias }) => alias)).toEqual(['broken', 'demo', 'other', 'session']);
    expect(items[0]).toMatchObject({
      endpoint: null,
      bucket: null,
      fault: `Store "broken" is disabled: ${FAULT}`,
    });
    expect(items[1]).toEqual({
      ...TEST_BINDINGS.STORES.demo,
      alias: 'demo',
      maxUrlSeconds: 60,
      capabilities: {
        responseOverrides: true,
        versions: true,
        conditionalWrites: true,
        checksums: true,
      },
      fault: null,
    });
    expect(items[2]?.capabilities).toEqual({
      responseOverrides: false,
      versions: false,
      conditionalWrites: true,
      checksums: true,
    });
    expect(nextCursor).toBeNull();
  });

  it('are shown to operators alone, and no store is asked for anybody else', async () => {
    play(() => refusal('AccessDenied'));
    for (const [bearer, status, reason] of [
      [apiKey, 403, 'operators_only'],
      [`${OPERATOR}x`, 401, 'unauthenticated'],
      ['', 401, 'unauthenticated'],
    ] as const) {
      for (const response of [await list({ bearer }), await check('demo', {}, { bearer })]) {
        expect(response.status).toBe(status);
        expect(await json(response)).toMatchObject({ reason });
      }
    }
    expect(asked).toEqual([]);
  });
});

describe('a check', () => {
  it('answers what its schema says, findings and policy', async () => {
    play(() => refusal('AccessDenied'));
    const response = await check('demo', { prefix: 'shared/' });
    expect(response.status).toBe(200);
    const checked = storeCheck.strict().parse(await response.json());
    expect(checked).toMatchObject({ store: 'demo', ok: true });
    expect(checked.findings.map(({ code }) => code)).toEqual([
      'cors_missing',
      'get_object_unproven',
      'policy_choices',
    ]);
    expect(checked.policy?.Statement[0]?.Resource).toBe('arn:aws:s3:::private-bucket/shared/*');
  });

  it.each<[string, (url: URL) => Response | undefined]>([
    ['unreachable', () => undefined],
    ['bad_signature', () => refusal('SignatureDoesNotMatch')],
    ['unexpected_answer', (url) => new Response(`no ${url}`, { status: 400 })],
  ])('tells of %s, and no secret, signed URL or text of the store', async (code, answer) => {
    play(answer);
    for (const alias of ['demo', 'session']) {
      const response = await check(alias, { write: true });
      expect(response.status).toBe(200);
      const text = await response.text();
      await untilLogged();
      expectNoSecret(text + JSON.stringify(printed));
      const { ok, findings } = JSON.parse(text) as Check;
      expect(ok).toBe(false);
      expect(findings[0]?.code).toBe(code);
    }
    expect(asked.some((url) => url.includes('X-Amz-Signature'))).toBe(true);
  });

  it('goes on when the operator goes away, so that what it wrote is deleted', async () => {
    play((url) => (url.search.includes('list-type') ? undefined : refusal('AccessDenied')));
    const context = createExecutionContext();
    const kept = vi.spyOn(context, 'waitUntil');
    const url = `${TEST_BINDINGS.PUBLIC_URL}/v1/stores/demo/check`;
    const headers = { Authorization: `Bearer ${OPERATOR}`, 'Content-Type': 'application/json' };
    const body = '{"write":true}';
    await createHallpass().fetch(new Request(url, { method: 'POST', headers, body }), env, context);
    expect(kept).toHaveBeenCalledOnce();
    await waitOnExecutionContext(context);
  });

  it('of R2 has no policy', async () => {
    play(() => refusal('AccessDenied'));
    expect((await json<Check>(await check('other'))).policy).toBeNull();
  });

  it('of a disabled store tells its fault and asks nothing', async () => {
    play(() => refusal('AccessDenied'));
    const response = await check('broken', { write: true });
    expect(response.status).toBe(200);
    expect(await json(response)).toEqual({
      store: 'broken',
      ok: false,
      findings: [
        {
          level: 'error',
          code: 'store_disabled',
          message: `Store "broken" is disabled: ${FAULT}.`,
        },
      ],
      policy: null,
    });
    expect(asked).toEqual([]);
  });

  it.each(['nowhere', 'Demo', '__proto__', 'constructor', '..%2fdemo'])(
    'of the unknown store %s is 404',
    async (alias) => {
      play(() => refusal('AccessDenied'));
      const response = await check(alias);
      expect(response.status).toBe(404);
      expect(await json(response)).toMatchObject({ reason: 'store_not_found' });
      expect(asked).toEqual([]);
    },
  );

  it.each([
    [{ key: '' }, '/key'],
    [{ key: '../other-bucket/a' }, '/key'],
    [{ key: 'a'.repeat(1_025) }, '/key'],
    [{ key: 7 }, '/key'],
    [{ prefix: 'shared' }, '/prefix'],
    [{ prefix: '/' }, '/prefix'],
    [{ prefix: 'shared/../' }, '/prefix'],
    [{ prefix: 'a\n/' }, '/prefix'],
    [{ prefix: `${'ü'.repeat(450)}/` }, '/prefix'],
    [{ prefix: `${'a'.repeat(900)}/` }, '/prefix'],
    [{ write: 'yes' }, '/write'],
    [{ store: 'demo' }, '/store'],
    [[], ''],
    ['{', ''],
  ])('is refused for %j', async (body, pointer) => {
    play(() => refusal('AccessDenied'));
    const response = await check('demo', body);
    expect(response.status).toBe(400);
    const { reason, errors } = await json<Problem>(response);
    expect(reason).toBe('invalid_request');
    expect(errors?.[0]?.pointer).toBe(pointer);
    expect(asked).toEqual([]);
  });

  it('takes JSON alone', async () => {
    const headers = { 'Content-Type': 'text/plain' };
    expect((await check('demo', '{}', { headers })).status).toBe(415);
  });
});
