// What the answers of a store mean for an upload, and what a store is asked.

import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Config, Store } from '../../../src/config.ts';
import type { CompletedPart, PinnedObject, UploadStore } from '../../../src/links/upload-ports.ts';
import { escapeXml, parseXml } from '../../../src/stores/s3-xml.ts';
import { createUploadStore } from '../../../src/stores/upload-store.ts';
import { allowedKeys } from '../../support/object-keys.ts';
import { presignedEnd } from '../../support/presigned.ts';
import { testStore } from '../../support/stores.ts';

const NOW = Date.UTC(2030, 0, 31, 12, 0, 0);
const OBJECT: PinnedObject = {
  store: 'demo',
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  bucket: 'private-bucket',
  key: 'in/box.zip',
};
const UNAVAILABLE = { ok: false, denial: { reason: 'store_unavailable' } };
const DONE = { ok: true, value: undefined };
const ID = 'upload+/=1';
const PARTS: CompletedPart[] = [{ partNumber: 1, etag: '"one"' }];
const BASE64 = 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=';
const HEX = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

type Answer = { status: number; headers?: Record<string, string>; body?: string };
type Asked = { url: URL; init: RequestInit };

/** Stores that answer so, one answer after the other, and then not at all. */
function uploads(answers: readonly Answer[] = [], settings: Partial<Store> = {}) {
  const asked: Asked[] = [];
  const config = { stores: new Map([['demo', testStore(settings)]]) } as unknown as Config;
  const store = createUploadStore(
    config,
    () => NOW,
    async (url, init) => {
      asked.push({ url: new URL(url), init });
      const answer = answers[asked.length - 1];
      if (!answer) throw new TypeError(`no connection to ${url}`);
      const { status, headers = {}, body = '' } = answer;
      return new Response([204, 304].includes(status) ? null : body, { status, headers });
    },
  );
  return { store, asked };
}

function error(status: number, code: string): Answer {
  return { status, body: `<?xml version="1.0"?><Error><Code>${code}</Code></Error>` };
}

/** Every call that asks the store, or presigns for it. */
const CALLS: [string, (store: UploadStore, object?: PinnedObject) => Promise<unknown>][] = [
  ['presignPut', (store, object = OBJECT) => store.presignPut(object, put())],
  ['beginMultipart', (store, object = OBJECT) => store.beginMultipart(object, { checksum: false })],
  [
    'presignParts',
    (store, object = OBJECT) =>
      store.presignParts(object, ID, [{ partNumber: 1, size: 5 }], NOW + 60_000),
  ],
  ['listParts', (store, object = OBJECT) => store.listParts(object, ID)],
  [
    'completeMultipart',
    (store, object = OBJECT) => store.completeMultipart(object, ID, PARTS, { ifAbsent: true }),
  ],
  ['abortMultipart', (store, object = OBJECT) => store.abortMultipart(object, ID)],
  ['inspect', (store, object = OBJECT) => store.inspect(object)],
  ['remove', (store, object = OBJECT) => store.remove(object)],
];
const ASKING = CALLS.filter(([name]) => !name.startsWith('presign'));

function put(request: Partial<Parameters<UploadStore['presignPut']>[1]> = {}) {
  return { size: 5, ifAbsent: false, expiresAt: NOW + 3_600_000, ...request };
}

describe.each(CALLS)('%s', (_name, call) => {
  test.each([
    ['gone', { store: 'gone' }],
    ['at another endpoint', { endpoint: 'https://s3.us-east-1.amazonaws.com' }],
    ['another bucket', { bucket: 'public-bucket' }],
  ])('asks nobody where the store is %s', async (_case, change) => {
    const { store, asked } = uploads();
    expect(await call(store, { ...OBJECT, ...change })).toEqual(UNAVAILABLE);
    expect(asked).toEqual([]);
  });

  test('asks nobody where the session has ended', async () => {
    const { store, asked } = uploads([], { session: { token: 'token', expiresAt: NOW } });
    expect(await call(store)).toEqual(UNAVAILABLE);
    expect(asked).toEqual([]);
  });
});

