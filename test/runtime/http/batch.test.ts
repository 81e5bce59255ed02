import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LinkGate } from '../../../src/index.ts';
import {
  type ApiOptions,
  DOWNLOAD,
  json,
  type MintedOnWire,
  makeApp,
  makeKey,
  OPERATOR,
  open,
  realEnv,
  request,
  revoke,
  type TestApp,
} from '../../support/api.ts';
import { countedEnv } from '../../support/counted-env.ts';

type Problem = { readonly reason: string; readonly errors?: { pointer: string }[] };
type Result = { readonly status: number; readonly link?: MintedOnWire; readonly problem?: Problem };

/** What the Free plan allows one request, of a Worker or of an object. */
const FREE_SUBREQUESTS = 50;

let app: TestApp;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  app = await makeApp({ stores: ['demo', 'other'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function post(links: unknown, options: ApiOptions = {}): Promise<Response> {
  const body = { links };
  return request('POST', '/v1/links/batch', { bearer: app.apiKey, body, ...options });
}

async function results(links: unknown, options: ApiOptions = {}): Promise<readonly Result[]> {
  const response = await post(links, options);
  expect(response.status).toBe(200);
  return (await json<{ results: Result[] }>(response)).results;
}

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...DOWNLOAD, key: `reports/${index}.pdf` }));
const withKey = (key: string) => ({ headers: { 'Idempotency-Key': key } });
const linkCount = async () => {
  const response = await request('GET', '/v1/links?limit=200', { bearer: app.apiKey });
  return (await json<{ items: object[] }>(response)).items.length;
};

describe('POST /v1/links/batch', () => {
  it('mints a hundred links that open, in their order', async () => {
    const minted = await results(many(100));
    expect(minted.map(({ status }) => status)).toEqual(Array(100).fill(201));
    expect(minted.map(({ link }) => Reflect.get(link ?? {}, 'key'))).toEqual(
      many(100).map(({ key }) => key),
    );
    for (const place of [0, 49, 99]) {
      expect((await open(minted[place]?.link?.url ?? '')).status).toBe(302);
    }
  });

  it('refuses each link for itself, and mints the others', async () => {
    const [good, invalid, outside, nothing, alsoGood] = await results([
      DOWNLOAD,
      { ...DOWNLOAD, key: '../x', surprise: 1 },
      { ...DOWNLOAD, store: 'nowhere' },
      null,
      DOWNLOAD,
    ]);
    expect(good).toMatchObject({ status: 201, link: { state: 'active' } });
    expect(alsoGood).toMatchObject({ status: 201 });
    expect(invalid).toMatchObject({ status: 400, problem: { reason: 'invalid_request' } });
    expect(invalid?.problem?.errors?.map(({ pointer }) => pointer)).toEqual(['/key', '/surprise']);
    expect(outside).toMatchObject({ status: 403, problem: { reason: 'outside_bounds' } });
    expect(nothing).toMatchObject({ status: 400 });
    expect(await linkCount()).toBe(2);
  });

  it('is idempotent as a whole: the same links and URLs again, another batch 422', async () => {
    const links = [...many(40), { ...DOWNLOAD, store: 'nowhere' }];
    const first = await results(links, withKey('batch-1'));
    expect(await results(links, withKey('batch-1'))).toEqual(first);
    expect(await linkCount()).toBe(40);
    const other = await post(links.slice(1), withKey('batch-1'));
    expect(other.status).toBe(422);
    const single = await request('POST', '/v1/links', {
      bearer: app.apiKey,
      body: DOWNLOAD,
      ...withKey('batch-1'),
    });
    expect(single.status).toBe(422);
  });

  it('mints what a gate refused at the first time when it is sent again, and the rest not twice', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const write = LinkGate.prototype.write;
    let writes = 0;
    const gates = vi.spyOn(LinkGate.prototype, 'write').mockImplementation(async function (
      this: LinkGate,
      record,
    ) {
      writes += 1;
      if (writes === 3) throw new Error('the gate is down');
      return write.call(this, record);
    });
    const first = await results(many(5), withKey('batch-2'));
    expect(first.filter(({ status }) => status === 503)).toHaveLength(1);
    gates.mockRestore();
    const again = await results(many(5), withKey('batch-2'));
    expect(again.every(({ status }) => status === 201)).toBe(true);
    for (const [place, { link }] of first.entries()) {
      if (link) expect(again[place]?.link?.url).toBe(link.url);
    }
    expect(await linkCount()).toBe(5);
  });

  it('answers 409 while its twin is under way', async () => {
    const [one, two] = await Promise.all([
      post(many(20), withKey('batch-3')),
      post(many(20), withKey('batch-3')),
    ]);
    expect([one.status, two.status].sort()).toEqual([200, 409]);
  });

  it('stays within the subrequests of the Free plan, in the Worker and in the ledger', async () => {
    const { env, operations } = countedEnv();
    let most = 0;
    const LEDGERS = {
      getByName(name: string) {
        const ledger = env.LEDGERS.getByName(name);
        return new Proxy(ledger, {
          get: (target, method) => async (caller: never, items: unknown[], key: never) => {
            most = Math.max(most, items.length);
            return Reflect.get(target, method)(caller, items, key);
          },
        });
      },
    };
    await results(many(100), { env: { ...env, LEDGERS } });
    expect(operations.length).toBeLessThan(FREE_SUBREQUESTS);
    // For each link a gate, two looks into the store and a write of KV.
    expect(most * 4).toBeLessThanOrEqual(FREE_SUBREQUESTS);
  });

  it('counts as one request', async () => {
    const { apiKey } = await makeKey(app, { requestsPerMinute: 1 });
    const statuses = (await results(many(100), { bearer: apiKey })).map(({ status }) => status);
    expect(statuses).toEqual(Array(100).fill(201));
    expect((await post([DOWNLOAD], { bearer: apiKey })).status).toBe(429);
  });

  it('tells of an edge link that KV took no copy of, and mints the others', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    vi.spyOn(Object.getPrototypeOf(realEnv.GRANTS), 'put').mockRejectedValue(new Error('down'));
    const edge = { ...DOWNLOAD, consistency: 'edge' };
    const statuses = (await results([DOWNLOAD, edge, DOWNLOAD])).map(({ status }) => status);
    expect(statuses).toEqual([201, 503, 201]);
  });

  it('leaves the grants in KV', async () => {
    const [result] = await results([DOWNLOAD]);
    const cached = async () => realEnv.GRANTS.get(result?.link?.id ?? '');
    await vi.waitFor(async () => expect(await cached()).toContain('reports/q3.pdf'));
  });

  it.each([
    ['no list', undefined, '/links'],
    ['an empty list', [], '/links'],
    ['too many', Array(101).fill(DOWNLOAD), '/links'],
  ])('refuses %s as a whole', async (_, links, pointer) => {
    const response = await post(links);
    expect(response.status).toBe(400);
    expect((await json<Problem>(response)).errors?.[0]?.pointer).toBe(pointer);
    expect(await linkCount()).toBe(0);
  });

  it('refuses a body of more than a megabyte', async () => {
    const response = await post([{ ...DOWNLOAD, note: 'x'.repeat(1_100_000) }]);
    expect(response.status).toBe(413);
  });

  it('takes long keys for each of its hundred links', async () => {
    const links = many(100).map((link) => ({
      ...link,
      key: 'k'.repeat(1_024),
      note: 'n'.repeat(500),
    }));
    expect((await results(links)).every(({ status }) => status === 201)).toBe(true);
  });

  it('is for keys that may mint', async () => {
    const reader = await makeKey(app, { scopes: ['links:read'] });
    expect((await post([DOWNLOAD], { bearer: reader.apiKey })).status).toBe(403);
    expect((await post([null], { bearer: reader.apiKey })).status).toBe(403);
    expect((await post([DOWNLOAD], { bearer: OPERATOR })).status).toBe(403);
  });
});

