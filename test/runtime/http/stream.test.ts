import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type ApiOptions,
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
import { TEST_BINDINGS } from '../../support/bindings.ts';
import { answering, countedEnv } from '../../support/counted-env.ts';

const SECOND = 1_000;
const CLAIM = 'a-claim-of-22-characters-or-more';
const OTHER = 'another-claim-with-22-characters';
const PERSON = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const BODY = 'The third quarter was as good as the second.';
const ETAG = '"abc"';

let app: TestApp;
let link: MintedOnWire;
let stored: Record<string, string>;
let asked: Headers[];

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  asked = [];
  stored = {};
  storeAnswers(({ headers }) => {
    const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(headers.get('Range') ?? '') ?? [];
    const part = BODY.slice(Number(start ?? 0), end ? Number(end) + 1 : undefined);
    const range = `bytes ${start}-${Number(start) + part.length - 1}/${BODY.length}`;
    return new Response(part, {
      status: start === undefined ? 200 : 206,
      headers: {
        'Content-Type': 'text/plain',
        'Content-Length': String(part.length),
        'Accept-Ranges': 'bytes',
        ETag: ETAG,
        'x-amz-request-id': 'of-the-private-bucket',
        ...(start === undefined ? {} : { 'Content-Range': range }),
        ...stored,
      },
    });
  });
  app = await makeApp();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A store in place of the network. */
function storeAnswers(answer: (request: Request) => Response | Promise<Response>): void {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const sent = new Request(input, init);
    asked.push(sent.headers);
    return answer(sent);
  });
}

const streamed = (terms: object = {}) => minted(app, { delivery: 'stream', ...terms });
const withClaim = (claim: string, options: ApiOptions & { method?: string } = {}) =>
  open(link.url, { ...options, headers: { 'Hallpass-Claim': claim, ...options.headers } });
const withCookie = (claim: string, method = 'GET') =>
  open(link.url, { method, headers: { ...PERSON, Cookie: `claim=${claim}` } });
const reasonOf = async (response: Response) => (await json(response)).reason;
const inspected = async () =>
  json<Record<string, unknown>>(
    await request('GET', `/v1/links/${link.id}`, { bearer: app.apiKey }),
  );

function redeem(body: Record<string, string> = {}, headers = {}): Promise<Response> {
  return open(link.url, {
    method: 'POST',
    body: new URLSearchParams(body).toString(),
    headers: { ...FORM, ...headers },
  });
}

/** Everything that would tell where the object is, or let someone ask for it there. */
async function expectHidden(response: Response): Promise<void> {
  const said = `${JSON.stringify([...response.headers])} ${await response.text()}`;
  const { accessKeyId, bucket, endpoint } = TEST_BINDINGS.STORES.demo;
  for (const secret of [accessKeyId, bucket, endpoint, 'amazonaws', 'X-Amz', 'x-amz', 'reports/']) {
    expect(said).not.toContain(secret);
  }
}