describe.each(ASKING)('%s', (_name, call) => {
  test.each<Answer>([
    { status: 301 },
    { status: 307, headers: { Location: 'https://elsewhere.example.com' } },
    error(400, 'InvalidRequest'),
    error(403, 'AccessDenied'),
    error(403, 'NoSuchKey'),
    { status: 404 },
    error(404, 'NoSuchBucket'),
    { status: 405 },
    error(409, 'OperationAborted'),
    error(429, 'SlowDown'),
    error(500, 'InternalError'),
    error(503, 'SlowDown'),
  ])('can’t be told after %j', async (answer) => {
    expect(await call(uploads([answer, answer]).store)).toEqual(UNAVAILABLE);
  });

  test('can’t be told without an answer, and nothing of its failure is', async () => {
    expect(await call(uploads().store)).toEqual(UNAVAILABLE);
  });

  test('follows no redirect, keeps nothing, doesn’t wait for ever, and addresses the object', async () => {
    const { store, asked } = uploads();
    await call(store);
    const [{ url, init } = { url: undefined, init: undefined }] = asked;
    expect(init).toMatchObject({ redirect: 'manual', cache: 'no-store' });
    expect(init?.signal).toBeInstanceOf(AbortSignal);
    expect(url?.origin).toBe(OBJECT.endpoint);
    expect(url?.pathname).toBe('/private-bucket/in/box.zip');
  });
});

test.each(ASKING)(
  '%s waits for seconds, and for half a minute only to complete',
  async (name, call) => {
    const timer = vi.spyOn(globalThis, 'setTimeout');
    await call(uploads().store);
    const delays = timer.mock.calls.map(([, delay]) => delay);
    expect(delays).toEqual([name === 'completeMultipart' ? 30_000 : 3_000]);
    timer.mockRestore();
  },
);

const WITH_RESULTS = ['beginMultipart', 'listParts', 'completeMultipart'];
test.each(CALLS.filter(([name]) => WITH_RESULTS.includes(name)))(
  '%s can’t be told by a page of a proxy',
  async (_name, call) => {
    const page = { status: 200, body: '<html>welcome</html>' };
    expect(await call(uploads([page]).store)).toEqual(UNAVAILABLE);
  },
);

describe('a PUT', () => {
  test('is signed with exactly its headers', async () => {
    const { store } = uploads();
    const result = await store.presignPut(
      OBJECT,
      put({ contentType: 'application/zip', ifAbsent: true, sha256: HEX }),
    );
    if (!result.ok) throw new Error(result.denial.reason);
    const { url, headers, expiresAt } = result.value;
    expect(headers).toEqual({
      'Content-Length': '5',
      'Content-Type': 'application/zip',
      'If-None-Match': '*',
      'x-amz-checksum-sha256': BASE64,
    });
    expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toBe(
      'content-length;content-type;host;if-none-match;x-amz-checksum-sha256',
    );
    expect(presignedEnd(new URL(url))).toBe(expiresAt);
    expect(expiresAt).toBe(NOW + 60_000);
  });

  test('has no header that wasn’t asked for', async () => {
    const result = await uploads().store.presignPut(OBJECT, put());
    expect(result).toMatchObject({ value: { headers: { 'Content-Length': '5' } } });
    const url = new URL(result.ok ? result.value.url : '');
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host');
  });

  test('addresses its object, whatever its key', async () => {
    await fc.assert(
      fc.asyncProperty(allowedKeys, async (key) => {
        const result = await uploads().store.presignPut({ ...OBJECT, key }, put());
        const { pathname } = new URL(result.ok ? result.value.url : '');
        expect(decodeURIComponent(pathname)).toBe(`/private-bucket/${key}`);
      }),
    );
  });

  test('never outlives what it stands for, and isn’t begun after its end', async () => {
    const { store } = uploads();
    const short = await store.presignPut(OBJECT, put({ expiresAt: NOW + 20_000 }));
    expect(short).toMatchObject({ value: { expiresAt: NOW + 20_000 } });
    const late = { ok: false, denial: { reason: 'expired' } };
    expect(await store.presignPut(OBJECT, put({ expiresAt: NOW }))).toEqual(late);
    expect(await store.presignParts(OBJECT, ID, [{ partNumber: 1, size: 5 }], NOW)).toEqual(late);
  });

  test.each([HEX.toUpperCase(), BASE64])('takes the SHA-256 as %s', async (sha256) => {
    const result = await uploads().store.presignPut(OBJECT, put({ sha256 }));
    expect(result).toMatchObject({ value: { headers: { 'x-amz-checksum-sha256': BASE64 } } });
  });

  test.each(['', 'abc', HEX.slice(1), `${BASE64.slice(0, -2)}1=`, `${BASE64}\r\nx: y`])(
    'throws for the SHA-256 %j, which its caller should have refused',
    async (sha256) => {
      await expect(uploads().store.presignPut(OBJECT, put({ sha256 }))).rejects.toThrow(RangeError);
    },
  );
});

