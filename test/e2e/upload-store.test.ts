// What uploads ask of a store, against one that verifies signatures, conditions and checksums.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalS3, type LocalS3 } from '../../scripts/local-s3.ts';
import type { Config, Store } from '../../src/config.ts';
import { type PartPlan, partSizeOf } from '../../src/links/part-plan.ts';
import type { CompletedPart, PresignedWrite, UploadStore } from '../../src/links/upload-ports.ts';
import { createUploadStore } from '../../src/stores/upload-store.ts';
import { testStore } from '../support/stores.ts';
import { makeFolder, removeFolder } from './stack.ts';

const CREDENTIALS = { accessKeyId: 'LOCALSTORE', secretAccessKey: 'the-secret-of-this-test' };
const MEBIBYTE = 1_048_576;
const AWKWARD_KEY = "in/a b+ü%2F'(1)*&?#.bin";

const folder = makeFolder();
let s3: LocalS3;
let uploads: UploadStore;

beforeAll(async () => {
  s3 = await createLocalS3({ port: 0, directory: folder, buckets: ['uploads'], ...CREDENTIALS });
  const store: Store = testStore({ endpoint: s3.endpoint, bucket: 'uploads', ...CREDENTIALS });
  const config = { stores: new Map([['demo', store]]) } as unknown as Config;
  uploads = createUploadStore(config, Date.now, fetch);
});
afterAll(async () => {
  await s3?.close();
  removeFolder(folder);
});

const at = (key: string) => ({ store: 'demo', endpoint: s3.endpoint, bucket: 'uploads', key });
const inAMinute = () => Date.now() + 60_000;
const digest = (body: Uint8Array) => createHash('sha256').update(body);
const sha256 = (body: Uint8Array) => digest(body).digest('base64');

function granted<Value>(result: { ok: true; value: Value } | { ok: false; denial: object }): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.denial));
  return result.value;
}

/** As a sender does: with the headers it was given, except for the one that fetch computes itself. */
function send({ url, headers }: PresignedWrite, body: Uint8Array): Promise<Response> {
  const { 'Content-Length': _, ...sent } = headers;
  return fetch(url, { method: 'PUT', headers: sent, body: new Uint8Array(body) });
}

async function presign(
  key: string,
  body: Uint8Array,
  options: Partial<Parameters<UploadStore['presignPut']>[1]> = {},
): Promise<PresignedWrite> {
  const request = { size: body.length, ifAbsent: true, expiresAt: inAMinute(), ...options };
  return granted(await uploads.presignPut(at(key), request));
}

/** Writes all parts of a body and answers what completes the upload. */
async function sendParts(
  key: string,
  multipartId: string,
  body: Uint8Array,
  plan: PartPlan,
  { checksum }: { checksum: boolean },
): Promise<CompletedPart[]> {
  const bodies = Array.from({ length: plan.partCount }, (_, index) =>
    body.subarray(index * plan.partSize, (index + 1) * plan.partSize),
  );
  const parts = bodies.map((part, index) => ({
    partNumber: index + 1,
    size: partSizeOf(plan, body.length, index + 1) ?? 0,
    ...(checksum ? { sha256: sha256(part) } : {}),
  }));
  const signed = await uploads.presignParts(at(key), multipartId, parts, inAMinute());
  const sent = granted(signed).map(async (part, index) => {
    const answer = await send(part, bodies[index] ?? new Uint8Array());
    expect(answer.status).toBe(200);
    return { ...parts[index], partNumber: index + 1, etag: answer.headers.get('ETag') ?? '' };
  });
  return Promise.all(sent);
}

