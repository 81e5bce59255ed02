// Which probes a check sends, in which order, and what it makes of all their answers together.

import { describe, expect, test } from 'vitest';
import type { Config, Store } from '../../../src/config.ts';
import { objectKeyFault } from '../../../src/links/object-key.ts';
import {
  createStoreChecker,
  type StoreCheck,
  type StoreCheckRequest,
} from '../../../src/stores/check-store.ts';
import { testStore } from '../../support/stores.ts';

const NOW = Date.UTC(2030, 0, 31, 12, 0, 0);
const ORIGIN = 'https://get.example.com';
const KEY = 'reports/q1.pdf';
const CORS = {
  'Access-Control-Allow-Origin': ORIGIN,
  'Access-Control-Allow-Methods': 'PUT',
  'Access-Control-Allow-Headers': 'content-type, if-none-match, x-amz-checksum-sha256',
  'Access-Control-Expose-Headers': 'ETag',
};

type Asked = { readonly method: string; readonly url: URL; readonly init: RequestInit };
/** What a store does otherwise than a sound one: `undefined` leaves it to that. */
type Quirk = (asked: Asked & { readonly what: string }) => Response | Promise<never> | undefined;

const denied = () => refusal(403, 'AccessDenied');
const silent = () => Promise.reject(new TypeError('no connection'));

function refusal(status: number, code: string): Response {
  return new Response(`<Error><Code>${code}</Code></Error>`, { status });
}

/** A sound AWS bucket with the minimal policy: one object is there, and whatever is written. */
function soundStore(): (asked: Asked & { what: string }) => Response {
  const objects = new Set([`/private-bucket/${KEY}`]);
  return ({ what, url }) => {
    if (what === 'PUT') objects.add(url.pathname);
    if (what === 'PUT' || what === 'OPTIONS') return new Response('', { headers: CORS });
    if (what !== 'GET' || !objects.has(url.pathname)) return denied();
    const headers = new Headers();
    for (const name of ['Cache-Control', 'Content-Disposition']) {
      const override = url.searchParams.get(`response-${name.toLowerCase()}`);
      if (override) headers.set(name, override);
    }
    return new Response('x', { status: 206, headers });
  };
}

/** `GET`, `PUT`, `DELETE` when signed; `OPTIONS`, `LIST`, and `anybody’s` of what is not signed. */
function nameOf({ method, url }: Asked): string {
  const name = url.searchParams.has('list-type') ? 'LIST' : method;
  const isSigned = url.searchParams.has('X-Amz-Signature') || method === 'OPTIONS';
  return isSigned ? name : `anybody’s ${name}`;
}

async function check(
  request: Partial<StoreCheckRequest> = {},
  quirk: Quirk = () => undefined,
  store: Store = testStore(),
) {
  const asked: (Asked & { what: string })[] = [];
  const sound = soundStore();
  const config = {
    publicUrl: ORIGIN,
    stores: new Map([['demo', store]]),
    storeFaults: new Map([['broken', 'Store "broken" is disabled: STORES.broken must be a table']]),
  } as unknown as Config;
  const checkStore = createStoreChecker(
    config,
    () => NOW,
    (length) => new Uint8Array(length).fill(7),
    async (address, init) => {
      const url = new URL(address);
      const one = { method: init.method ?? 'GET', url, init };
      const named = { ...one, what: nameOf(one) };
      asked.push(named);
      return (await quirk(named)) ?? sound(named);
    },
  );
  const checked = await checkStore('demo', { write: false, ...request });
  if (!checked.ok) throw new Error('there is such a store');
  return { checked: checked.value, asked, checkStore };
}

const codesOf = ({ findings }: StoreCheck) => findings.map(({ code }) => code);