describe('what a store can’t enforce is refused', () => {
  test('a condition', async () => {
    const { store, asked } = uploads([], { conditionalWrites: false });
    expect(await store.presignPut(OBJECT, put({ ifAbsent: true }))).toEqual(UNAVAILABLE);
    const completed = await store.completeMultipart(OBJECT, ID, PARTS, { ifAbsent: true });
    expect(completed).toEqual(UNAVAILABLE);
    expect(asked).toEqual([]);
    expect(await store.presignPut(OBJECT, put())).toMatchObject({ ok: true });
  });

  test('a checksum', async () => {
    const { store, asked } = uploads([], { checksums: false });
    expect(await store.presignPut(OBJECT, put({ sha256: HEX }))).toEqual(UNAVAILABLE);
    expect(await store.beginMultipart(OBJECT, { checksum: true })).toEqual(UNAVAILABLE);
    const parts = [{ partNumber: 1, size: 5, sha256: HEX }];
    expect(await store.presignParts(OBJECT, ID, parts, NOW + 60_000)).toEqual(UNAVAILABLE);
    const checked = PARTS.map((part) => ({ ...part, sha256: HEX }));
    const completed = await store.completeMultipart(OBJECT, ID, checked, { ifAbsent: false });
    expect(completed).toEqual(UNAVAILABLE);
    expect(asked).toEqual([]);
    expect(await store.presignPut(OBJECT, put({ ifAbsent: true }))).toMatchObject({ ok: true });
  });
});

describe('a multipart upload', () => {
  const begun = (id: string): Answer => ({
    status: 200,
    body: `<InitiateMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Bucket>b</Bucket><Key>${escapeXml('</Key><UploadId>forged</UploadId>')}</Key><UploadId>${escapeXml(id)}</UploadId></InitiateMultipartUploadResult>`,
  });

  test('is begun with its type and its kind of checksum, both signed', async () => {
    const { store, asked } = uploads([begun(ID)]);
    const request = { contentType: 'application/zip', checksum: true };
    expect(await store.beginMultipart(OBJECT, request)).toEqual({
      ok: true,
      value: { multipartId: ID },
    });
    const [{ url, init }] = asked as [Asked];
    expect(init.method).toBe('POST');
    expect(url.searchParams.get('uploads')).toBe('');
    expect(init.headers).toEqual({
      'Content-Type': 'application/zip',
      'x-amz-checksum-algorithm': 'SHA256',
    });
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe(
      'content-type;host;x-amz-checksum-algorithm',
    );
  });

  test.each(['', 'a b', 'a\nb', 'ü', 'x'.repeat(2_049)])('has no id such as %j', async (id) => {
    const { store } = uploads([begun(id)]);
    expect(await store.beginMultipart(OBJECT, { checksum: false })).toEqual(UNAVAILABLE);
  });

  test('has a URL of its own for each part, for exactly that part', async () => {
    const { store } = uploads();
    const parts = [
      { partNumber: 2, size: 5, sha256: BASE64 },
      { partNumber: 10_000, size: 7 },
    ];
    const result = await store.presignParts(OBJECT, ID, parts, NOW + 45_000);
    if (!result.ok) throw new Error(result.denial.reason);
    const found = result.value.map(({ url, ...part }) => {
      const { searchParams } = new URL(url);
      const [number, id] = [searchParams.get('partNumber'), searchParams.get('uploadId')];
      return { ...part, number, id };
    });
    const expiresAt = NOW + 45_000;
    expect(found).toEqual([
      {
        partNumber: 2,
        headers: { 'Content-Length': '5', 'x-amz-checksum-sha256': BASE64 },
        expiresAt,
        number: '2',
        id: ID,
      },
      {
        partNumber: 10_000,
        headers: { 'Content-Length': '7' },
        expiresAt,
        number: '10000',
        id: ID,
      },
    ]);
  });

  test('that is gone is aborted', async () => {
    for (const answer of [{ status: 204 }, error(404, 'NoSuchUpload')]) {
      const { store, asked } = uploads([answer]);
      expect(await store.abortMultipart(OBJECT, ID)).toEqual(DONE);
      expect(asked[0]?.init.method).toBe('DELETE');
      expect(asked[0]?.url.searchParams.get('uploadId')).toBe(ID);
    }
  });
});