describe('an object', () => {
  it.each([AWKWARD_KEY, '/leading', 'trailing/', 'dots../..name'])(
    'is written to %s once',
    async (key) => {
      const body = Buffer.from('the body');
      const write = await presign(key, body, { contentType: 'text/plain', sha256: sha256(body) });
      expect(await uploads.inspect(at(key))).toEqual({ ok: true, value: undefined });
      expect((await send(write, body)).status).toBe(200);
      expect((await send(write, body)).status).toBe(412);
      expect(granted(await uploads.inspect(at(key)))).toMatchObject({
        size: 8,
        contentType: 'text/plain',
        etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
        sha256: sha256(body),
      });
      expect(await uploads.remove(at(key))).toEqual({ ok: true, value: undefined });
      expect(await uploads.inspect(at(key))).toEqual({ ok: true, value: undefined });
      expect(await uploads.remove(at(key))).toEqual({ ok: true, value: undefined });
    },
  );

  it('that is empty is there', async () => {
    const nothing = new Uint8Array();
    const write = await presign('empty', nothing, { sha256: digest(nothing).digest('hex') });
    expect((await send(write, nothing)).status).toBe(200);
    const inspected = granted(await uploads.inspect(at('empty')));
    expect(inspected).toMatchObject({ size: 0, sha256: sha256(nothing) });
  });

  it('is overwritten only where that was asked for', async () => {
    const body = Buffer.from('one');
    for (const expected of [200, 200]) {
      const write = await presign('overwritten', body, { ifAbsent: false });
      expect((await send(write, body)).status).toBe(expected);
    }
    expect((await send(await presign('overwritten', body), body)).status).toBe(412);
  });

  it('is written by one of two senders at once', async () => {
    const bodies = [Buffer.alloc(300_000, 1), Buffer.alloc(300_000, 2)];
    const writes = await Promise.all(bodies.map((body) => presign('race', body)));
    const answers = await Promise.all(
      writes.map((write, index) => send(write, bodies[index] ?? Buffer.of())),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it('is refused with another length, type, condition or content', async () => {
    const body = Buffer.from('12345');
    const write = await presign('exact', body, { contentType: 'text/plain', sha256: sha256(body) });
    expect((await send(write, Buffer.from('1234'))).status).toBe(403);
    expect((await send(write, Buffer.from('123456'))).status).toBe(403);
    for (const change of [
      { 'Content-Type': 'text/html' },
      { 'If-None-Match': '"other"' },
      { 'x-amz-checksum-sha256': sha256(Buffer.from('other')) },
    ]) {
      const headers = { ...write.headers, ...change };
      expect((await send({ ...write, headers }, body)).status).toBe(403);
    }
    const { 'If-None-Match': _, ...unconditional } = write.headers;
    expect((await send({ ...write, headers: unconditional }, body)).status).toBe(403);
    expect((await send(write, Buffer.from('54321'))).status).toBe(400);
    expect(await uploads.inspect(at('exact'))).toEqual({ ok: true, value: undefined });
  });

  it('isn’t said to be absent where the bucket can’t be asked', async () => {
    const config = {
      stores: new Map([
        ['demo', testStore({ endpoint: s3.endpoint, bucket: 'nowhere', ...CREDENTIALS })],
        ['wrong', testStore({ endpoint: s3.endpoint, bucket: 'uploads' })],
      ]),
    } as unknown as Config;
    const blind = createUploadStore(config, Date.now, fetch);
    const refused = { ok: false, denial: { reason: 'store_unavailable' } };
    expect(await blind.inspect({ ...at('x'), bucket: 'nowhere' })).toEqual(refused);
    expect(await blind.inspect({ ...at('x'), store: 'wrong' })).toEqual(refused);
    expect(await blind.inspect(at('x'))).toEqual(refused);
  });
});

describe('an object in parts', () => {
  const body = Buffer.alloc(12 * MEBIBYTE + 5, 'the quick brown fox ');
  const plan = { partSize: 5 * MEBIBYTE, partCount: 3 };

  it.each([true, false])('is put together (with checksums: %s)', async (checksum) => {
    const key = `${checksum}/${AWKWARD_KEY}`;
    const contentType = 'application/zip';
    const begun = await uploads.beginMultipart(at(key), { contentType, checksum });
    const { multipartId } = granted(begun);
    const sent = await sendParts(key, multipartId, body, plan, { checksum });

    const listed = granted(await uploads.listParts(at(key), multipartId));
    expect(listed.map(({ size, ...part }) => part)).toEqual(
      sent.map(({ partNumber, etag, sha256 }) =>
        sha256 === undefined ? { partNumber, etag } : { partNumber, etag, sha256 },
      ),
    );
    expect(listed.map(({ size }) => size)).toEqual([5 * MEBIBYTE, 5 * MEBIBYTE, 2 * MEBIBYTE + 5]);
    expect(await uploads.inspect(at(key))).toEqual({ ok: true, value: undefined });

    const options = { ifAbsent: true };
    const completed = await uploads.completeMultipart(at(key), multipartId, listed, options);
    const { etag } = granted(completed);
    const inspected = granted(await uploads.inspect(at(key)));
    expect(inspected).toMatchObject({ size: body.length, contentType, etag });
    const digests = listed.map(({ sha256 }) => Buffer.from(sha256 ?? '', 'base64'));
    const composite = checksum ? `${sha256(Buffer.concat(digests))}-3` : undefined;
    expect(inspected?.compositeSha256).toBe(composite);
    expect(inspected?.sha256).toBeUndefined();

    const again = await uploads.completeMultipart(at(key), multipartId, listed, options);
    expect(again).toMatchObject({ denial: { reason: expect.stringMatching(/_gone|_exists/) } });
  });

  it('is listed whole where its parts fill more than one page', async () => {
    const { multipartId } = granted(await uploads.beginMultipart(at('many'), { checksum: false }));
    const tiny = { partSize: 1, partCount: 1_001 };
    await sendParts('many', multipartId, Buffer.alloc(1_001, 7), tiny, { checksum: false });
    const listed = granted(await uploads.listParts(at('many'), multipartId));
    expect(listed.map(({ partNumber }) => partNumber)).toEqual(
      Array.from({ length: 1_001 }, (_, index) => index + 1),
    );
  });

  it('that was aborted takes no part more', async () => {
    const { multipartId } = granted(await uploads.beginMultipart(at('gone'), { checksum: false }));
    const parts = [{ partNumber: 1, size: 3 }];
    const [part] = granted(await uploads.presignParts(at('gone'), multipartId, parts, inAMinute()));
    if (!part) throw new Error('no part was presigned');
    expect((await send(part, Buffer.from('12'))).status).toBe(403);
    expect((await send(part, Buffer.from('123'))).status).toBe(200);
    for (const _ of ['aborted', 'aborted already']) {
      const aborted = await uploads.abortMultipart(at('gone'), multipartId);
      expect(aborted).toEqual({ ok: true, value: undefined });
    }
    expect((await send(part, Buffer.from('123'))).status).toBe(404);
    const refused = { ok: false, denial: { reason: 'upload_gone' } };
    expect(await uploads.listParts(at('gone'), multipartId)).toEqual(refused);
    const completed = [{ partNumber: 1, etag: '"x"' }];
    const options = { ifAbsent: true };
    expect(await uploads.completeMultipart(at('gone'), multipartId, completed, options)).toEqual(
      refused,
    );
  });

  it('overwrites nothing, and is completed by its parts alone', async () => {
    const one = Buffer.from('one');
    expect((await send(await presign('there', one), one)).status).toBe(200);
    const { multipartId } = granted(await uploads.beginMultipart(at('there'), { checksum: false }));
    const plan = { partSize: 3, partCount: 1 };
    const parts = await sendParts('there', multipartId, Buffer.from('two'), plan, {
      checksum: false,
    });
    const complete = (completed: CompletedPart[], ifAbsent: boolean) =>
      uploads.completeMultipart(at('there'), multipartId, completed, { ifAbsent });
    expect(await complete(parts, true)).toMatchObject({ denial: { reason: 'object_exists' } });
    const forged = [{ partNumber: 1, etag: '"&<\'>"' }];
    expect(await complete(forged, false)).toMatchObject({ denial: { reason: 'parts_invalid' } });
    expect(await complete([], false)).toMatchObject({ denial: { reason: 'parts_invalid' } });
    expect(await complete(parts, false)).toMatchObject({ ok: true });
  });

  it('takes no part with another content than its checksum says', async () => {
    const { multipartId } = granted(await uploads.beginMultipart(at('sum'), { checksum: true }));
    const parts = [{ partNumber: 1, size: 3, sha256: sha256(Buffer.from('abc')) }];
    const [part] = granted(await uploads.presignParts(at('sum'), multipartId, parts, inAMinute()));
    if (!part) throw new Error('no part was presigned');
    expect((await send(part, Buffer.from('abd'))).status).toBe(400);
    expect(granted(await uploads.listParts(at('sum'), multipartId))).toEqual([]);
    expect((await send(part, Buffer.from('abc'))).status).toBe(200);
  });
});
