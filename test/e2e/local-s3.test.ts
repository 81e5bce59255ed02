// The local S3 does what S3 does about uploads, as Amazon's own client sees it.

import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalS3, type LocalS3 } from '../../scripts/local-s3.ts';
import { makeFolder, removeFolder } from './stack.ts';

const Bucket = 'uploads';
const CREDENTIALS = { accessKeyId: 'LOCALUPLOADS', secretAccessKey: 'the-secret-of-this-test' };
const MEBIBYTE = 1_048_576;
const PAGE = 'http://localhost:8787';

const folder = makeFolder();
let s3: LocalS3;
let client: S3Client;

beforeAll(async () => {
  s3 = await createLocalS3({ port: 0, directory: folder, buckets: [Bucket], ...CREDENTIALS });
  client = new S3Client({
    endpoint: s3.endpoint,
    region: 'us-east-1',
    credentials: CREDENTIALS,
    forcePathStyle: true,
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client?.destroy();
  await s3?.close();
  removeFolder(folder);
});

const sha256 = (body: Uint8Array | string) => createHash('sha256').update(body).digest('base64');
const bytes = (size: number, fill: number) => Buffer.alloc(size, fill);

/** What was refused: the name and the status of the error. */
async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'nothing';
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return `${$metadata?.httpStatusCode} ${name}`;
  }
}

function put(Key: string, Body: string | Uint8Array, options: object = {}) {
  return client.send(new PutObjectCommand({ Bucket, Key, Body, ...options }));
}

async function read(Key: string): Promise<string | undefined> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return Body?.transformToString();
}

function head(Key: string) {
  return client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
}

async function begin(Key: string, options: object = {}): Promise<string> {
  const command = new CreateMultipartUploadCommand({ Bucket, Key, ...options });
  return (await client.send(command)).UploadId ?? '';
}

/** Writes one part and answers what completes it. */
async function putPart(
  Key: string,
  UploadId: string,
  PartNumber: number,
  Body: Uint8Array,
  options: { ChecksumSHA256?: string } = {},
): Promise<CompletedPart> {
  const command = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ...options });
  const { ETag } = await client.send(command);
  return { PartNumber, ETag, ...options };
}

function complete(Key: string, UploadId: string, Parts: CompletedPart[], options: object = {}) {
  const command = { Bucket, Key, UploadId, MultipartUpload: { Parts }, ...options };
  return client.send(new CompleteMultipartUploadCommand(command));
}

function abort(Key: string, UploadId: string) {
  return client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
}

describe('If-None-Match: *', () => {
  it.each(['once.txt', 'a b/über+%2F.txt', 'folder/', '/leading'])(
    'writes %s once and never again, until it was deleted',
    async (key) => {
      await put(key, 'first', { IfNoneMatch: '*' });
      const again = put(key, 'second', { IfNoneMatch: '*' });
      expect(await refusal(again)).toBe('412 PreconditionFailed');
      expect(await read(key)).toBe('first');
      await put(key, 'third');
      expect(await read(key)).toBe('third');
      await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
      expect(await refusal(put(key, 'fourth', { IfNoneMatch: '*' }))).toBe('nothing');
    },
  );

  it('lets one of many writers at once win', async () => {
    const writers = Array.from({ length: 12 }, (_, index) => `writer ${index}`.repeat(10_000));
    const outcomes = await Promise.all(
      writers.map((body) => refusal(put('race.txt', body, { IfNoneMatch: '*' }))),
    );
    const winners = outcomes.flatMap((outcome, index) => (outcome === 'nothing' ? [index] : []));
    expect(winners).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === '412 PreconditionFailed')).toHaveLength(11);
    expect(await read('race.txt')).toBe(writers[winners[0] ?? -1]);
  });

  it('completes one upload of two, and none over what is there', async () => {
    const key = 'race-of-parts.bin';
    const uploads = await Promise.all([begin(key), begin(key)]);
    const parts = await Promise.all(
      uploads.map((upload, index) => putPart(key, upload, 1, bytes(10, index))),
    );
    const outcomes = await Promise.all(
      uploads.map((upload, index) =>
        refusal(complete(key, upload, parts.slice(index, index + 1), { IfNoneMatch: '*' })),
      ),
    );
    expect(outcomes.sort()).toEqual(['412 PreconditionFailed', 'nothing']);
  });

  it('is not looked at before the signature is', async () => {
    await put('there.txt', 'there');
    const url = `${s3.endpoint}/${Bucket}/there.txt`;
    const unsigned = await fetch(url, { method: 'PUT', headers: { 'If-None-Match': '*' } });
    expect(unsigned.status).toBe(403);
  });
});