describe('a quota', () => {
  const setQuotas = (quotas: object) =>
    request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body: { quotas } });
  const DAY = 86_400_000;

  it('of live links holds, batches included, until links end', async () => {
    await setQuotas({ liveLinks: 3 });
    const statuses = (await results(many(5))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 201, 201, 403, 403]);
    const refused = (await results([DOWNLOAD]))[0];
    expect(refused).toMatchObject({
      status: 403,
      problem: { reason: 'too_many_live_links', quota: 3 },
    });
    const { items } = await json<{ items: { id: string }[] }>(
      await request('GET', '/v1/links', { bearer: app.apiKey }),
    );
    await revoke(app, items[0]?.id ?? '');
    expect((await results(many(2))).map(({ status }) => status).sort()).toEqual([201, 403]);
  });

  it('of mints holds for the day in UTC, and says how long it lasts', async () => {
    const noon = Math.ceil(Date.now() / DAY) * DAY + DAY / 2;
    vi.setSystemTime(noon);
    await setQuotas({ mintsPerDay: 2 });
    expect((await results(many(3))).map(({ status }) => status).sort()).toEqual([201, 201, 429]);
    const refused = await request('POST', '/v1/links', { bearer: app.apiKey, body: DOWNLOAD });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('Retry-After')).toBe(String(DAY / 2 / 1_000));
    expect(await json(refused)).toMatchObject({ reason: 'too_many_mints', quota: 2 });
    vi.setSystemTime(noon + DAY / 2);
    expect((await results(many(1))).map(({ status }) => status)).toEqual([201]);
  });

  it('does not stop the repetition of a mint', async () => {
    await setQuotas({ mintsPerDay: 1 });
    const again = () =>
      request('POST', '/v1/links', { bearer: app.apiKey, body: DOWNLOAD, ...withKey('once') });
    const first = await json<MintedOnWire>(await again());
    expect((await json<MintedOnWire>(await again())).url).toBe(first.url);
  });

  it('is taken away by null', async () => {
    await setQuotas({ liveLinks: 1 });
    await results(many(1));
    const response = await setQuotas({ liveLinks: null });
    expect(await json(response)).toMatchObject({ quotas: {} });
    expect((await results(many(1)))[0]?.status).toBe(201);
  });

  it.each([{ liveLinks: -1 }, { mintsPerDay: 1.5 }, { bytes: 1 }])('refuses %j', async (quotas) => {
    expect((await setQuotas(quotas)).status).toBe(400);
  });
});