describe('a link that streams', () => {
  it('says so to its app, and a link that was not asked to redirects', async () => {
    link = await streamed();
    expect(await inspected()).toMatchObject({ delivery: 'stream' });
    link = await minted(app);
    expect(await inspected()).toMatchObject({ delivery: 'redirect' });
    expect((await open(link.url)).status).toBe(302);
  });

  it('gives the object itself, which nothing may keep and which runs nothing', async () => {
    link = await streamed();
    const opened = await open(link.url);
    expect(opened.status).toBe(200);
    expect(opened.headers.get('Content-Type')).toBe('text/plain');
    expect(opened.headers.get('Content-Length')).toBe(String(BODY.length));
    expect(opened.headers.get('Content-Disposition')).toMatch(/^attachment; filename="q3.pdf"/);
    expect(opened.headers.get('ETag')).toBe(ETAG);
    expect(opened.headers.get('Cache-Control')).toContain('no-store');
    expect(opened.headers.get('Content-Security-Policy')).toContain("sandbox; default-src 'none'");
    expect(opened.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(opened.headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(opened.headers.get('X-Robots-Tag')).toBe('noindex, nofollow');
    expect(await opened.text()).toBe(BODY);
    expect(await inspected()).toMatchObject({ opens: 1 });
  });

  it.each(['text/html', 'image/svg+xml', 'text/xml', 'application/xhtml+xml'])(
    'never shows %s in place, whatever the store says of it',
    async (type) => {
      stored = { 'Content-Type': type, 'Content-Disposition': 'inline' };
      link = await streamed({ disposition: 'inline', contentType: 'image/png' });
      const shown = await open(link.url);
      expect(shown.headers.get('Content-Type')).toBe('image/png');
      expect(shown.headers.get('Content-Disposition')).toMatch(/^inline;/);
      link = await streamed();
      const saved = await open(link.url);
      expect(saved.headers.get('Content-Disposition')).toMatch(/^attachment;/);
      const refused = await mint(app, {
        delivery: 'stream',
        disposition: 'inline',
        contentType: type,
      });
      expect(refused.status).toBe(400);
    },
  );

  it('is named and typed by the gateway, also of a store that ignores overrides', async () => {
    const wide = await makeApp({ stores: ['demo', 'other'] });
    const terms = { store: 'other', filename: 'Q3.csv', contentType: 'text/csv' };
    expect((await mint(wide, terms)).status).toBe(400);
    const opened = await open((await minted(wide, { ...terms, delivery: 'stream' })).url);
    expect(opened.headers.get('Content-Type')).toBe('text/csv');
    expect(opened.headers.get('Content-Disposition')).toContain('filename="Q3.csv"');
  });

  it('costs the same storage operations as a redirect, and asks the store once', async () => {
    link = await streamed();
    const { env, operations } = countedEnv();
    await (await open(link.url, { env })).text();
    expect(operations).toEqual(['kv.get', 'gate.open']);
    expect(asked).toHaveLength(1);
  });

  it('gives a part, and tells HEAD about the whole', async () => {
    link = await streamed();
    const part = await open(link.url, { headers: { Range: 'bytes=4-8' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('Content-Range')).toBe(`bytes 4-8/${BODY.length}`);
    expect(await part.text()).toBe('third');
    const head = await open(link.url, { method: 'HEAD', headers: { Range: 'bytes=4-8' } });
    expect(head.status).toBe(200);
    expect(head.headers.get('Content-Length')).toBe(String(BODY.length));
    expect(head.headers.get('Content-Range')).toBeNull();
  });

  it('gives the store nothing of a recipient but what is about the object', async () => {
    link = await streamed();
    const headers = { Cookie: 'a=b', 'User-Agent': 'curl', 'X-Forwarded-For': '203.0.113.1' };
    await open(link.url, { headers: { ...headers, Range: 'bytes=0-1' } });
    expect([...(asked[0]?.keys() ?? [])].sort()).toEqual([
      'accept-encoding',
      'authorization',
      'range',
      'x-amz-content-sha256',
      'x-amz-date',
    ]);
  });

  it.each([
    [206, { Range: 'bytes=4-8', 'If-Range': ETAG }],
    [200, { Range: 'bytes=4-8', 'If-Range': '"old"' }],
    [200, { Range: 'bytes=0-1,4-5' }],
  ])('answers %d to %j', async (status, headers) => {
    link = await streamed();
    expect((await open(link.url, { headers })).status).toBe(status);
  });
});

describe('a wrong delivery', () => {
  it('is refused', async () => {
    const refused = await mint(app, { delivery: 'proxy' });
    expect(refused.status).toBe(400);
    const errors = [{ pointer: '/delivery', detail: 'must be one of "redirect", "stream"' }];
    expect(await json(refused)).toMatchObject({ errors });
  });
});

describe('where the object is', () => {
  const CASES: [string, () => Promise<Response>][] = [
    ['the object', async () => open((await streamed()).url)],
    ['a part', async () => open((await streamed()).url, { headers: { Range: 'bytes=0-1' } })],
    ['HEAD', async () => open((await streamed()).url, { method: 'HEAD' })],
    ['a page', async () => open((await streamed({ maxUses: 1 })).url, { headers: PERSON })],
    [
      'a redeem by JSON',
      async () => {
        link = await streamed({ maxUses: 1 });
        return redeem({}, { Accept: 'application/json' });
      },
    ],
    [
      'a redeem by a page',
      async () => {
        link = await streamed({ maxUses: 1 });
        return redeem({}, PERSON);
      },
    ],
    ...[301, 403, 404, 412, 416, 500, 503].map((status): [string, () => Promise<Response>] => [
      `a store that answers ${status}`,
      async () => {
        vi.spyOn(console, 'error').mockImplementation(() => {});
        const Location = 'https://private-bucket.s3.amazonaws.com/reports/q3.pdf';
        const body = `<Error><BucketName>private-bucket</BucketName><Key>reports/q3.pdf</Key></Error>`;
        storeAnswers(() => new Response(body, { status, headers: { Location } }));
        return open((await streamed()).url);
      },
    ]),
  ];

  it.each(CASES)('is not told by %s', async (_case, ask) => {
    await expectHidden(await ask());
  });
});

describe('a store that fails', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
  });

  it.each([403, 500, 503])('with %d is 502 with Retry-After', async (status) => {
    storeAnswers(() => new Response('<Error/>', { status }));
    const opened = await open((await streamed()).url);
    expect(opened.status).toBe(502);
    expect(opened.headers.get('Retry-After')).toBe('10');
    expect(opened.headers.get('Content-Security-Policy')).not.toContain('sandbox');
    expect(await reasonOf(opened)).toBe('store_failing');
  });

  it('by not answering is the same, and costs no second use', async () => {
    link = await streamed({ maxUses: 1 });
    vi.mocked(fetch).mockRejectedValueOnce(new TypeError('no connection'));
    expect((await withClaim(CLAIM)).status).toBe(502);
    expect((await withClaim(CLAIM)).status).toBe(200);
    expect(await inspected()).toMatchObject({ usesLeft: 0 });
  });

  it.each([
    [404, 'object_missing'],
    [412, 'precondition_failed'],
    [416, 'range_not_satisfiable'],
  ])('with %d says %s', async (status, reason) => {
    storeAnswers(() => new Response('<ActualObjectSize>44</ActualObjectSize>', { status }));
    const opened = await open((await streamed()).url, { headers: { Range: 'bytes=99-' } });
    expect(opened.status).toBe(status);
    expect(await reasonOf(opened)).toBe(reason);
    expect(opened.headers.get('Content-Range')).toBe(status === 416 ? 'bytes */44' : null);
  });

  it('by being pointed elsewhere is 503, and is not asked', async () => {
    link = await streamed();
    const STORES = { demo: { ...TEST_BINDINGS.STORES.demo, bucket: 'another-bucket' } };
    expect((await open(link.url, { env: { ...realEnv, STORES } })).status).toBe(503);
    expect(asked).toEqual([]);
  });
});

describe('a link of one use that streams', () => {
  beforeEach(async () => {
    link = await streamed({ maxUses: 1 });
  });

  it('spends nothing and gives nothing to whoever only looks', async () => {
    expect((await open(link.url)).status).toBe(428);
    expect((await open(link.url, { headers: PERSON })).status).toBe(200);
    expect((await open(link.url, { method: 'HEAD' })).status).toBe(200);
    expect((await withClaim(CLAIM, { method: 'HEAD' })).status).toBe(200);
    expect((await withCookie(OTHER)).headers.get('Content-Type')).toContain('text/html');
    expect((await withCookie(OTHER, 'HEAD')).headers.get('Content-Length')).toBeNull();
    const prefetch = { ...PERSON, 'Sec-Purpose': 'prefetch' };
    expect((await open(link.url, { headers: prefetch })).status).toBe(503);
    expect(asked).toEqual([]);
    expect(await inspected()).toMatchObject({ usesLeft: 1, opens: 0 });
  });

  it('streams to a GET with a claim, again and in parts, for one use', async () => {
    expect(await (await withClaim(CLAIM)).text()).toBe(BODY);
    const part = await withClaim(CLAIM, { headers: { Range: 'bytes=4-8' } });
    expect(await part.text()).toBe('third');
    const head = await withClaim(CLAIM, { method: 'HEAD' });
    expect(head.headers.get('Content-Length')).toBe(String(BODY.length));
    expect(await inspected()).toMatchObject({ usesLeft: 0, opens: 3 });
    expect(await reasonOf(await withClaim(OTHER))).toBe('used_up');
  });

  it('sends who used the page back to itself, where the cookie streams', async () => {
    const redeemed = await redeem({ claim: CLAIM }, PERSON);
    expect(redeemed.status).toBe(303);
    expect(redeemed.headers.get('Location')).toBe(new URL(link.url).pathname);
    expect(redeemed.headers.get('Set-Cookie')).toContain(`claim=${CLAIM};`);
    expect(asked).toEqual([]);
    expect(await (await withCookie(CLAIM)).text()).toBe(BODY);
    expect((await withCookie(CLAIM, 'HEAD')).headers.get('Content-Length')).toBe(
      String(BODY.length),
    );
    expect(await inspected()).toMatchObject({ usesLeft: 0 });
    expect((await withCookie(OTHER)).status).toBe(410);
  });

  it('tells who asks for JSON its own URL, until when the claim is good', async () => {
    link = await streamed({ maxUses: 1, claimSeconds: 60 });
    const redeemed = await redeem({ claim: CLAIM }, { Accept: 'application/json' });
    const { url, claim, expiresAt } = await json<Record<string, string>>(redeemed);
    expect(url).toBe(link.url);
    expect(claim).toBe(CLAIM);
    expect(Date.parse(expiresAt ?? '')).toBe(Date.now() + 60 * SECOND);
    expect(await (await withClaim(CLAIM)).text()).toBe(BODY);
    vi.setSystemTime(Date.now() + 60 * SECOND);
    expect(await reasonOf(await withClaim(CLAIM))).toBe('used_up');
  });

  it('streams to a program that redeems it by a POST, and tells it the claim', async () => {
    const redeemed = await redeem({}, { Accept: '*/*' });
    expect(redeemed.status).toBe(200);
    expect(await redeemed.text()).toBe(BODY);
    const drawn = redeemed.headers.get('Hallpass-Claim') ?? '';
    expect((await withClaim(drawn)).status).toBe(200);
    expect(await inspected()).toMatchObject({ usesLeft: 0 });
  });

  it('streams to nobody once it was revoked, by whatever claim', async () => {
    await withClaim(CLAIM);
    await revoke(app, link.id);
    asked = [];
    expect(await reasonOf(await withClaim(CLAIM))).toBe('revoked');
    expect((await withCookie(CLAIM)).status).toBe(410);
    expect(asked).toEqual([]);
  });

  it('gives nothing while the gate is down', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const GATES = answering<typeof realEnv.GATES>(() => Promise.reject(new Error('down')));
    expect((await withClaim(CLAIM, { env: { ...realEnv, GATES } })).status).toBe(503);
    expect(asked).toEqual([]);
  });
});