describe('a SHA-256', () => {
  it('is verified before anything is written, and told when asked for', async () => {
    await put('sum.txt', 'right', { ChecksumSHA256: sha256('right') });
    const wrong = put('sum.txt', 'wrong', { ChecksumSHA256: sha256('other') });
    expect(await refusal(wrong)).toBe('400 BadDigest');
    const malformed = put('sum.txt', 'wrong', { ChecksumSHA256: 'abc' });
    expect(await refusal(malformed)).toBe('400 InvalidRequest');
    expect(await read('sum.txt')).toBe('right');
    expect(await head('sum.txt')).toMatchObject({
      ChecksumSHA256: sha256('right'),
      ChecksumType: 'FULL_OBJECT',
    });
    const unasked = await client.send(new HeadObjectCommand({ Bucket, Key: 'sum.txt' }));
    expect(unasked.ChecksumSHA256).toBeUndefined();
  });

  it('is forgotten with the object it was of', async () => {
    await put('forgotten.txt', 'one', { ChecksumSHA256: sha256('one') });
    await put('forgotten.txt', 'two');
    expect((await head('forgotten.txt')).ChecksumSHA256).toBeUndefined();
  });

  it('of an object in parts is that of the parts’', async () => {
    const key = 'sums.bin';
    const upload = await begin(key, { ChecksumAlgorithm: 'SHA256' });
    const bodies = [bytes(5 * MEBIBYTE, 1), bytes(5 * MEBIBYTE, 2), bytes(7, 3)];
    const parts: CompletedPart[] = [];
    for (const [index, body] of bodies.entries()) {
      parts.push(await putPart(key, upload, index + 1, body, { ChecksumSHA256: sha256(body) }));
    }
    const wrong = putPart(key, upload, 2, bytes(1, 9), { ChecksumSHA256: sha256('other') });
    expect(await refusal(wrong)).toBe('400 BadDigest');
    const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    expect(await refusal(complete(key, upload, bare as CompletedPart[]))).toBe(
      '400 InvalidRequest',
    );
    await complete(key, upload, parts);
    const digests = bodies.map((body) => createHash('sha256').update(body).digest());
    expect(await head(key)).toMatchObject({
      ContentLength: 10 * MEBIBYTE + 7,
      ChecksumSHA256: `${sha256(Buffer.concat(digests))}-3`,
      ChecksumType: 'COMPOSITE',
    });
  });
});

describe('a multipart upload', () => {
  it('lists its parts by pages', async () => {
    const key = 'pages.bin';
    const upload = await begin(key);
    for (const number of [3, 1, 20, 2, 10]) await putPart(key, upload, number, bytes(number, 1));
    const listed: number[][] = [];
    let PartNumberMarker: string | undefined;
    do {
      const page = { Bucket, Key: key, UploadId: upload, MaxParts: 2, PartNumberMarker };
      const { Parts = [], ...answer } = await client.send(new ListPartsCommand(page));
      for (const { PartNumber, Size } of Parts) expect(Size).toBe(PartNumber);
      listed.push(Parts.map(({ PartNumber }) => PartNumber ?? 0));
      PartNumberMarker = answer.IsTruncated ? answer.NextPartNumberMarker : undefined;
    } while (PartNumberMarker);
    expect(listed).toEqual([[1, 2], [3, 10], [20]]);
  });

  it('that was aborted takes no part, lists none and is not completed', async () => {
    const key = 'aborted.bin';
    const upload = await begin(key);
    const part = await putPart(key, upload, 1, bytes(10, 1));
    await abort(key, upload);
    expect(await refusal(putPart(key, upload, 1, bytes(10, 1)))).toBe('404 NoSuchUpload');
    expect(await refusal(complete(key, upload, [part]))).toBe('404 NoSuchUpload');
    expect(await refusal(abort(key, upload))).toBe('404 NoSuchUpload');
    const list = client.send(new ListPartsCommand({ Bucket, Key: key, UploadId: upload }));
    expect(await refusal(list)).toBe('404 NoSuchUpload');
  });

  it.each(['..', '../../uploads', '0'.repeat(32), 'a/b'])(
    'is not found by the id %j',
    async (id) => {
      expect(await refusal(abort('any.bin', id))).toBe('404 NoSuchUpload');
      expect(await refusal(putPart('any.bin', id, 1, bytes(1, 1)))).toBe('404 NoSuchUpload');
    },
  );

  it('takes no part that was on its way when it was aborted', async () => {
    const key = 'late.bin';
    const upload = await begin(key);
    const url = await getSignedUrl(
      client,
      new UploadPartCommand({ Bucket, Key: key, UploadId: upload, PartNumber: 1 }),
    );
    const body = new TransformStream<Uint8Array, Uint8Array>();
    const writer = body.writable.getWriter();
    const init = { method: 'PUT', body: body.readable, duplex: 'half' };
    const sent = fetch(url, init as RequestInit);
    await writer.write(bytes(1_000, 1));
    await abort(key, upload);
    await writer.close();
    expect((await sent).status).toBe(404);
    expect(await refusal(abort(key, upload))).toBe('404 NoSuchUpload');
  });

  it('is that of its key alone, and has one name', async () => {
    const upload = await begin('mine.bin');
    expect(await refusal(abort('mine.bin', `./${upload}`))).toBe('404 NoSuchUpload');
    expect(await refusal(abort('other.bin', upload))).toBe('404 NoSuchUpload');
    expect(await refusal(abort('mine.bin', upload))).toBe('nothing');
  });

  it('is completed by exactly its parts', async () => {
    const key = 'exact.bin';
    const upload = await begin(key);
    const first = await putPart(key, upload, 1, bytes(10, 1));
    const second = await putPart(key, upload, 2, bytes(10, 2));
    expect(await refusal(complete(key, upload, [second, first]))).toBe('400 InvalidPartOrder');
    expect(await refusal(complete(key, upload, [first, second]))).toBe('400 EntityTooSmall');
    const forged = { ...second, ETag: '"0123456789abcdef0123456789abcdef"' };
    expect(await refusal(complete(key, upload, [forged]))).toBe('400 InvalidPart');
    await complete(key, upload, [second]);
    expect((await head(key)).ContentLength).toBe(10);
  });

  it('has parts from 1 to 10,000', async () => {
    const upload = await begin('numbers.bin');
    for (const number of [0, 10_001]) {
      const part = putPart('numbers.bin', upload, number, bytes(1, 1));
      expect(await refusal(part)).toBe('400 InvalidArgument');
    }
  });
});

