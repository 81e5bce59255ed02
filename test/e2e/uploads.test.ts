// Uploads through links as programs and curl do them, against a store that verifies signatures,
// conditions and checksums.

import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bash, curl } from './command.ts';
import {
  inspectLink,
  type Link,
  makeFolder,
  mintLink,
  openLink,
  removeFolder,
  revokeLink,
  type Stack,
  startStack,
  uploadedEvents,
} from './stack.ts';

const MEBIBYTE = 1_048_576;
const folder = makeFolder();
let stack: Stack;
let s3: S3Client;

beforeAll(async () => {
  stack = await startStack(folder);
  const { endpoint, region, accessKeyId, secretAccessKey } = stack.s3;
  s3 = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
});
afterAll(async () => {
  s3?.destroy();
  await stack?.interrupt();
  removeFolder(folder);
});

type Begun = {
  readonly id: string;
  readonly state: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly partSize?: number;
  readonly parts?: number;
};
type Part = {
  readonly partNumber: number;
  readonly url: string;
  readonly headers: Record<string, string>;
};
type Shown = { readonly state: string; readonly arrived?: { partNumber: number; size: number }[] };

let keys = 0;
const newKey = () => `inbox/file-${++keys}.bin`;

function mintUpload(more: object = {}, upload: object = {}): Promise<Link> {
  return mintLink(stack, {
    key: newKey(),
    operation: 'upload',
    upload: { maxBytes: 200 * MEBIBYTE, ...upload },
    ...more,
  });
}

function post(url: string, body: object = {}, headers: Record<string, string> = {}) {
  return fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

const begin = (link: Link, body: object, headers = {}) =>
  post(`${link.url}/uploads`, body, headers);
const begun = async (link: Link, body: object, headers = {}) => {
  const response = await begin(link, body, headers);
  if (response.status !== 201) throw new Error(`begin answered ${await response.text()}`);
  return (await response.json()) as Begun;
};
const send = ({ url, headers }: Pick<Begun, 'url' | 'headers'>, body: Uint8Array<ArrayBuffer>) => {
  const { 'Content-Length': _length, 'content-length': _lower, ...own } = headers;
  return fetch(url, { method: 'PUT', headers: own, body });
};
const complete = (link: Link, id: string) => post(`${link.url}/uploads/${id}/complete`);
const status = async (link: Link, id: string) =>
  (await (await fetch(`${link.url}/uploads/${id}`)).json()) as Shown;
const bytes = (size: number) => new Uint8Array(randomBytes(size));
const hash = (body: Uint8Array) => createHash('sha256').update(body);
const reasonOf = async (response: Response) =>
  ((await response.json()) as { reason: string }).reason;

async function stored(key: string): Promise<Uint8Array> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: stack.s3.bucket, Key: key }));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

