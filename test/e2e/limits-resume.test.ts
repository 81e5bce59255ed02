// A download that breaks off goes on where it stopped, and is one use.

import { createCipheriv, createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser } from './browser.ts';
import { curl, hasCurl, startCurl } from './command.ts';
import { drawClaim, redeemByHeader } from './redeem.ts';
import {
  inspectLink,
  type Link,
  makeFolder,
  mintLink,
  removeFolder,
  type Stack,
  startStack,
} from './stack.ts';

const KEY = 'data/fifty-megabytes.bin';
const SIZE = 50_000_000;
/** How much a client has at least when its download is cut. */
const CUT = 1_000_000;
const BODY = keystream(SIZE);
const DIGEST = sha256(BODY);

const folder = makeFolder();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack(folder);
  const { endpoint, bucket, ...credentials } = stack.s3;
  const s3 = new AwsClient({ ...credentials, service: 's3', retries: 0 });
  const response = await s3.fetch(`${endpoint}/${bucket}/${KEY}`, { method: 'PUT', body: BODY });
  if (!response.ok) throw new Error(`Putting ${KEY} failed: ${await response.text()}`);
});
afterAll(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

/** The same bytes each time, and no two parts alike. */
function keystream(size: number): Uint8Array<ArrayBuffer> {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  return new Uint8Array(cipher.update(Buffer.alloc(size)));
}

function sha256(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

async function expectSpentOnce(link: Link, opens: number) {
  const inspected = await inspectLink(stack, link.id);
  expect(inspected).toMatchObject({ state: 'used_up', usesLeft: 0, opens });
}

describe('a download of 50 MB by a link of one use', () => {
  it.skipIf(!hasCurl)('is cut and resumed by curl -C - with its claim', async () => {
    const link = await mintLink(stack, { key: KEY, maxUses: 1 });
    const file = join(folder, 'by-curl.bin');
    const args = ['-L', '-H', `Hallpass-Claim: ${drawClaim()}`, '-o', file, link.url];
    const sizeOfFile = () => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

    // Slow enough to be caught in the middle: it would take 10 seconds, and is cut after a megabyte.
    const slow = startCurl('--limit-rate', '5M', ...args);
    const ended = once(slow, 'exit');
    while (sizeOfFile() < CUT && slow.exitCode === null) await sleep(10);
    slow.kill('SIGKILL');
    await ended;
    const kept = sizeOfFile();
    expect(kept).toBeGreaterThanOrEqual(CUT);
    expect(kept).toBeLessThan(SIZE);
    expect((await redeemByHeader(link.url, drawClaim())).status).toBe(410);

    const said = await curl('-C', '-', '-w', '%{http_code} %{size_download}', ...args);
    expect(said).toBe(`206 ${SIZE - kept}`);
    expect(sha256(readFileSync(file))).toBe(DIGEST);
    await expectSpentOnce(link, 2);
  });

  it('is cut and resumed by a person, from the page that knows them', async () => {
    const link = await mintLink(stack, { key: KEY, maxUses: 1 });
    const browser = createBrowser();
    const page = await browser.openPage(link.url);
    expect(page.html).toContain('It can be used once.');
    const redeemed = await browser.submit(link.url, page);
    expect(redeemed.response.status).toBe(303);
    const { part, etag } = await downloadPart(redeemed.response.headers.get('Location') ?? '');
    expect(part.length).toBeGreaterThanOrEqual(CUT);
    expect(part.length).toBeLessThan(SIZE);
    expect((await createBrowser().openPage(link.url)).response.status).toBe(410);

    const back = await browser.openPage(link.url);
    expect(back.response.status).toBe(200);
    expect(back.claim).toBe(page.claim);
    expect(back.html).toContain('You have used it and may download it again for a while.');
    const again = await browser.submit(link.url, back);
    expect(again.response.status).toBe(303);
    const rest = await fetch(again.response.headers.get('Location') ?? '', {
      headers: { Range: `bytes=${part.length}-`, 'If-Range': etag },
    });
    expect(rest.status).toBe(206);
    expect(rest.headers.get('Content-Range')).toBe(`bytes ${part.length}-${SIZE - 1}/${SIZE}`);
    expect(sha256(Buffer.concat([part, Buffer.from(await rest.arrayBuffer())]))).toBe(DIGEST);
    await expectSpentOnce(link, 2);
  });
});

/** Breaks the connection once a megabyte is there. */
async function downloadPart(url: string): Promise<{ part: Buffer; etag: string }> {
  const abort = new AbortController();
  const response = await fetch(url, { signal: abort.signal });
  expect(response.status).toBe(200);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= CUT) break;
  }
  abort.abort();
  return { part: Buffer.concat(chunks), etag: response.headers.get('ETag') ?? '' };
}