describe('a list of parts', () => {
  const part = (number: number | string, more = '') =>
    `<Part><PartNumber>${number}</PartNumber><ETag>&quot;e${number}&quot;</ETag><Size>5</Size>${more}</Part>`;
  const page = (parts: string, next?: number): Answer => ({
    status: 200,
    body: `<ListPartsResult><Key>${escapeXml('<Part>')}</Key><IsTruncated>${next !== undefined}</IsTruncated>${next === undefined ? '' : `<NextPartNumberMarker>${next}</NextPartNumberMarker>`}${parts}</ListPartsResult>`,
  });
  const stored = (partNumber: number) => ({ partNumber, size: 5, etag: `"e${partNumber}"` });

  test('has all its pages, and the checksums that are some', async () => {
    const checksum = `<ChecksumSHA256>${BASE64}</ChecksumSHA256>`;
    const answers = [page(part(1, checksum) + part(3), 3), page('', 4), page(part(7))];
    const { store, asked } = uploads(answers);
    expect(await store.listParts(OBJECT, ID)).toEqual({
      ok: true,
      value: [{ ...stored(1), sha256: BASE64 }, stored(3), stored(7)],
    });
    const markers = asked.map(({ url }) => url.searchParams.get('part-number-marker'));
    expect(markers).toEqual([null, '3', '4']);
    expect(asked.every(({ url }) => url.searchParams.get('uploadId') === ID)).toBe(true);
  });

  test('of an upload that is gone is none, on whatever page', async () => {
    const gone = { ok: false, denial: { reason: 'upload_gone' } };
    const answer = error(404, 'NoSuchUpload');
    expect(await uploads([answer]).store.listParts(OBJECT, ID)).toEqual(gone);
    expect(await uploads([page(part(1), 1), answer]).store.listParts(OBJECT, ID)).toEqual(gone);
  });

  test.each<[string, Answer[]]>([
    ['a page is missing', [page(part(1), 1)]],
    ['a page leads back', [page(part(1), 2), page(part(3), 2)]],
    ['a part comes twice', [page(part(1), 1), page(part(1))]],
    ['parts are out of order', [page(part(2) + part(1))]],
    ['a number is none', [page(part('one'))]],
    ['a number is 0', [page(part(0))]],
    ['a number is too high', [page(part(10_001))]],
    ['a size is missing', [page('<Part><PartNumber>1</PartNumber><ETag>e</ETag></Part>')]],
    ['it breaks off', [{ status: 200, body: page(part(1)).body?.slice(0, -5) ?? '' }]],
    ['it doesn’t end', Array.from({ length: 200 }, (_, index) => page('', index + 1))],
    ['it is too long', [{ status: 200, body: page(part(1).repeat(20_000)).body ?? '' }]],
    ['it is an error with 200', [{ ...error(200, 'InternalError') }]],
  ])('can’t be told where %s', async (_case, answers) => {
    expect(await uploads(answers).store.listParts(OBJECT, ID)).toEqual(UNAVAILABLE);
  });
});