describe('a link with a password that streams', () => {
  it('needs it once, then the claim', async () => {
    link = await streamed({ password: 'correct horse' });
    expect(await reasonOf(await withClaim(CLAIM))).toBe('password_required');
    expect((await withCookie(CLAIM)).headers.get('Content-Type')).toContain('text/html');
    expect((await redeem({ password: 'wrong', claim: CLAIM }, PERSON)).status).toBe(403);
    expect(asked).toEqual([]);
    const redeemed = await redeem({ password: 'correct horse', claim: CLAIM }, PERSON);
    expect(redeemed.status).toBe(303);
    expect(await (await withCookie(CLAIM)).text()).toBe(BODY);
    const path = `/v1/links/${link.id}`;
    await request('PATCH', path, { bearer: app.apiKey, body: { password: 'another' } });
    expect((await withCookie(CLAIM)).headers.get('Content-Type')).toContain('text/html');
  });
});

describe('a stream under way', () => {
  const LONG = 1_000_000;
  const env = { ...realEnv, STREAM_RECHECK_SECONDS: 1 };
  const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * SECOND));

  beforeEach(() => {
    vi.useRealTimers();
    // For hours, unless somebody cuts it.
    storeAnswers(() => {
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          await seconds(0.1);
          controller.enqueue(new Uint8Array(10));
        },
      });
      return new Response(body, { headers: { 'Content-Length': String(LONG) } });
    });
  });

  async function expectCut(response: Response): Promise<void> {
    let bytes = 0;
    const reading = (async () => {
      for await (const chunk of response.body as ReadableStream<Uint8Array>) bytes += chunk.length;
    })();
    await expect(Promise.race([reading, seconds(6)])).rejects.toThrow();
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(LONG);
  }

  it.each(['strong', 'edge'])(
    'of a link that is %s is cut after a revoke',
    async (consistency) => {
      link = await streamed({ consistency });
      const { env: counted, operations } = countedEnv(env);
      const opened = await open(link.url, { env: counted });
      expect(opened.headers.get('Content-Length')).toBe(String(LONG));
      const cut = expectCut(opened);
      await seconds(1.5);
      await revoke(app, link.id);
      await cut;
      expect(operations.length).toBeGreaterThanOrEqual(3);
      const recheck = consistency === 'edge' ? 'kv.get' : 'gate.openUntil';
      expect(new Set(operations.slice(2))).toEqual(new Set([recheck]));
      // Nothing goes on once it has ended.
      const count = operations.length;
      await seconds(1.5);
      expect(operations).toHaveLength(count);
    },
    15_000,
  );

  it('is cut at the end of its link', async () => {
    link = await streamed({ ttlSeconds: 2 });
    const opened = await open(link.url, { env: { ...env, STREAM_RECHECK_SECONDS: 60 } });
    await expectCut(opened);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(link.expiresAt));
    expect(Date.now()).toBeLessThan(Date.parse(link.expiresAt) + SECOND);
  }, 15_000);

  it('is cut when its gate gives no answer three times', async () => {
    link = await streamed();
    const gate = realEnv.GATES.getByName(link.id);
    let rechecks = 0;
    const GATES = {
      getByName: () => ({
        open: (...facts: Parameters<typeof gate.open>) => gate.open(...facts),
        openUntil: () => {
          rechecks += 1;
          return Promise.reject(new Error('down'));
        },
      }),
    } as unknown as typeof realEnv.GATES;
    const opened = await open(link.url, { env: { ...env, GATES } });
    await expectCut(opened);
    expect(rechecks).toBe(3);
  }, 15_000);
});

describe('a gate', () => {
  it('says until when it is open, which spends and counts nothing', async () => {
    link = await streamed({ maxUses: 1 });
    const gate = realEnv.GATES.getByName(link.id);
    expect(await gate.openUntil()).toBe(Date.parse(link.expiresAt));
    expect(await inspected()).toMatchObject({ usesLeft: 1, opens: 0, denials: {} });
    vi.setSystemTime(link.expiresAt);
    expect(await gate.openUntil()).toBeUndefined();
    vi.setSystemTime(Date.parse(link.expiresAt) - SECOND);
    await revoke(app, link.id);
    expect(await gate.openUntil()).toBeUndefined();
    expect(await realEnv.GATES.getByName('lnk_unknown').openUntil()).toBeUndefined();
  });
});
