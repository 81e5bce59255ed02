// What a store's answers mean for a link that shall only be minted for an object that is there.

import { describe, expect, test } from 'vitest';
import type { Config } from '../../../src/config.ts';
import { createObjectVerifier } from '../../../src/stores/verify-object.ts';
import { testStore } from '../../support/stores.ts';

const NOW = Date.UTC(2030, 0, 31, 12, 0, 0);
const OBJECT = { store: 'demo', key: 'reports/q1.pdf' };

type Answer = { status: number; headers?: Record<string, string> };

/** Asks a store that answers so, one answer after the other. */
function verify(answers: readonly Answer[], object: { versionId?: string } = {}) {
  const asked: { url: URL; init: RequestInit }[] = [];
  const config = { stores: new Map([['demo', testStore()]]) } as unknown as Config;
  const verifier = createObjectVerifier(
    config,
    () => NOW,
    async (url, init) => {
      asked.push({ url: new URL(url), init });
      const answer = answers[asked.length - 1];
      if (!answer) throw new TypeError(`no connection to ${url}`);
      return new Response(answer.status === 304 ? null : 'x', {
        status: answer.status,
        headers: answer.headers ?? {},
      });
    },
  );
  return { result: verifier({ ...OBJECT, ...object }), asked };
}

const FIRST_BYTE: Answer = {
  status: 206,
  headers: {
    'Content-Range': 'bytes 0-0/12345',
    'Content-Length': '1',
    'Content-Type': 'application/pdf',
    ETag: '"abc"',
  },
};

describe('an object', () => {
  test('that is there is told by its first byte', async () => {
    const { result, asked } = verify([FIRST_BYTE]);
    expect(await result).toEqual({
      ok: true,
      value: { size: 12_345, contentType: 'application/pdf', etag: '"abc"' },
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url.pathname).toBe('/private-bucket/reports/q1.pdf');
    expect(asked[0]?.init).toMatchObject({
      headers: { Range: 'bytes=0-0' },
      redirect: 'manual',
      cache: 'no-store',
    });
  });

  test('that is empty has no first byte, and is there', async () => {
    const headers = { 'Content-Length': '0', 'Content-Type': 'text/plain', ETag: '"e"' };
    const { result } = verify([{ status: 416 }, { status: 200, headers }]);
    expect(await result).toEqual({
      ok: true,
      value: { size: 0, contentType: 'text/plain', etag: '"e"' },
    });
  });

  test('of a version is asked for by that version, and no other one passes for it', async () => {
    const headers = { ...FIRST_BYTE.headers, 'x-amz-version-id': 'v1' };
    const right = verify([{ status: 206, headers }], { versionId: 'v1' });
    expect(await right.result).toMatchObject({ ok: true });
    expect(right.asked[0]?.url.searchParams.get('versionId')).toBe('v1');
    for (const answer of [FIRST_BYTE, { status: 206, headers }]) {
      const { result } = verify([answer], { versionId: 'v2' });
      expect(await result).toEqual({ ok: false, denial: { reason: 'object_not_found' } });
    }
  });

  test.each([404, 403, 400, 405])('is not there when the store answers %d', async (status) => {
    const { result } = verify([{ status }]);
    expect(await result).toEqual({ ok: false, denial: { reason: 'object_not_found' } });
  });

  test.each([301, 307, 429, 500, 503])('can’t be told when it answers %d', async (status) => {
    const { result } = verify([{ status }]);
    expect(await result).toEqual({ ok: false, denial: { reason: 'store_unavailable' } });
  });

  test('can’t be told when the store gives no answer', async () => {
    const { result } = verify([]);
    expect(await result).toEqual({ ok: false, denial: { reason: 'store_unavailable' } });
  });
});