describe('an upload in one piece', () => {
  it('is announced, sent, completed, stored and told of', async () => {
    const key = newKey();
    const link = await mintUpload({ key });
    const body = bytes(100_000);
    const upload = await begun(link, { size: body.length, contentType: 'image/png' });
    expect(upload).toMatchObject({ state: 'begun', method: 'PUT' });
    expect((await send(upload, body)).status).toBe(200);
    const done = await complete(link, upload.id);
    expect(done.status).toBe(200);
    expect(await done.json()).toMatchObject({ state: 'uploaded', size: body.length });
    expect(Buffer.compare(await stored(key), body)).toBe(0);
    // Completing twice is completing once.
    expect((await complete(link, upload.id)).status).toBe(200);
    expect(await inspectLink(stack, link.id)).toMatchObject({ opens: 1 });
    await expect
      .poll(() => uploadedEvents(stack, link.id), { timeout: 20_000 })
      .toMatchObject([
        {
          data: {
            ...{ key, size: body.length, contentType: 'image/png' },
            etag: expect.stringMatching(/^"\w+"$/),
          },
        },
      ]);
  }, 30_000);

  it('is refused by the store in another size or type, or twice', async () => {
    const link = await mintUpload();
    const body = bytes(1_000);
    const upload = await begun(link, { size: body.length, contentType: 'text/plain' });
    expect((await send(upload, bytes(1_001))).status).toBe(403);
    const other = { ...upload, headers: { ...upload.headers, 'Content-Type': 'text/html' } };
    expect((await send(other, body)).status).toBe(403);
    expect((await send(upload, body)).status).toBe(200);
    expect((await send(upload, body)).status).toBe(412);
  });

  it('can not be completed before it arrived', async () => {
    const link = await mintUpload();
    const upload = await begun(link, { size: 10 });
    const early = await complete(link, upload.id);
    expect(early.status).toBe(409);
    expect(await reasonOf(early)).toBe('upload_incomplete');
  });

  it('of nothing is an upload too', async () => {
    const key = newKey();
    const link = await mintUpload({ key });
    const upload = await begun(link, { size: 0 });
    expect((await send(upload, bytes(0))).status).toBe(200);
    expect((await complete(link, upload.id)).status).toBe(200);
    expect(await stored(key)).toHaveLength(0);
  });

  it('with a required checksum is held to it', async () => {
    const link = await mintUpload({}, { checksum: 'required' });
    const body = bytes(5_000);
    expect(await reasonOf(await begin(link, { size: body.length }))).toBe('checksum_required');
    const sha256 = hash(body).digest('hex');
    const upload = await begun(link, { size: body.length, sha256 });
    expect((await send(upload, bytes(5_000))).status).toBe(400);
    expect((await send(upload, body)).status).toBe(200);
    expect((await complete(link, upload.id)).status).toBe(200);
    await expect
      .poll(() => uploadedEvents(stack, link.id), { timeout: 20_000 })
      .toMatchObject([{ data: { sha256: hash(body).digest('base64') } }]);
  }, 30_000);

  it('is the same upload for the same claim, and costs one use', async () => {
    const link = await mintUpload({ maxUses: 1 });
    const claim = { 'Hallpass-Claim': 'claim-of-the-upload-test-1' };
    const body = bytes(10);
    const first = await begun(link, { size: 10 }, claim);
    const again = await begun(link, { size: 10 }, claim);
    expect(again.id).toBe(first.id);
    expect(await inspectLink(stack, link.id)).toMatchObject({ usesLeft: 0 });
    expect(await reasonOf(await begin(link, { size: 11 }, claim))).toBe('upload_differs');
    expect((await begin(link, { size: 10 })).status).toBe(410);
    expect((await send(again, body)).status).toBe(200);
    expect((await complete(link, first.id)).status).toBe(200);
  });

  it('begun, aborted, sent all the same and repeated costs no further use and gives none', async () => {
    const link = await mintUpload({ maxUses: 1 });
    const body = bytes(10);
    const upload = await begun(link, { size: 10 });
    const aborted = await fetch(`${link.url}/uploads/${upload.id}`, { method: 'DELETE' });
    expect(await aborted.json()).toMatchObject({ state: 'aborted' });
    expect((await send(upload, body)).status).toBe(200);
    expect((await begin(link, { size: 10 })).status).toBe(410);
    expect(await reasonOf(await complete(link, upload.id))).toBe('upload_gone');
    expect(await inspectLink(stack, link.id)).toMatchObject({ usesLeft: 0 });
  });

  it('overwrites only where that was granted', async () => {
    const key = newKey();
    const [first, second] = [bytes(10), bytes(20)];
    const once = await mintUpload({ key });
    const upload = await begun(once, { size: 10 });
    await send(upload, first);
    expect((await complete(once, upload.id)).status).toBe(200);
    expect(await reasonOf(await begin(once, { size: 10 }))).toBe('object_exists');

    // Another link for the same key, of which its gate knows nothing.
    const other = await mintUpload({ key });
    const late = await begun(other, { size: 20 });
    expect((await send(late, second)).status).toBe(412);
    expect(await reasonOf(await complete(other, late.id))).toBe('object_exists');
    expect(Buffer.compare(await stored(key), first)).toBe(0);

    const replacing = await mintUpload({ key }, { overwrite: true });
    const replaced = await begun(replacing, { size: 20 });
    expect((await send(replaced, second)).status).toBe(200);
    expect((await complete(replacing, replaced.id)).status).toBe(200);
    expect(Buffer.compare(await stored(key), second)).toBe(0);
  });
});

describe('an upload into a prefix', () => {
  it('gets a key of its own for each file, made of a harmless name', async () => {
    const link = await mintUpload({ key: 'drop/' });
    expect(await reasonOf(await begin(link, { size: 1 }))).toBe('filename_required');
    const paths = new Set<string>();
    for (const filename of ['Größe & Maß.pdf', 'Größe & Maß.pdf', 'a\u202Egpj.exe', '.hidden']) {
      const upload = await begun(link, { size: 1, filename });
      const path = decodeURIComponent(new URL(upload.url).pathname);
      expect(path.startsWith(`/${stack.s3.bucket}/drop/`)).toBe(true);
      expect(path).not.toMatch(/\u202E/);
      paths.add(path);
      expect((await send(upload, bytes(1))).status).toBe(200);
      expect((await complete(link, upload.id)).status).toBe(200);
    }
    expect(paths.size).toBe(4);
    expect([...paths].filter((path) => /Größe & Maß-[0-9A-Za-z]{9}\.pdf$/.test(path))).toHaveLength(
      2,
    );
  });

  it.each(['../x', 'a/b', 'a\\b', '..', '', ' ', 'a\u0000b', 'x'.repeat(256)])(
    'refuses the name %j',
    async (filename) => {
      const link = await mintUpload({ key: 'drop/' });
      const refused = await begin(link, { size: 1, filename });
      expect(refused.status).toBe(400);
      expect(await reasonOf(refused)).toBe('invalid_request');
    },
  );
});