describe('completing', () => {
  const completed = (etag: string): Answer => ({
    status: 200,
    body: `<?xml version="1.0" encoding="UTF-8"?>\n   \n <CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Location>https://x</Location><ETag>${escapeXml(etag)}</ETag></CompleteMultipartUploadResult>`,
  });
  const complete = (
    { store }: ReturnType<typeof uploads>,
    { parts = PARTS, ifAbsent = true }: { parts?: CompletedPart[]; ifAbsent?: boolean } = {},
  ) => store.completeMultipart(OBJECT, ID, parts, { ifAbsent });

  test('says which parts, in their order, and under which condition', async () => {
    const asking = uploads([completed('"whole-2"')]);
    const parts = [
      { partNumber: 2, etag: '"<&>"', sha256: HEX },
      { partNumber: 1, etag: "'one'" },
    ];
    expect(await complete(asking, { parts })).toEqual({ ok: true, value: { etag: '"whole-2"' } });
    const [{ url, init }] = asking.asked as [Asked];
    expect(init.method).toBe('POST');
    expect(url.searchParams.get('uploadId')).toBe(ID);
    expect(init.headers).toEqual({ 'If-None-Match': '*' });
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('host;if-none-match');
    const sent = parseXml(String(init.body))?.children.map(({ children }) =>
      children.map(({ name, text }) => [name, text]),
    );
    expect(sent).toEqual([
      [
        ['PartNumber', '1'],
        ['ETag', "'one'"],
      ],
      [
        ['PartNumber', '2'],
        ['ETag', '"<&>"'],
        ['ChecksumSHA256', BASE64],
      ],
    ]);
  });

  test('overwrites only where that was granted', async () => {
    const asking = uploads([completed('"e"')]);
    await complete(asking, { ifAbsent: false });
    expect(asking.asked[0]?.init.headers).toEqual({});
  });

  test('takes any ETag of a part as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (etag) => {
        const asking = uploads([completed('"e"')]);
        await complete(asking, { parts: [{ partNumber: 1, etag }] });
        const [part] = parseXml(String(asking.asked[0]?.init.body))?.children ?? [];
        expect(part?.children.map(({ text }) => text)).toEqual(['1', etag]);
      }),
    );
  });

  test.each([
    ['PreconditionFailed', 412, 'object_exists'],
    ['PreconditionFailed', 200, 'object_exists'],
    ['SomethingElse', 412, 'object_exists'],
    ['NoSuchUpload', 404, 'upload_gone'],
    ['NoSuchUpload', 200, 'upload_gone'],
    ['ConditionalRequestConflict', 409, 'upload_gone'],
    ['InvalidPart', 400, 'parts_invalid'],
    ['InvalidPartOrder', 400, 'parts_invalid'],
    ['EntityTooSmall', 400, 'parts_invalid'],
    ['BadDigest', 400, 'parts_invalid'],
    ['InternalError', 200, 'store_unavailable'],
    ['constructor', 400, 'store_unavailable'],
  ])('is refused by %s with %d as %s', async (code, status, reason) => {
    const result = await complete(uploads([error(status, code)]));
    expect(result).toEqual({ ok: false, denial: { reason } });
  });

  test.each<[string, CompletedPart[]]>([
    ['no part', []],
    ['a part twice', [...PARTS, ...PARTS]],
    ['a part 0', [{ partNumber: 0, etag: 'e' }]],
    ['a part 10,001', [{ partNumber: 10_001, etag: 'e' }]],
    ['half a part', [{ partNumber: 1.5, etag: 'e' }]],
    ['a checksum that is none', [{ partNumber: 1, etag: 'e', sha256: '</ChecksumSHA256>' }]],
  ])('with %s asks nobody', async (_case, parts) => {
    const asking = uploads();
    const result = await complete(asking, { parts });
    expect(result).toEqual({ ok: false, denial: { reason: 'parts_invalid' } });
    expect(asking.asked).toEqual([]);
  });
});

