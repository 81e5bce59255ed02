// What a store's answers mean for a recipient of a stream.

import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Config, Store } from '../../../src/config.ts';
import type { Log } from '../../../src/lib/log.ts';
import type { Grant } from '../../../src/links/grant.ts';
import { createObjectFetcher } from '../../../src/stores/fetch-object.ts';
import { testStore } from '../../support/stores.ts';

const NOW = Date.UTC(2030, 0, 31, 12, 0, 0);
const STORE = testStore();
const GRANT: Grant = {
  app: 'App1',
  operation: 'download',
  consistency: 'strong',
  store: 'demo',
  endpoint: STORE.endpoint,
  bucket: STORE.bucket,
  key: 'reports/q1.pdf',
  delivery: 'stream',
  disposition: 'attachment',
};

type Answer = { status: number; headers?: Record<string, string>; body?: string };
type Asked = { url: URL; init: RequestInit; headers: Headers };

/** Fetches from a store that answers so, one answer after the other. */
async function fetchFrom(
  answers: readonly Answer[],
  {
    method = 'GET',
    headers = {},
    grant = {},
    store = STORE,
  }: {
    method?: 'GET' | 'HEAD';
    headers?: Record<string, string>;
    grant?: Partial<Grant>;
    store?: Store;
  } = {},
) {
  const asked: Asked[] = [];
  const config = { stores: new Map([['demo', store]]) } as unknown as Config;
  const fetchObject = createObjectFetcher(
    config,
    () => NOW,
    async (url, init) => {
      asked.push({ url: new URL(url), init, headers: new Headers(init.headers as HeadersInit) });
      const answer = answers[asked.length - 1];
      if (!answer) throw new TypeError(`no connection to ${url}`);
      const body = answer.status === 304 ? null : (answer.body ?? 'x');
      return new Response(body, { status: answer.status, headers: answer.headers ?? {} });
    },
    logged,
  );
  return { result: await fetchObject({ method, grant: { ...GRANT, ...grant }, headers }), asked };
}

const logged = vi.fn<Log>();

afterEach(() => {
  logged.mockClear();
});

test('an object is asked for by a signed request that nothing on the way keeps or changes', async () => {
  const { result, asked } = await fetchFrom(
    [{ status: 206, headers: { 'Content-Length': '1', 'Content-Range': 'bytes 5-5/9' } }],
    { headers: { range: 'bytes=5-5' }, grant: { versionId: 'v1' } },
  );
  expect(result).toMatchObject({ ok: true, value: { status: 206, size: 1 } });
  expect(asked[0]?.url.href).toBe(
    'https://s3.eu-central-1.amazonaws.com/private-bucket/reports/q1.pdf?versionId=v1',
  );
  expect(asked[0]?.init).toMatchObject({
    cache: 'no-store',
    redirect: 'manual',
    encodeResponseBody: 'manual',
  });
  expect(asked[0]?.headers.get('range')).toBe('bytes=5-5');
  expect(asked[0]?.headers.get('accept-encoding')).toBe('identity');
  expect(asked[0]?.headers.get('authorization')).toMatch(
    /SignedHeaders=host;x-amz-content-sha256;x-amz-date,/,
  );
});