describe('a large upload', () => {
  it('of 200 MB goes in parts, of which some are lost and sent again', async () => {
    const key = newKey();
    const link = await mintUpload({ key, maxUses: 1 });
    const body = bytes(200 * MEBIBYTE);
    const upload = await begun(link, { size: body.length, contentType: 'video/mp4' });
    expect(upload).toMatchObject({ state: 'begun', partSize: 16 * MEBIBYTE, parts: 13 });
    expect(upload.url).toBeUndefined();

    const sign = async (partNumbers: number[]) => {
      const response = await post(`${link.url}/uploads/${upload.id}/parts`, { partNumbers });
      return ((await response.json()) as { parts: Part[] }).parts;
    };
    const slice = (part: number) => body.slice((part - 1) * 16 * MEBIBYTE, part * 16 * MEBIBYTE);
    const numbers = Array.from({ length: 13 }, (_, index) => index + 1);
    for (const part of await sign(numbers.filter((number) => number !== 7))) {
      expect((await send(part, slice(part.partNumber))).status).toBe(200);
    }
    const early = await complete(link, upload.id);
    expect(early.status).toBe(409);
    expect(await early.json()).toMatchObject({ detail: expect.stringContaining('(7)') });
    const shown = await status(link, upload.id);
    expect(shown.arrived?.map(({ partNumber }) => partNumber)).not.toContain(7);
    expect(shown.arrived).toHaveLength(12);

    const [seventh] = await sign([7]);
    if (!seventh) throw new Error('no seventh part');
    expect((await send(seventh, slice(8))).status).toBe(200);
    expect((await send(seventh, slice(13))).status).toBe(403);
    expect((await send(seventh, slice(7))).status).toBe(200);
    const done = await complete(link, upload.id);
    expect(done.status).toBe(200);
    expect((await complete(link, upload.id)).status).toBe(200);
    expect(hash(await stored(key)).digest('hex')).toBe(hash(body).digest('hex'));
    expect(await inspectLink(stack, link.id)).toMatchObject({ usesLeft: 0, opens: 1 });
  }, 120_000);

  it('refuses parts that its plan doesn’t have, and asks for checksums where they are required', async () => {
    const link = await mintUpload({}, { checksum: 'required' });
    const upload = await begun(link, { size: 70 * MEBIBYTE });
    const parts = (more: object) => post(`${link.url}/uploads/${upload.id}/parts`, more);
    for (const partNumbers of [[0], [6], [-1]]) {
      expect(await reasonOf(await parts({ partNumbers }))).toBe('part_unknown');
    }
    expect((await parts({ partNumbers: [1, 1] })).status).toBe(400);
    expect((await parts({ partNumbers: [] })).status).toBe(400);
    expect(await reasonOf(await parts({ partNumbers: [1] }))).toBe('checksum_required');
    const sum = hash(bytes(1)).digest('base64');
    expect((await parts({ partNumbers: [1], sha256: [sum] })).status).toBe(200);
  });

  it('that is aborted takes no more parts', async () => {
    const link = await mintUpload();
    const upload = await begun(link, { size: 70 * MEBIBYTE });
    const url = `${link.url}/uploads/${upload.id}`;
    const signed = await post(`${url}/parts`, { partNumbers: [5] });
    const [part] = ((await signed.json()) as { parts: Part[] }).parts;
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(200);
    if (!part) throw new Error('no part');
    expect((await send(part, bytes(6 * MEBIBYTE))).status).toBe(404);
    expect(await reasonOf(await post(`${url}/parts`, { partNumbers: [1] }))).toBe('upload_gone');
  });
});