describe('an object', () => {
  it.each([
    ['with two slashes', 'a//b', 'a/b'],
    ['that begins with two', '//leading', '/leading'],
    ['that ends with two', 'trailing//', 'trailing/'],
    ['of composed characters', 'caf\u00e9', 'cafe\u0301'],
    ['of 1,024 letters', 'l'.repeat(1_024), 'l'.repeat(1_023)],
    ['of 512 umlauts', 'ü'.repeat(512), `${'ü'.repeat(511)}uu`],
  ])('of a key %s is not that of its likeness', async (_, key, other) => {
    await put(key, 'one');
    await put(other, 'other');
    expect(await read(key)).toBe('one');
    const list = client.send(new ListObjectsV2Command({ Bucket, Prefix: key }));
    expect((await list).Contents?.map(({ Key }) => Key)).toContain(key);
    await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
    expect(await refusal(read(key))).toBe('404 NoSuchKey');
    expect(await read(other)).toBe('other');
    await client.send(new DeleteObjectCommand({ Bucket, Key: other }));
    expect(await refusal(read(other))).toBe('404 NoSuchKey');
  });

  it.each([
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-30', '0123456789', 'bytes 0-9/10'],
    ['bytes=8-', '89', 'bytes 8-9/10'],
    ['bytes=0-1,5-6', '0123456789', undefined],
  ])('is given in part as %s asks', async (Range, part, told) => {
    await put('digits.txt', '0123456789');
    const answer = await client.send(new GetObjectCommand({ Bucket, Key: 'digits.txt', Range }));
    expect(await answer.Body?.transformToString()).toBe(part);
    expect(answer.ContentRange).toBe(told);
  });

  it('has no last bytes that are none', async () => {
    await put('digits.txt', '0123456789');
    const none = new GetObjectCommand({ Bucket, Key: 'digits.txt', Range: 'bytes=-0' });
    expect(await refusal(client.send(none))).toBe('416 InvalidRange');
  });
});

describe('a presigned URL', () => {
  const signed = (Key: string, ContentLength: number) =>
    getSignedUrl(client, new PutObjectCommand({ Bucket, Key, ContentLength }), {
      signableHeaders: new Set(['host', 'content-length']),
    });

  it('takes exactly the length that it was signed for', async () => {
    const url = await signed('length.txt', 5);
    expect((await fetch(url, { method: 'PUT', body: '123456' })).status).toBe(403);
    expect((await fetch(url, { method: 'PUT', body: '1234' })).status).toBe(403);
    expect((await fetch(url, { method: 'PUT', body: '12345' })).status).toBe(200);
  });

  it('takes no header of S3 that it wasn’t signed for', async () => {
    const url = await signed('header.txt', 5);
    const headers = { 'x-amz-storage-class': 'GLACIER' };
    expect((await fetch(url, { method: 'PUT', body: '12345', headers })).status).toBe(403);
  });

  it('may be used by a page, which sees the ETag and why it was refused', async () => {
    const url = await signed('page.txt', 5);
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: {
        Origin: PAGE,
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Headers': 'content-type,if-none-match,x-amz-checksum-sha256',
      },
    });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get('Access-Control-Allow-Methods')).toContain('PUT');
    for (const body of ['12345', '123456']) {
      const answer = await fetch(url, { method: 'PUT', body, headers: { Origin: PAGE } });
      expect(answer.status).toBe(body.length === 5 ? 200 : 403);
      expect(answer.headers.get('Access-Control-Allow-Origin')).toMatch(/^\*|http/);
      expect(answer.headers.get('Access-Control-Expose-Headers')).toContain('ETag');
    }
  });
});
