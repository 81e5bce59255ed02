// The hands-on that everybody knows from the S3 console, against the real stack.

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/samples.ts';
import {
  makeFolder,
  mintLink,
  openLink,
  removeFolder,
  revokeLink,
  type Stack,
  startStack,
} from './stack.ts';

const folder = makeFolder();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack(folder);
});
afterAll(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

const sha256 = (body: Uint8Array) => createHash('sha256').update(body).digest('hex');
const bodyOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const sample = (part: string) => {
  const found = SAMPLES.find((candidate) => candidate.key.includes(part));
  if (!found) throw new Error(`no sample object has ${part} in its key`);
  return found;
};

describe('a private object', () => {
  it('is not to be had by its plain URL', async () => {
    for (const { key } of SAMPLES) {
      const path = key.split('/').map(encodeURIComponent).join('/');
      const plain = await fetch(`${stack.s3.endpoint}/${stack.s3.bucket}/${path}`);
      expect(plain.status).toBe(403);
      expect(await plain.text()).toContain('<Code>AccessDenied</Code>');
    }
  });

  it('is to be had by a link until its end; then the link is 410 and the handed-out URL 403', async () => {
    const { key, body } = sample('.pdf');
    const link = await mintLink(stack, { key, ttlSeconds: 3 });
    const opened = await openLink(link.url);
    expect(opened.status).toBe(302);
    const presigned = opened.headers.get('Location') ?? '';
    expect(sha256(await bodyOf(await fetch(presigned)))).toBe(sha256(body));

    await sleep(Date.parse(link.expiresAt) - Date.now() + 1_100);
    expect((await openLink(link.url)).status).toBe(410);
    expect((await fetch(presigned)).status).toBe(403);
  });

  it('is not to be had by a revoked link from the answer of the revoke on', async () => {
    const link = await mintLink(stack, { key: sample('.pdf').key });
    expect((await openLink(link.url)).status).toBe(302);
    expect((await revokeLink(stack, link.id)).status).toBe(200);
    expect((await openLink(link.url)).status).toBe(410);
  });

  it('is not to be had with a changed presigned URL', async () => {
    const link = await mintLink(stack, { key: sample('.pdf').key });
    const presigned = new URL((await openLink(link.url)).headers.get('Location') ?? '');
    for (const change of [
      (url: URL) => url.searchParams.set('X-Amz-Expires', '3600'),
      (url: URL) => url.searchParams.set('response-content-type', 'text/html'),
      (url: URL) => {
        url.pathname = url.pathname.replace('.pdf', '.txt');
      },
    ]) {
      const changed = new URL(presigned);
      change(changed);
      expect((await fetch(changed)).status).toBe(403);
    }
  });
});

describe('a link', () => {
  it.each(SAMPLES.map(({ key }) => key))('gives %s byte for byte', async (key) => {
    const { body, contentType } = sample(key);
    const link = await mintLink(stack, { key });
    const download = await fetch(link.url);
    expect(download.status).toBe(200);
    expect(download.headers.get('Content-Type')).toBe(contentType);
    expect(sha256(await bodyOf(download))).toBe(sha256(body));
    const name = key.split('/').at(-1) ?? '';
    const encoded = encodeURIComponent(name).replaceAll("'", '%27');
    expect(download.headers.get('Content-Disposition')).toContain(`filename*=UTF-8''${encoded}`);
  });

  it('gives a range through its redirect', async () => {
    const { key, body } = sample('.bin');
    const link = await mintLink(stack, { key });
    const part = await fetch(link.url, { headers: { Range: 'bytes=1000-1999' } });
    expect(part.status).toBe(206);
    expect(sha256(await bodyOf(part))).toBe(sha256(body.subarray(1_000, 2_000)));
  });

  it('answers HEAD with the size of the object', async () => {
    const { key, body } = sample('.bin');
    const link = await mintLink(stack, { key });
    const head = await fetch(link.url, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('Content-Length')).toBe(String(body.length));
  });

  it('serves the object under the name and the type it was minted with', async () => {
    const link = await mintLink(stack, {
      key: sample('.pdf').key,
      filename: 'Prüfbericht (final).pdf',
      disposition: 'inline',
      contentType: 'application/pdf',
    });
    const download = await fetch(link.url);
    expect(download.status).toBe(200);
    expect(download.headers.get('Content-Disposition')).toBe(
      `inline; filename="Prufbericht (final).pdf"; filename*=UTF-8''Pr%C3%BCfbericht%20%28final%29.pdf`,
    );
  });

  it('that was printed by npm start opens', async () => {
    expect((await fetch(stack.sampleLink)).status).toBe(200);
  });

  it('gives 100 recipients at once the object', async () => {
    const rateLimit = { limit: 100, windowSeconds: 60 };
    const link = await mintLink(stack, { key: sample('hello').key, rateLimit });
    const opened = await Promise.all(Array.from({ length: 100 }, () => openLink(link.url)));
    expect(new Set(opened.map((response) => response.status))).toEqual(new Set([302]));
  });
});