describe('a sound store', () => {
  test('has nothing but notes, with a key and with a write', async () => {
    const byKey = await check({ key: KEY });
    expect(byKey.checked.ok).toBe(true);
    expect(codesOf(byKey.checked)).toEqual(['cors_etag_unseen', 'policy_choices']);
    expect(codesOf((await check({})).checked)).toEqual([
      'cors_etag_unseen',
      'get_object_unproven',
      'policy_choices',
    ]);
    // With the minimal policy nothing can be deleted.
    const byWrite = await check({ write: true });
    expect(byWrite.checked.ok).toBe(true);
    expect(codesOf(byWrite.checked)).toEqual(['probe_left', 'policy_choices']);
  });

  test('is asked nothing that could be redirected, kept or endless', async () => {
    const { asked } = await check({ key: KEY, write: true });
    for (const { init } of asked) {
      expect(init).toMatchObject({ redirect: 'manual', cache: 'no-store' });
      expect(init.signal).toBeInstanceOf(AbortSignal);
    }
  });

  test('is read first, and its URLs live for half a minute', async () => {
    const { asked } = await check({ key: KEY });
    expect(asked[0]?.what).toBe('GET');
    expect(asked[0]?.url.pathname).toBe(`/private-bucket/${KEY}`);
    for (const { url, what } of asked.filter(({ url: { search } }) => search.includes('X-Amz'))) {
      expect([what, url.searchParams.get('X-Amz-Expires')]).toEqual([what, '60']);
    }
    expect(asked.map(({ what }) => what).sort()).toEqual([
      'GET',
      'GET',
      'LIST',
      'OPTIONS',
      'anybody’s GET',
      'anybody’s LIST',
    ]);
  });

  test('is written under the prefix only, as an upload link would, and only when asked', async () => {
    const { asked, checked } = await check({ prefix: 'shared/in/', write: true });
    const writes = asked.filter(({ what }) => what === 'PUT' || what === 'DELETE');
    expect(writes.map(({ what }) => what)).toEqual(['PUT', 'DELETE']);
    for (const { url } of writes) {
      expect(url.pathname).toMatch(
        /^\/private-bucket\/shared\/in\/hallpass-check-[0-9A-Za-z]{22}$/,
      );
    }
    expect(writes[0]?.init.headers).toMatchObject({
      'content-type': 'text/plain',
      'if-none-match': '*',
    });
    expect(writes[0]?.url.searchParams.get('X-Amz-SignedHeaders')).toBe(
      'content-type;host;if-none-match',
    );
    const left = checked.findings.find(({ code }) => code === 'probe_left');
    expect(left?.message).toMatch(/"shared\/in\/hallpass-check-[0-9A-Za-z]{22}"/);
    expect(checked.policy?.Statement[0]?.Resource).toBe('arn:aws:s3:::private-bucket/shared/in/*');
    const readOnly = await check({ key: KEY, prefix: 'shared/in/' });
    expect(readOnly.asked.filter(({ what }) => what === 'PUT' || what === 'DELETE')).toEqual([]);
  });

  test('takes the longest prefix that may be asked for', async () => {
    const { asked } = await check({ prefix: `${'a'.repeat(899)}/`, write: true });
    const key = asked
      .find(({ what }) => what === 'PUT')
      ?.url.pathname.slice('/private-bucket/'.length);
    expect(objectKeyFault(key ?? '')).toBeUndefined();
  });
});

