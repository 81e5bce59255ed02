// The presigner alone: AWS's published example, how long a URL lives, and what is signed and sent.

import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Store } from '../../../src/config.ts';
import { createPresigner, type PresignObject } from '../../../src/stores/presign.ts';
import { canonicalRequest, signatureOf } from '../../support/sigv4.ts';
import { testStore } from '../../support/stores.ts';

const NOW = Date.UTC(2030, 0, 31, 12, 0, 0);
const ALWAYS = Number.MAX_SAFE_INTEGER;

async function presign(
  store: Store,
  object: Partial<PresignObject> = {},
  presigner = createPresigner(),
): Promise<string | undefined> {
  const defaults = { method: 'GET', key: 'a.txt', notAfter: ALWAYS, now: NOW } as const;
  const presigned = await presigner(store, { ...defaults, ...object });
  return presigned?.url;
}

function parameter(url: string | undefined, name: string): string {
  return new URL(url ?? 'no URL').searchParams.get(name) ?? 'nothing';
}

/** When a URL begins and ceases to be valid, in milliseconds since 1970. */
function lifeOf(url: string | undefined): { from: number; until: number } {
  const date = parameter(url, 'X-Amz-Date');
  const from = Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  return { from, until: from + Number(parameter(url, 'X-Amz-Expires')) * 1_000 };
}

/** Whether a server, that knows the secret and sees only what was sent, accepts the signature. */
async function isAccepted(url: string | undefined, store: Store): Promise<boolean> {
  const canonical = canonicalRequest({ method: 'GET', url: url ?? 'no URL' });
  const datetime = parameter(url, 'X-Amz-Date');
  return (
    parameter(url, 'X-Amz-Signature') === (await signatureOf(canonical, { ...store, datetime }))
  );
}

test.each([
  ['path', '/private-bucket/'],
  ['virtual', '/'],
] as const)(
  'the bucket itself is addressed by an empty key, %s-style',
  async (addressing, path) => {
    const store = testStore({ addressing });
    const url = await presign(store, { key: '', query: { 'list-type': '2', prefix: 'a b/' } });
    expect(new URL(url ?? '').pathname).toBe(path);
    expect(await isAccepted(url, store)).toBe(true);
  },
);

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
test("AWS's published example has AWS's published URL", async () => {
  const store = testStore({
    endpoint: 'https://s3.amazonaws.com',
    region: 'us-east-1',
    bucket: 'examplebucket',
    addressing: 'virtual',
    maxUrlSeconds: 86_370,
  });
  const url = await presign(store, { key: 'test.txt', now: Date.UTC(2013, 4, 24, 0, 0, 30) });
  const [address, search = ''] = (url ?? '').split('?');
  expect(address).toBe('https://examplebucket.s3.amazonaws.com/test.txt');
  expect(search.split('&').sort()).toEqual([
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    'X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request',
    'X-Amz-Date=20130524T000000Z',
    'X-Amz-Expires=86400',
    'X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    'X-Amz-SignedHeaders=host',
  ]);
});

describe('what is signed', () => {
  const store = testStore({
    session: { token: 'session/token+==', expiresAt: ALWAYS },
    endpoint: 'http://localhost:9000',
  });
  const query = { 'response-content-disposition': 'attachment; filename="a b+c.txt"' };
  const canonical = [
    'GET',
    '/private-bucket/a%20b/%2B%25.txt',
    'X-Amz-Algorithm=AWS4-HMAC-SHA256' +
      '&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20300131%2Feu-central-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20300131T115930Z' +
      '&X-Amz-Expires=90' +
      '&X-Amz-Security-Token=session%2Ftoken%2B%3D%3D' +
      '&X-Amz-SignedHeaders=host' +
      '&response-content-disposition=attachment%3B%20filename%3D%22a%20b%2Bc.txt%22',
    'host:localhost:9000',
    '',
    'host',
    'UNSIGNED-PAYLOAD',
  ].join('\n');

  test('a URL is signed over the canonical request written out by hand', async () => {
    const url = await presign(store, { key: 'a b/+%.txt', query });
    expect(parameter(url, 'X-Amz-Signature')).toBe(
      await signatureOf(canonical, { ...store, datetime: '20300131T115930Z' }),
    );
  });

  test('everything that is sent is in the canonical request, byte for byte', async () => {
    const url = await presign(store, { key: 'a b/+%.txt', query });
    const [path, search] = canonical.split('\n').slice(1);
    expect(url?.replace(/&X-Amz-Signature=[0-9a-f]{64}$/, '')).toBe(
      `http://localhost:9000${path}?${search}`,
    );
  });

  test('no extra parameter of any name or value is sent unsigned', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(text, text, { maxKeys: 4 }), async (extra) => {
        const url = await presign(store, { query: extra });
        expect(await isAccepted(url, store)).toBe(true);
        for (const [name, value] of Object.entries(extra)) expect(parameter(url, name)).toBe(value);
      }),
      { numRuns: 40 },
    );
  });
});

