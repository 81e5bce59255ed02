// A grant is presigned in the store it was granted in, as that store is today, or not at all.

import { describe, expect, test } from 'vitest';
import { type Config, readConfig } from '../../../src/config.ts';
import type { Grant } from '../../../src/links/grant.ts';
import { createGrantPresigner } from '../../../src/stores/presign-grant.ts';
import { TEST_BINDINGS } from '../../support/bindings.ts';

const NOW = Date.UTC(2030, 0, 31, 12, 0, 0);
const UNAVAILABLE = { ok: false, denial: { reason: 'store_unavailable' } };
const GRANT: Grant = {
  app: 'App1',
  operation: 'download',
  consistency: 'strong',
  store: 'demo',
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  bucket: 'private-bucket',
  key: 'reports/Übersicht.pdf',
  disposition: 'inline',
  contentType: 'application/pdf',
};
const OTHER_GRANT: Grant = {
  ...GRANT,
  store: 'other',
  endpoint: 'https://account.r2.cloudflarestorage.com',
  bucket: 'other-bucket',
};
const SESSION = {
  STORE_DEMO_SESSION_TOKEN: 'token',
  STORE_DEMO_SESSION_EXPIRES_AT: '2030-01-31T12:00:20Z',
};

function presign(
  grant: Partial<Grant> = {},
  {
    config = readConfig(TEST_BINDINGS),
    now = NOW,
    method = 'GET',
  }: { config?: Config; now?: number; method?: 'GET' | 'HEAD' } = {},
) {
  const expiresAt = NOW + 3_600_000;
  return createGrantPresigner(
    config,
    () => now,
  )({ method, grant: { ...GRANT, ...grant }, expiresAt });
}

async function urlOf(result: ReturnType<typeof presign>): Promise<URL> {
  const presigned = await result;
  if (!presigned.ok) throw new Error(presigned.denial.reason);
  return new URL(presigned.value.url);
}

describe('what is granted', () => {
  test('the object comes under its name and type, and is not to be kept', async () => {
    const { origin, pathname, searchParams } = await urlOf(presign());
    expect(origin + decodeURIComponent(pathname)).toBe(
      'https://s3.eu-central-1.amazonaws.com/private-bucket/reports/Übersicht.pdf',
    );
    expect(searchParams.get('response-content-disposition')).toBe(
      `inline; filename="Ubersicht.pdf"; filename*=UTF-8''%C3%9Cbersicht.pdf`,
    );
    expect(searchParams.get('response-content-type')).toBe('application/pdf');
    expect(searchParams.get('response-cache-control')).toBe('private, no-store');
    expect(searchParams.get('X-Amz-Expires')).toBe('90');
  });

  test('GET and HEAD are signed differently', async () => {
    const urls = [await urlOf(presign()), await urlOf(presign({}, { method: 'HEAD' }))];
    const [get, head] = urls.map((url) => url.searchParams.get('X-Amz-Signature'));
    expect(get).not.toBe(head);
  });

  test('a store that ignores overrides is asked for none', async () => {
    const { searchParams } = await urlOf(presign(OTHER_GRANT));
    expect([...searchParams.keys()].filter((name) => name.startsWith('response-'))).toEqual([]);
  });
});

describe('the store is unavailable', () => {
  test.each([
    ['it is gone', { store: 'gone' }],
    ['it is disabled by its settings', { store: 'broken' }],
    ['its alias now means another endpoint', { endpoint: 'https://s3.us-east-1.amazonaws.com' }],
    ['its alias now means another bucket', { bucket: 'public-bucket' }],
    ['its alias now means another store altogether', { store: 'other' }],
  ])('when %s', async (_case, grant) => {
    expect(await presign(grant)).toEqual(UNAVAILABLE);
  });

  test('when its session has run out, and not a second before', async () => {
    const config = readConfig({ ...TEST_BINDINGS, ...SESSION });
    const { searchParams } = await urlOf(presign({}, { config, now: NOW + 19_000 }));
    expect(searchParams.get('X-Amz-Security-Token')).toBe('token');
    expect(searchParams.get('X-Amz-Expires')).toBe('31');
    expect(await presign({}, { config, now: NOW + 20_000 })).toEqual(UNAVAILABLE);
  });
});

test('a link that ends between the permit of its gate and here has expired', async () => {
  expect((await presign({}, { now: NOW + 3_599_999 })).ok).toBe(true);
  expect(await presign({}, { now: NOW + 3_600_000 })).toEqual({
    ok: false,
    denial: { reason: 'expired' },
  });
});