describe('what spoils every request', () => {
  test.each([
    ['unreachable', silent],
    ['no_such_bucket', () => refusal(404, 'NoSuchBucket')],
    ['bad_signature', () => refusal(403, 'SignatureDoesNotMatch')],
    ['store_failing', () => refusal(503, 'SlowDown')],
    ['unexpected_answer', () => new Response('<html>', { status: 404 })],
  ] as [string, Quirk][])('is told once (%s), and nothing more is asked', async (code, quirk) => {
    for (const key of [undefined, KEY]) {
      const { asked, checked } = await check({ key, write: true }, quirk);
      expect(checked.ok).toBe(false);
      expect(codesOf(checked)).toEqual([code, 'policy_choices']);
      expect(asked).toHaveLength(1);
    }
  });

  test('is a session that has ended, without asking', async () => {
    const session = { token: 'session-token', expiresAt: NOW };
    const { asked, checked } = await check({ key: KEY }, undefined, testStore({ session }));
    expect(codesOf(checked)[0]).toBe('credentials_expired');
    expect(asked).toEqual([]);
  });

  test('is told with a clock that is off beside it, and as one where it is the clock', async () => {
    const headers = { Date: new Date(NOW - 3_600_000).toUTCString() };
    const of = (code: string) => () =>
      new Response(`<Error><Code>${code}</Code></Error>`, { status: 403, headers });
    const beside = await check({}, of('InvalidAccessKeyId'));
    expect(codesOf(beside.checked)).toEqual(['unknown_access_key', 'clock_skew', 'policy_choices']);
    const itself = await check({}, of('RequestTimeTooSkewed'));
    expect(codesOf(itself.checked)).toEqual(['clock_skew', 'policy_choices']);
    expect(itself.checked.ok).toBe(false);
  });

  test('on the way is told once, the gravest finding first', async () => {
    const { checked } = await check({ key: KEY }, ({ what, url }) =>
      what === 'GET' && !url.searchParams.has('response-cache-control') ? undefined : silent(),
    );
    expect(checked.ok).toBe(false);
    expect(codesOf(checked)).toEqual(['unreachable', 'policy_choices']);
  });
});

describe('single faults', () => {
  test.each<[string, Partial<StoreCheckRequest>, Quirk]>([
    ['get_object_missing', { key: KEY }, ({ what }) => (what === 'GET' ? denied() : undefined)],
    ['get_object_missing', { write: true }, ({ what }) => (what === 'GET' ? denied() : undefined)],
    [
      'object_not_found',
      { key: KEY },
      ({ what }) => (what === 'GET' ? refusal(404, 'NoSuchKey') : undefined),
    ],
    [
      'overrides_ignored',
      { key: KEY },
      ({ what }) => (what === 'GET' ? new Response('x', { status: 206 }) : undefined),
    ],
    [
      'overrides_ignored',
      { write: true },
      ({ what, url }) =>
        what === 'GET' && url.searchParams.has('response-cache-control')
          ? refusal(400, 'InvalidRequest')
          : undefined,
    ],
    [
      'bucket_public',
      { key: KEY },
      ({ what }) => (what === 'anybody’s GET' ? new Response('x') : undefined),
    ],
    [
      'bucket_public',
      { write: true },
      ({ what }) => (what === 'anybody’s GET' ? new Response('x') : undefined),
    ],
    [
      'bucket_public',
      {},
      ({ what }) => (what === 'anybody’s LIST' ? new Response('<ListBucketResult>') : undefined),
    ],
    [
      'list_bucket_granted',
      {},
      ({ what }) => (what === 'LIST' ? new Response('<ListBucketResult>') : undefined),
    ],
    [
      'list_bucket_implied',
      {},
      ({ what }) => (what === 'GET' ? refusal(404, 'NoSuchKey') : undefined),
    ],
    [
      'cors_missing',
      {},
      ({ what }) => (what === 'OPTIONS' ? refusal(403, 'AccessForbidden') : undefined),
    ],
    [
      'cors_etag_hidden',
      { write: true },
      ({ what }) =>
        what === 'PUT'
          ? new Response('', { headers: { 'Access-Control-Allow-Origin': '*' } })
          : undefined,
    ],
    ['put_object_missing', { write: true }, ({ what }) => (what === 'PUT' ? denied() : undefined)],
    [
      'delete_object_granted',
      { write: true },
      ({ what }) => (what === 'DELETE' ? new Response(null, { status: 204 }) : undefined),
    ],
    [
      'clock_skew',
      {},
      ({ what }) =>
        what === 'GET'
          ? new Response('<Error><Code>AccessDenied</Code></Error>', {
              status: 403,
              headers: { Date: new Date(NOW + 60_000).toUTCString() },
            })
          : undefined,
    ],
  ])('%s is found with %j', async (code, request, quirk) => {
    const { checked } = await check(request, quirk);
    expect(codesOf(checked)).toContain(code);
    const isGrave = checked.findings.some(({ level }) => level === 'error');
    expect(checked.ok).toBe(!isGrave);
  });

  test('overrides that are switched off but honoured are a note', async () => {
    const off = testStore({ responseOverrides: false });
    expect(codesOf((await check({ key: KEY }, undefined, off)).checked)).toContain(
      'overrides_unused',
    );
  });

  test('an empty object is readable, though it has no first byte', async () => {
    const { checked, asked } = await check({ key: KEY }, ({ what, init }) => {
      const isRanged = new Headers(init.headers).has('Range');
      return what === 'GET' && isRanged ? refusal(416, 'InvalidRange') : undefined;
    });
    expect(codesOf(checked)).toEqual(['cors_etag_unseen', 'policy_choices']);
    expect(asked.filter(({ what }) => what === 'GET')).toHaveLength(4);
  });
});

