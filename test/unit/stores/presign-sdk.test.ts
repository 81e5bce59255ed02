// Our presigned URLs against those of AWS's own presigner: the same path, the same parameters, and so
// the same signature, byte for byte. Both sides apply S3's rule that a path is never normalised: the
// SDK sends `//`, a leading `/` and `...` as they stand, so that no key needs an exception here.

import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../../src/config.ts';
import { objectKeyFault } from '../../../src/links/object-key.ts';
import {
  BACKDATE_SECONDS,
  createPresigner,
  type PresignObject,
} from '../../../src/stores/presign.ts';
import { responseOverrides } from '../../../src/stores/response-overrides.ts';
import { AWKWARD_KEYS, allowedKeys } from '../../support/object-keys.ts';
import { testStore } from '../../support/stores.ts';

const NOW = Date.UTC(2030, 0, 31, 12, 0, 0);
const ALWAYS = Number.MAX_SAFE_INTEGER;
const SESSION = { token: 'FwoGZXIvYXdzE/session+token==', expiresAt: ALWAYS };

const STORES = {
  'path-style': testStore(),
  'path-style with a session': testStore({ session: SESSION }),
  'virtual-hosted': testStore({ addressing: 'virtual' }),
  'virtual-hosted with a session': testStore({ addressing: 'virtual', session: SESSION }),
  R2: testStore({ endpoint: 'https://account.r2.cloudflarestorage.com', region: 'auto' }),
  'local with a port': testStore({ endpoint: 'http://localhost:9000', region: 'us-east-1' }),
  'local and virtual-hosted': testStore({
    endpoint: 'http://localhost:9000',
    addressing: 'virtual',
  }),
};

/** What the SDK adds by itself. It is signed, so ours gets the same to be comparable. */
const SDK_PARAMETERS = {
  GET: { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD', 'x-id': 'GetObject' },
  HEAD: { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' },
  PUT: { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD', 'x-id': 'PutObject' },
  POST: { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' },
  DELETE: { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD', 'x-id': 'DeleteObject' },
};

function sdkClient(store: Store): S3Client {
  const { accessKeyId, secretAccessKey, session } = store;
  return new S3Client({
    region: store.region,
    endpoint: store.endpoint,
    forcePathStyle: store.addressing === 'path',
    credentials: { accessKeyId, secretAccessKey, ...(session && { sessionToken: session.token }) },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

function sdkUrl(
  store: Store,
  command: GetObjectCommand | HeadObjectCommand | PutObjectCommand | DeleteObjectCommand,
): Promise<string> {
  return getSignedUrl(sdkClient(store), command, {
    signingDate: new Date(NOW - BACKDATE_SECONDS * 1_000),
    expiresIn: store.maxUrlSeconds + BACKDATE_SECONDS,
    signableHeaders: new Set(['host', 'content-type', 'content-length']),
    unhoistableHeaders: new Set(['if-none-match']),
  });
}

async function ourUrl(
  store: Store,
  { method, query, ...object }: Pick<PresignObject, 'method' | 'key' | 'query' | 'headers'>,
): Promise<string> {
  const presigned = await createPresigner()(store, {
    ...object,
    method,
    query: { ...query, ...SDK_PARAMETERS[method] },
    notAfter: ALWAYS,
    now: NOW,
  });
  return presigned?.url ?? 'no URL';
}

/** A URL as its address and its raw parameters, whose order alone is free. */
function inOrder(url: string): string[] {
  const [address = '', search = ''] = url.split('?');
  return [address, ...search.split('&').sort()];
}

test('every awkward key is one that a link may name', () => {
  expect(AWKWARD_KEYS.length).toBeGreaterThanOrEqual(40);
  expect(AWKWARD_KEYS.filter((key) => objectKeyFault(key) !== undefined)).toEqual([]);
});

describe.each(Object.entries(STORES))('%s', (_name, store) => {
  const Bucket = store.bucket;

  test.each(AWKWARD_KEYS)('a GET of %j is signed as the SDK signs it', async (key) => {
    const theirs = await sdkUrl(store, new GetObjectCommand({ Bucket, Key: key }));
    expect(inOrder(await ourUrl(store, { method: 'GET', key }))).toEqual(inOrder(theirs));
  });

  test('a GET of any allowed key is signed as the SDK signs it', async () => {
    await fc.assert(
      fc.asyncProperty(allowedKeys, async (key) => {
        const theirs = await sdkUrl(store, new GetObjectCommand({ Bucket, Key: key }));
        expect(inOrder(await ourUrl(store, { method: 'GET', key }))).toEqual(inOrder(theirs));
      }),
      { numRuns: 50 },
    );
  });

  test('a HEAD has its own signature', async () => {
    const key = 'reports/a b.pdf';
    const theirs = await sdkUrl(store, new HeadObjectCommand({ Bucket, Key: key }));
    expect(inOrder(await ourUrl(store, { method: 'HEAD', key }))).toEqual(inOrder(theirs));
  });

  test('a DELETE of one version has its own signature', async () => {
    const key = 'reports/a b.pdf';
    const versionId = 'L4kqtJlcpXroDTDmpUMLUo';
    const theirs = await sdkUrl(
      store,
      new DeleteObjectCommand({ Bucket, Key: key, VersionId: versionId }),
    );
    const ours = await ourUrl(store, { method: 'DELETE', key, query: { versionId } });
    expect(inOrder(ours)).toEqual(inOrder(theirs));
  });

  test('a PUT binds the type, the length and the condition it is signed with', async () => {
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'if-none-match': '*' };
    const theirs = await sdkUrl(
      store,
      new PutObjectCommand({
        Bucket,
        Key: 'in/a b.txt',
        ContentType: headers['content-type'],
        ContentLength: 12,
        IfNoneMatch: '*',
      }),
    );
    const ours = await ourUrl(store, {
      method: 'PUT',
      key: 'in/a b.txt',
      headers: { ...headers, 'content-length': '12' },
    });
    expect(inOrder(ours)).toEqual(inOrder(theirs));
    expect(ours).toContain('SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bif-none-match');
  });

  test.each(['plain.pdf', 'Übersicht "2030"; 100%.pdf', "日本語 \u{1f389}+'()*!.pdf"])(
    'the response overrides for %j are signed as the SDK signs them',
    async (filename) => {
      const query = responseOverrides({
        app: 'App1',
        operation: 'download',
        consistency: 'strong',
        store: store.alias,
        endpoint: store.endpoint,
        bucket: store.bucket,
        key: 'a b',
        disposition: 'inline',
        filename,
        contentType: 'text/plain; charset="utf-8"',
      });
      const theirs = await sdkUrl(
        store,
        new GetObjectCommand({
          Bucket,
          Key: 'a b',
          ResponseCacheControl: query['response-cache-control'],
          ResponseContentDisposition: query['response-content-disposition'],
          ResponseContentType: query['response-content-type'],
        }),
      );
      const ours = await ourUrl(store, { method: 'GET', key: 'a b', query });
      expect(inOrder(ours)).toEqual(inOrder(theirs));
    },
  );
});