describe('how long a URL lives', () => {
  test('it is dated back by 30 seconds and lives that much longer', async () => {
    const url = await presign(testStore());
    expect(lifeOf(url)).toEqual({ from: NOW - 30_000, until: NOW + 60_000 });
    expect(url).toMatch(/[?&]X-Amz-Expires=90&/);
  });

  test("it ends with the store's cap, the link or the session, whichever is first", async () => {
    const session = { token: 'token', expiresAt: NOW + 20_000 };
    const ends = [
      await presign(testStore({ maxUrlSeconds: 40, session }), { notAfter: NOW + 30_000 }),
      await presign(testStore({ maxUrlSeconds: 40 }), { notAfter: NOW + 30_000 }),
      await presign(testStore({ maxUrlSeconds: 40 }), { notAfter: NOW + 50_000 }),
    ].map((url) => lifeOf(url).until - NOW);
    expect(ends).toEqual([20_000, 30_000, 40_000]);
  });

  test('it never outlives any of them, and is valid when it is given out', async () => {
    const milliseconds = fc.integer({ min: -2_000, max: 4_000_000 });
    const cases = fc.record({
      now: fc.integer({ min: 0, max: Date.UTC(2100) }),
      cap: fc.integer({ min: 15, max: 3_600 }),
      linkLeft: milliseconds,
      sessionLeft: fc.option(milliseconds),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ now, cap, linkLeft, sessionLeft }) => {
        const session =
          sessionLeft === null ? undefined : { token: 'token', expiresAt: now + sessionLeft };
        const end = Math.min(now + cap * 1_000, now + linkLeft, session?.expiresAt ?? ALWAYS);
        const store = testStore({ maxUrlSeconds: cap, session });
        const url = await presign(store, { now, notAfter: now + linkLeft });
        if (url === undefined) {
          expect(end - now).toBeLessThan(1_000);
          return;
        }
        const { from, until } = lifeOf(url);
        expect(from).toBe(Math.floor(now / 1_000) * 1_000 - 30_000);
        expect(until).toBe(Math.floor(end / 1_000) * 1_000);
        expect(until).toBeGreaterThan(now);
      }),
    );
  });

  // A URL ends with a whole second, so what counts is whether one lies between now and the end.
  test.each([
    ['the link ends now', NOW, NOW],
    ['the link ended before', NOW, NOW - 1],
    ['the link ends within a second', NOW, NOW + 999],
    ['the link ends within the second that has begun', NOW + 300, NOW + 999],
  ])('there is none when %s', async (_case, now, notAfter) => {
    expect(await presign(testStore(), { now, notAfter })).toBeUndefined();
    const session = { token: 'token', expiresAt: notAfter };
    expect(await presign(testStore({ session }), { now })).toBeUndefined();
  });

  test('a link that ends with the next whole second still gets one', async () => {
    const url = await presign(testStore(), { now: NOW + 300, notAfter: NOW + 1_000 });
    expect(lifeOf(url).until).toBe(NOW + 1_000);
  });
});

describe('the signing key', () => {
  const midnight = Date.UTC(2030, 1, 1);

  test('it changes at midnight UTC by the date of the signature', async () => {
    const store = testStore();
    const presigner = createPresigner();
    const at = (now: number) => presign(store, { now }, presigner);
    const urls = [
      await at(midnight - 1_000),
      await at(midnight + 29_000),
      await at(midnight + 30_000),
      await at(midnight - 1_000),
    ];
    const dates = urls.map((url) => parameter(url, 'X-Amz-Date'));
    expect(dates).toEqual([
      '20300131T235929Z',
      '20300131T235959Z',
      '20300201T000000Z',
      '20300131T235929Z',
    ]);
    for (const url of urls) {
      expect(parameter(url, 'X-Amz-Credential')).toContain(
        `/${parameter(url, 'X-Amz-Date').slice(0, 8)}/`,
      );
      expect(await isAccepted(url, store)).toBe(true);
    }
  });

  test('it is imported once for each store and day', async () => {
    const presigner = createPresigner();
    const stores = [testStore({ alias: 'one' }), testStore({ alias: 'two' })];
    const imported = vi.spyOn(crypto.subtle, 'importKey');
    const counts: number[] = [];
    for (const now of [NOW, NOW + 1_000, NOW + 86_400_000, NOW + 86_401_000]) {
      const object = { method: 'GET', key: 'a.txt', notAfter: ALWAYS, now } as const;
      for (const store of stores) await presigner(store, object);
      counts.push(imported.mock.calls.length);
    }
    imported.mockRestore();
    const [first = 0, second, nextDay = 0, last] = counts;
    expect(first).toBeGreaterThan(0);
    expect([second, nextDay, last]).toEqual([first, first * 2, first * 2]);
  });

  test('it belongs to one store: another secret or region signs with another', async () => {
    const presigner = createPresigner();
    const stores = [
      testStore({ alias: 'one' }),
      testStore({ alias: 'two', secretAccessKey: 'another secret' }),
      testStore({ alias: 'three', region: 'us-east-1' }),
    ];
    const urls = await Promise.all(stores.map((store) => presign(store, {}, presigner)));
    for (const [index, store] of stores.entries()) {
      expect(await isAccepted(urls[index], store)).toBe(true);
    }
    expect(new Set(urls.map((url) => parameter(url, 'X-Amz-Signature'))).size).toBe(3);
  });
});

test.each(['..', '../other-bucket/a.txt', 'a/../../other-bucket/a.txt', '.', 'a/./b'])(
  'the key %j, had it come this far, is never presigned',
  async (key) => {
    await expect(presign(testStore(), { key })).rejects.toThrow('another object');
  },
);