describe('what a check writes', () => {
  const versioned = { ...CORS, 'x-amz-version-id': 'v1' };
  const deletesOf = (asked: { what: string; url: URL }[]) =>
    asked
      .filter(({ what }) => what === 'DELETE')
      .map(({ url }) => url.searchParams.get('versionId'));

  test('is deleted with its version', async () => {
    const { checked, asked } = await check({ key: KEY, write: true }, ({ what }) => {
      if (what === 'PUT') return new Response('', { headers: versioned });
      return what === 'DELETE' ? new Response(null, { status: 204 }) : undefined;
    });
    expect(deletesOf(asked)).toEqual(['v1']);
    expect(codesOf(checked)).toEqual(['delete_object_granted', 'policy_choices']);
  });

  test('is hidden at least, where versions may not be deleted, and told of', async () => {
    const { checked, asked } = await check({ key: KEY, write: true }, ({ what, url }) => {
      if (what === 'PUT') return new Response('', { headers: versioned });
      const isVersion = url.searchParams.has('versionId');
      return what === 'DELETE' && !isVersion ? new Response(null, { status: 204 }) : undefined;
    });
    expect(deletesOf(asked)).toEqual(['v1', null]);
    expect(codesOf(checked)).toEqual(['delete_object_granted', 'probe_left', 'policy_choices']);
  });

  test('is deleted also when the write gave no answer, and not when it was refused', async () => {
    const unclear = await check({ write: true }, ({ what }) =>
      what === 'PUT' ? silent() : undefined,
    );
    expect(deletesOf(unclear.asked)).toEqual([null]);
    expect(codesOf(unclear.checked)).toContain('probe_left');
    const refused = await check({ write: true }, ({ what }) =>
      what === 'PUT' ? denied() : undefined,
    );
    expect(deletesOf(refused.asked)).toEqual([]);
    expect(codesOf(refused.checked)).toEqual([
      'put_object_missing',
      'get_object_unproven',
      'policy_choices',
    ]);
  });
});

test('R2 has no policy but a note, and listing and deleting are notes there too', async () => {
  const r2 = testStore({ endpoint: 'https://account.r2.cloudflarestorage.com', region: 'auto' });
  const { checked } = await check(
    { write: true },
    ({ what }) => (what === 'LIST' || what === 'DELETE' ? new Response('') : undefined),
    r2,
  );
  expect(checked.policy).toBeNull();
  expect(checked.findings.map(({ level, code }) => [level, code])).toEqual([
    ['note', 'list_bucket_granted'],
    ['note', 'delete_object_granted'],
    ['note', 'policy_of_r2'],
  ]);
});

test('a disabled store is not well, and an unknown one is refused', async () => {
  const { checkStore, asked } = await check();
  const before = asked.length;
  expect(await checkStore('broken', { write: true })).toEqual({
    ok: true,
    value: {
      store: 'broken',
      ok: false,
      findings: [
        {
          level: 'error',
          code: 'store_disabled',
          message: 'Store "broken" is disabled: STORES.broken must be a table.',
        },
      ],
      policy: null,
    },
  });
  for (const alias of ['nowhere', '__proto__', 'constructor', '']) {
    expect(await checkStore(alias, { write: true })).toEqual({
      ok: false,
      denial: { reason: 'store_not_found' },
    });
  }
  expect(asked).toHaveLength(before);
});