describe('an object', () => {
  const firstByte = (headers: Record<string, string> = {}): Answer => ({
    status: 206,
    headers: {
      'Content-Range': 'bytes 0-0/12345',
      'Content-Length': '1',
      'Content-Type': 'application/zip',
      ETag: '"abc"',
      ...headers,
    },
  });
  const FACTS = { size: 12_345, contentType: 'application/zip', etag: '"abc"' };
  const SUM = { 'x-amz-checksum-sha256': BASE64 };
  const inspect = async (answers: Answer[], settings: Partial<Store> = {}) => {
    const { store, asked } = uploads(answers, settings);
    return { result: await store.inspect(OBJECT), asked };
  };

  test('is told by its first byte, with its checksum', async () => {
    const { result, asked } = await inspect([firstByte(SUM)]);
    expect(result).toEqual({ ok: true, value: { ...FACTS, sha256: BASE64 } });
    expect(asked).toHaveLength(1);
    const [{ url, init }] = asked as [Asked];
    expect(init.method).toBe('GET');
    expect(init.headers).toEqual({ Range: 'bytes=0-0', 'x-amz-checksum-mode': 'ENABLED' });
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('host;x-amz-checksum-mode');
  });

  test('is asked for once more where the checksum doesn’t come with a range', async () => {
    const whole = { status: 200, headers: { 'Content-Length': '12345', ETag: '"abc"', ...SUM } };
    const { result, asked } = await inspect([firstByte(), whole]);
    expect(result).toEqual({ ok: true, value: { ...FACTS, sha256: BASE64 } });
    expect(asked[1]?.init.headers).toEqual({ 'x-amz-checksum-mode': 'ENABLED' });
  });

  test('that has no checksum has none', async () => {
    const whole = { status: 200, headers: { ETag: '"abc"' } };
    expect((await inspect([firstByte(), whole])).result).toEqual({ ok: true, value: FACTS });
  });

  test.each<[string, Answer[]]>([
    ['changed meanwhile', [firstByte(), { status: 200, headers: { ETag: '"new"', ...SUM } }]],
    ['was removed meanwhile', [firstByte(), error(404, 'NoSuchKey')]],
    ['isn’t answered again', [firstByte()]],
  ])('can’t be told when it %s', async (_case, answers) => {
    expect((await inspect(answers)).result).toEqual(UNAVAILABLE);
  });

  test('in parts has a checksum of its parts’, which is none of the whole', async () => {
    const composite = { 'x-amz-checksum-sha256': `${BASE64}-3` };
    const { result } = await inspect([firstByte(composite)]);
    expect(result).toEqual({ ok: true, value: { ...FACTS, compositeSha256: `${BASE64}-3` } });
  });

  test('in a store without checksums is asked for once, and for none', async () => {
    const { result, asked } = await inspect([firstByte()], { checksums: false });
    expect(result).toEqual({ ok: true, value: FACTS });
    expect(asked.map(({ init }) => init.headers)).toEqual([{ Range: 'bytes=0-0' }]);
  });

  test('that is empty has no first byte, and is there', async () => {
    const headers = { 'Content-Length': '0', 'Content-Type': 'text/plain', ETag: '"e"', ...SUM };
    const { result } = await inspect([error(416, 'InvalidRange'), { status: 200, headers }]);
    const value = { size: 0, contentType: 'text/plain', etag: '"e"', sha256: BASE64 };
    expect(result).toEqual({ ok: true, value });
  });

  test('is absent where the store says so for certain, and nowhere else', async () => {
    expect((await inspect([error(404, 'NoSuchKey')])).result).toEqual(DONE);
    for (const answer of [
      { status: 404 },
      error(404, 'NoSuchBucket'),
      error(403, 'AccessDenied'),
      error(403, 'NoSuchKey'),
      error(200, 'NoSuchKey'),
    ]) {
      expect((await inspect([answer])).result).not.toEqual(DONE);
    }
  });

  test('is removed, also where it isn’t there', async () => {
    for (const answer of [{ status: 204 }, { status: 200 }, error(404, 'NoSuchKey')]) {
      const { store, asked } = uploads([answer]);
      expect(await store.remove(OBJECT)).toEqual(DONE);
      expect(asked[0]?.init.method).toBe('DELETE');
    }
  });
});
