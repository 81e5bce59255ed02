import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  json,
  type MintedOnWire,
  makeApp,
  minted,
  open,
  realEnv,
  request,
  revoke,
  type TestApp,
} from '../../support/api.ts';
import { TEST_BINDINGS } from '../../support/bindings.ts';
import { answering, countedEnv } from '../../support/counted-env.ts';
import { createFakeKv } from '../../support/fake-kv.ts';

const SECOND = 1_000;
const FORGED = '/AAAAAAAAAAAAAAAAAAAAAA';

let app: TestApp;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  app = await makeApp();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function presigned(response: Response): URL {
  return new URL(response.headers.get('Location') ?? '');
}

/** The instant at which S3 stops to accept a presigned URL, in milliseconds. */
function endOf(url: URL): number {
  const date = url.searchParams.get('X-Amz-Date') ?? '';
  const iso = date.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z');
  return Date.parse(iso) + Number(url.searchParams.get('X-Amz-Expires')) * SECOND;
}

describe('an open', () => {
  it('redirects to the granted object for at most a minute', async () => {
    const opened = await open((await minted(app)).url);
    expect(opened.status).toBe(302);
    const url = presigned(opened);
    expect(url.origin + url.pathname).toBe(
      'https://s3.eu-central-1.amazonaws.com/private-bucket/reports/q3.pdf',
    );
    expect(url.searchParams.get('response-content-disposition')).toBe(
      `attachment; filename="q3.pdf"; filename*=UTF-8''q3.pdf`,
    );
    expect(endOf(url)).toBeGreaterThan(Date.now() + 58 * SECOND);
    expect(endOf(url)).toBeLessThanOrEqual(Date.now() + 60 * SECOND);
  });

  it('hands out nothing that outlives the link', async () => {
    const link = await minted(app, { ttlSeconds: 20 });
    vi.setSystemTime(Date.parse(link.expiresAt) - 1);
    expect(endOf(presigned(await open(link.url)))).toBe(Date.parse(link.expiresAt));
  });

  it('is refused with 410 from the very end on', async () => {
    const link = await minted(app, { ttlSeconds: 20 });
    vi.setSystemTime(link.expiresAt);
    const opened = await open(link.url);
    expect(opened.status).toBe(410);
    expect(await json(opened)).toMatchObject({ reason: 'expired' });
  });

  it('is refused with 410 after a revoke', async () => {
    const link = await minted(app);
    await revoke(app, link.id);
    const opened = await open(link.url);
    expect(opened.status).toBe(410);
    expect(await json(opened)).toMatchObject({ reason: 'revoked' });
  });

  it('is presigned for HEAD when it is a HEAD, and both for the same object', async () => {
    const link = await minted(app);
    const head = presigned(await open(link.url, { method: 'HEAD' }));
    const get = presigned(await open(link.url));
    expect(head.pathname).toBe(get.pathname);
    expect(head.searchParams.get('X-Amz-Signature')).not.toBe(
      get.searchParams.get('X-Amz-Signature'),
    );
  });

  it.each(['DELETE', 'PATCH', 'PROPFIND'])('answers 405 to %s', async (method) => {
    const answer = await open((await minted(app)).url, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('Allow')).toBe('GET, HEAD, POST, PUT, OPTIONS');
  });

  it('lets any web page ask, without credentials', async () => {
    const { url } = await minted(app);
    const preflight = await open(url, {
      method: 'OPTIONS',
      headers: { Origin: 'https://a.example', 'Access-Control-Request-Method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    const opened = await open(url, { headers: { Origin: 'https://a.example' } });
    expect(opened.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(opened.headers.get('Access-Control-Allow-Credentials')).toBeNull();
    expect(opened.headers.get('Access-Control-Expose-Headers')).toContain('Retry-After');
  });

  it('refuses when the store was pointed elsewhere since', async () => {
    const link = await minted(app);
    const { demo } = TEST_BINDINGS.STORES;
    const STORES = { demo: { ...demo, bucket: 'another-bucket' } };
    const opened = await open(link.url, { env: { ...realEnv, STORES } });
    expect(opened.status).toBe(503);
    expect(opened.headers.get('Location')).toBeNull();
  });

  it('refuses when the credentials of the store have run out', async () => {
    const link = await minted(app);
    const env = {
      ...realEnv,
      STORE_DEMO_SESSION_TOKEN: 'session',
      STORE_DEMO_SESSION_EXPIRES_AT: new Date(Date.now() - SECOND).toISOString(),
    };
    const opened = await open(link.url, { env });
    expect(opened.status).toBe(503);
    expect(opened.headers.get('Retry-After')).toBe('60');
  });
});

describe('storage operations of an open', () => {
  it('are one KV read and one gate call', async () => {
    const link = await minted(app);
    const { env, operations } = countedEnv();
    await open(link.url, { env });
    expect(operations).toEqual(['kv.get', 'gate.open']);
  });

  it.each([
    FORGED,
    '/favicon.ico',
    '/lnk_AAAAAAAAAAAAAAAAAAAAAA',
    `/${'A'.repeat(500)}`,
    '/%2e%2e%2fetc',
    '/%FF',
    '/a/b/c',
    '/.env',
  ])('are none for %s, and the answer is always the same', async (path) => {
    const { env, operations } = countedEnv();
    const answer = await request('GET', path, { env });
    expect(operations).toEqual([]);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toBe(await (await request('GET', FORGED)).text());
  });
});

describe('an open while KV is stale', () => {
  it('works right after the mint, although KV still says "not there"', async () => {
    const kv = createFakeKv(Date.now);
    const link = await minted(app);
    await kv.get(link.id, { type: 'json' });
    await kv.put(link.id, 'not to be read', { expirationTtl: 600 });
    const opened = await open(link.url, { env: { ...realEnv, GRANTS: kv } });
    expect(opened.status).toBe(302);
    expect(presigned(opened).pathname).toBe('/private-bucket/reports/q3.pdf');
  });

  it('is refused right after the revoke, although KV still has the grant', async () => {
    const link = await minted(app);
    await revoke(app, link.id);
    expect(await realEnv.GRANTS.get(link.id)).not.toBeNull();
    expect((await open(link.url)).status).toBe(410);
  });

  it('is 404 when KV has a grant that no gate knows', async () => {
    const { env, operations } = countedEnv();
    const link = await minted(app);
    const empty = answering<typeof realEnv.GATES>(async () => ({
      kind: 'deny',
      denial: { reason: 'not_found' },
    }));
    expect((await open(link.url, { env: { ...env, GATES: empty } })).status).toBe(404);
    expect(operations).toEqual(['kv.get']);
  });

  it('works while KV never answers', async () => {
    const link = await minted(app);
    const GRANTS = { get: () => new Promise(() => {}) } as unknown as KVNamespace;
    expect((await open(link.url, { env: { ...realEnv, GRANTS } })).status).toBe(302);
  });

  it('works while KV is down', async () => {
    const link = await minted(app);
    const GRANTS = { get: () => Promise.reject(new Error('KV down')) } as unknown as KVNamespace;
    expect((await open(link.url, { env: { ...realEnv, GRANTS } })).status).toBe(302);
  });
});

describe('an open while the gate is down', () => {
  const refusing = (error: object) =>
    answering<typeof realEnv.GATES>(() => Promise.reject(Object.assign(new Error('down'), error)));

  it.each([{}, { overloaded: true }, { retryable: true, overloaded: true }])(
    'answers 503 with Retry-After and no URL for an error with %j',
    async (flags) => {
      vi.spyOn(console, 'error').mockImplementation(() => {});
      const link = await minted(app);
      const { env, operations } = countedEnv({ GATES: refusing(flags) });
      const opened = await open(link.url, { env });
      expect(opened.status).toBe(503);
      expect(opened.headers.get('Retry-After')).toBe('5');
      expect(opened.headers.get('Location')).toBeNull();
      expect(operations).toEqual(['kv.get', 'gate.open']);
    },
  );

  it('tries once more, on a new stub, where the platform says so', async () => {
    const link = await minted(app);
    let stubs = 0;
    const GATES: typeof realEnv.GATES = {
      getByName(id) {
        stubs += 1;
        return stubs === 1
          ? refusing({ retryable: true }).getByName(id)
          : realEnv.GATES.getByName(id);
      },
    };
    expect((await open(link.url, { env: { ...realEnv, GATES } })).status).toBe(302);
    expect(stubs).toBe(2);
  });

  it('answers 503 when the gate never answers', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const link = await minted(app);
    const GATES = answering<typeof realEnv.GATES>(() => new Promise(() => {}));
    const opened = await open(link.url, { env: { ...realEnv, GATES } });
    expect(opened.status).toBe(503);
  }, 15_000);
});

describe('every public answer', () => {
  const CASES: [string, (link: MintedOnWire) => Promise<Response>, number][] = [
    ['a redirect', (link) => open(link.url), 302],
    ['an unknown link', () => request('GET', FORGED), 404],
    [
      'a revoked link',
      async (link) => {
        await revoke(app, link.id);
        return open(link.url);
      },
      410,
    ],
    ['a wrong method', (link) => open(link.url, { method: 'PATCH' }), 405],
    ['the front page', () => request('GET', '/'), 200],
    ['robots.txt', () => request('GET', '/robots.txt'), 200],
    ['a health check', () => request('GET', '/healthz'), 200],
  ];

  it.each(CASES)('may not be kept, indexed or referred from: %s', async (_, ask, status) => {
    const answer = await ask(await minted(app));
    expect(answer.status).toBe(status);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(answer.headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(answer.headers.get('X-Robots-Tag')).toBe('noindex, nofollow');
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  });

  it('is a page for people and a problem for programs', async () => {
    const page = await request('GET', FORGED, {
      headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    });
    expect(page.headers.get('Content-Type')).toContain('text/html');
    expect(await page.text()).toContain('<h1>There is nothing here</h1>');

    const problem = await request('GET', FORGED, { headers: { Accept: '*/*' } });
    expect(problem.headers.get('Content-Type')).toBe('application/problem+json');
    expect(await json(problem)).toEqual({
      type: 'urn:hallpass:problem:not_found',
      title: 'There is nothing here',
      status: 404,
      detail: 'Check that the link was copied completely, or ask its sender for a new one.',
      reason: 'not_found',
    });
  });
});
