// Requests signed by headers, held against the canonical request written out by hand.

import { expect, test } from 'vitest';
import { createRequestSigner, type SignableRequest } from '../../../src/stores/sign-request.ts';
import { signatureOf } from '../../support/sigv4.ts';
import { testStore } from '../../support/stores.ts';

const NOW = Date.UTC(2030, 0, 31, 12, 0, 0);
const STORE = testStore({
  endpoint: 'http://localhost:9000',
  session: { token: 'session/token+==', expiresAt: NOW + 60_000 },
});

const sign = (request: Partial<SignableRequest> = {}, store = STORE) =>
  createRequestSigner()(store, { key: 'a b/+%.txt', now: NOW, ...request });

test('a request is signed over everything that makes it, but not over what is sent beside', async () => {
  const { url, headers } = await sign({ query: { versionId: 'v 1+' } });
  expect(url).toBe('http://localhost:9000/private-bucket/a%20b/%2B%25.txt?versionId=v%201%2B');
  const canonical = [
    'GET',
    '/private-bucket/a%20b/%2B%25.txt',
    'versionId=v%201%2B',
    'host:localhost:9000',
    'x-amz-content-sha256:UNSIGNED-PAYLOAD',
    'x-amz-date:20300131T120000Z',
    'x-amz-security-token:session/token+==',
    '',
    'host;x-amz-content-sha256;x-amz-date;x-amz-security-token',
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const signature = await signatureOf(canonical, { ...STORE, datetime: '20300131T120000Z' });
  expect(headers).toEqual({
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-amz-date': '20300131T120000Z',
    'x-amz-security-token': 'session/token+==',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20300131/eu-central-1/s3/aws4_request' +
      ', SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token' +
      `, Signature=${signature}`,
  });
});

test('without parameters and a session there are none', async () => {
  const { url, headers } = await sign({}, testStore());
  expect(url).toBe('https://s3.eu-central-1.amazonaws.com/private-bucket/a%20b/%2B%25.txt');
  expect(Object.keys(headers)).toEqual(['x-amz-content-sha256', 'x-amz-date', 'authorization']);
});

test.each(['..', '../other-bucket/a.txt', 'a/../../other-bucket/a.txt', 'a/./b'])(
  'the key %j, had it come this far, is never signed',
  async (key) => {
    await expect(sign({ key })).rejects.toThrow('another object');
  },
);