describe('an upload link', () => {
  it('takes nothing that is larger or of another type than it permits', async () => {
    const link = await mintUpload({}, { maxBytes: 100, contentTypes: ['image/*', 'text/plain'] });
    const refused = await begin(link, { size: 101, contentType: 'image/png' });
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ reason: 'upload_too_large', maxBytes: 100 });
    for (const contentType of ['text/html', 'imagex/png', undefined]) {
      const response = await begin(link, { size: 1, contentType });
      expect(response.status).toBe(415);
      expect(await reasonOf(response)).toBe('content_type_not_allowed');
    }
    for (const contentType of ['image/png', 'IMAGE/PNG', 'text/plain; charset=utf-8']) {
      expect((await begin(link, { size: 1, contentType })).status).toBe(201);
    }
  });

  it.each([
    [{}, '/size'],
    [{ size: -1 }, '/size'],
    [{ size: 1.5 }, '/size'],
    [{ size: 6_000_000_000_000 }, '/size'],
    [{ size: 1, contentType: 'a\r\nb' }, '/contentType'],
    [{ size: 1, sha256: 'abc' }, '/sha256'],
    [{ size: 1, surprise: 1 }, '/surprise'],
  ])('refuses the announcement %j', async (body, pointer) => {
    const link = await mintUpload();
    const refused = await begin(link, body);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ errors: [{ pointer }] });
  });

  it('knows the uploads of nobody else', async () => {
    const [link, other] = [await mintUpload(), await mintUpload()];
    const upload = await begun(link, { size: 70 * MEBIBYTE });
    const strange = `${other.url}/uploads/${upload.id}`;
    for (const response of [
      await fetch(strange),
      await fetch(strange, { method: 'DELETE' }),
      await post(`${strange}/parts`, { partNumbers: [1] }),
      await post(`${strange}/complete`),
    ]) {
      expect(response.status).toBe(404);
      expect(await reasonOf(response)).toBe('upload_not_found');
    }
    expect((await fetch(`${link.url}/uploads/short`)).status).toBe(400);
  });

  it('ends with its revocation, uploads under way included', async () => {
    const link = await mintUpload();
    const upload = await begun(link, { size: 70 * MEBIBYTE });
    const url = `${link.url}/uploads/${upload.id}`;
    const signed = await post(`${url}/parts`, { partNumbers: [5] });
    const [part] = ((await signed.json()) as { parts: Part[] }).parts;
    await revokeLink(stack, link.id);
    expect((await begin(link, { size: 1 })).status).toBe(410);
    expect((await post(`${url}/parts`, { partNumbers: [1] })).status).toBe(410);
    expect((await complete(link, upload.id)).status).toBe(410);
    if (!part) throw new Error('no part');
    // Its gate's alarm aborts what is in the store.
    const sendPart = async () => (await send(part, bytes(6 * MEBIBYTE))).status;
    await expect.poll(sendPart, { timeout: 20_000, interval: 1_000 }).toBe(404);
  }, 30_000);

  it('asks for its password when an upload begins, and not again', async () => {
    const link = await mintUpload({ password: 'correct horse' });
    expect(await reasonOf(await begin(link, { size: 1 }))).toBe('password_required');
    const wrong = await begin(link, { size: 1, password: 'x' });
    expect(await reasonOf(wrong)).toBe('password_wrong');
    const upload = await begun(link, { size: 1, password: 'correct horse' });
    expect((await send(upload, bytes(1))).status).toBe(200);
    expect((await complete(link, upload.id)).status).toBe(200);
  });

  it('is no download link, nor the other way round', async () => {
    const upload = await mintUpload();
    const looked = await openLink(upload.url);
    expect(looked.status).toBe(409);
    expect(await looked.json()).toMatchObject({ reason: 'wrong_operation', operation: 'upload' });
    expect((await openLink(upload.url, { method: 'POST' })).status).toBe(409);
    const download = await mintLink(stack, { key: 'documents/hallpass-sample.pdf' });
    const begunThere = await begin(download, { size: 1 });
    expect(begunThere.status).toBe(409);
    expect(await begunThere.json()).toMatchObject({ operation: 'download' });
  });
});

describe('curl', () => {
  it('-LT sends a file where nothing has to be announced', async () => {
    const key = newKey();
    const link = await mintUpload({ key }, { overwrite: true });
    const file = join(folder, 'curl.bin');
    const body = bytes(50_000);
    writeFileSync(file, body);
    await curl('-fLT', file, link.url);
    expect(Buffer.compare(await stored(key), body)).toBe(0);
  });

  it('is told two lines elsewhere, which work as they stand', async () => {
    const key = newKey();
    const link = await mintUpload({ key }, { checksum: 'required', contentTypes: ['text/plain'] });
    const file = join(folder, 'notes.txt');
    const body = bytes(3_000);
    writeFileSync(file, body);
    const refused = await curl('-LT', file, link.url);
    const { detail } = JSON.parse(refused) as { detail: string };
    const lines = detail
      .split('\n')
      .slice(1)
      .map((line) => line.replaceAll('FILE', file).replaceAll('TYPE', 'text/plain'));
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      const ran = await bash(`cd '${folder}' && ${line}`);
      expect(ran.stderr).toBe('');
      expect(ran.exitCode).toBe(0);
    }
    expect(Buffer.compare(await stored(key), body)).toBe(0);
  });

  it('is told that it has to say the length', async () => {
    const link = await mintUpload({}, { overwrite: true });
    const sent = await bash(`echo x | curl -sS -o /dev/null -w '%{http_code}' -T - '${link.url}'`);
    expect(sent.stdout).toBe('411');
  });
});