describe('a HEAD', () => {
  test('is answered by the first byte', async () => {
    const headers = { 'Content-Length': '1', 'Content-Range': 'bytes 0-0/12345', ETag: '"abc"' };
    const { result, asked } = await fetchFrom([{ status: 206, headers }], { method: 'HEAD' });
    expect(result).toMatchObject({
      ok: true,
      value: { status: 200, headers: { 'Content-Length': '12345', ETag: '"abc"' } },
    });
    expect(result.ok && result.value.body).toBeUndefined();
    expect(asked).toHaveLength(1);
    expect(asked[0]?.init.method).toBeUndefined();
    expect(asked[0]?.headers.get('range')).toBe('bytes=0-0');
  });

  test('of an empty object, which has no first byte, is answered by all of it', async () => {
    const headers = { 'Content-Length': '0', ETag: '"e"' };
    const { result, asked } = await fetchFrom([{ status: 416 }, { status: 200, headers }], {
      method: 'HEAD',
    });
    expect(result).toMatchObject({
      ok: true,
      value: { status: 200, headers: { 'Content-Length': '0', ETag: '"e"' } },
    });
    expect(asked[1]?.headers.get('range')).toBeNull();
  });

  test('of what has not changed is answered so', async () => {
    const { result } = await fetchFrom([{ status: 304, headers: { ETag: '"abc"' } }], {
      method: 'HEAD',
      headers: { 'if-none-match': '"abc"' },
    });
    expect(result).toEqual({ ok: true, value: { status: 304, headers: { ETag: '"abc"' } } });
  });
});

describe('a part of what has changed', () => {
  const request = { headers: { range: 'bytes=5-', 'if-range': '"old"' } };
  const whole = { status: 200, headers: { 'Content-Length': '1', ETag: '"new"' } };

  test.each([
    ['knows If-Match', { status: 412 }],
    ['ignores it', { status: 206, headers: { ETag: '"new"' } }],
  ])('is replaced by all of it, where the store %s', async (_case, first) => {
    const { result, asked } = await fetchFrom([first, whole], request);
    expect(result).toMatchObject({ ok: true, value: { status: 200 } });
    expect(asked[1]?.headers.get('range')).toBeNull();
    expect(asked[1]?.headers.get('if-match')).toBeNull();
  });
});

describe('a refusal', () => {
  const SECRET = '<Error><Code>AccessDenied</Code><BucketName>private-bucket</BucketName></Error>';

  test.each([
    [404, { reason: 'object_missing' }],
    [412, { reason: 'precondition_failed' }],
    [403, { reason: 'store_failing' }],
    [400, { reason: 'store_failing' }],
    [301, { reason: 'store_failing' }],
    [307, { reason: 'store_failing' }],
    [429, { reason: 'store_failing' }],
    [500, { reason: 'store_failing' }],
    [503, { reason: 'store_failing' }],
  ])('%d is told without the store’s words', async (status, denial) => {
    const { result } = await fetchFrom([{ status, body: SECRET }]);
    expect(result).toEqual({ ok: false, denial });
    const line = { event: 'store.failed', store: 'demo', error: 'StoreRefused', status };
    const isFault = denial.reason === 'store_failing';
    expect(logged.mock.calls).toEqual(isFault ? [['error', line]] : []);
  });

  test.each([
    ['in a header', { status: 416, headers: { 'Content-Range': 'bytes */9' } }, 9],
    ['in its error', { status: 416, body: '<ActualObjectSize>9</ActualObjectSize>' }, 9],
    ['nowhere', { status: 416, body: SECRET }, undefined],
  ])('416 has the size that the store told %s', async (_case, answer, size) => {
    const { result } = await fetchFrom([answer], { headers: { range: 'bytes=9-' } });
    expect(result).toEqual({ ok: false, denial: { reason: 'range_not_satisfiable', size } });
  });

  test('no connection is one, and neither the answer nor the log has the URL', async () => {
    const { result } = await fetchFrom([]);
    expect(result).toEqual({ ok: false, denial: { reason: 'store_failing' } });
    expect(JSON.stringify(logged.mock.calls)).not.toMatch(/amazonaws|q1|private-bucket/);
  });

  test('a store that was pointed elsewhere, or whose session has ended, is not asked', async () => {
    const session = { token: 'token', expiresAt: NOW };
    for (const store of [testStore({ bucket: 'another' }), testStore({ session })]) {
      const { result, asked } = await fetchFrom([{ status: 200 }], { store });
      expect(result).toEqual({ ok: false, denial: { reason: 'store_unavailable' } });
      expect(asked).toEqual([]);
    }
  });
});
