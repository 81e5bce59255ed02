// Streamed delivery against the real stack: the same bytes and the same answers as from the store, which
// stays hidden, until the link is taken back.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toRfc3986 } from '../../scripts/s3rver.ts';
import { SAMPLES } from '../../scripts/samples.ts';
import { createBrowser, PAGE_HEADERS } from './browser.ts';
import { curl, hasCurl, startCurl } from './command.ts';
import { drawClaim } from './redeem.ts';
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
} from './stack.ts';

/** Far more than sockets on the way hold back. */
const LARGE = { key: 'data/large.bin', body: numbered(60_000_000) };
const OFFSETS = 'data/offsets.bin';
const MEGABYTE = 1_000_000;

const folder = makeFolder();
let stack: Stack;

beforeAll(async () => {
  // A revocation would otherwise be waited for ten seconds.
  writeFileSync(join(folder, 'settings.json'), '{"STREAM_RECHECK_SECONDS":"1"}');
  stack = await startStack(folder);
  await put(LARGE.key, LARGE.body);
  await put('empty.txt', new Uint8Array(), { 'Content-Type': 'text/plain' });
  await put('page.html', Buffer.from('<script>alert(1)</script>'), { 'Content-Type': 'text/html' });
});
afterAll(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

/** No two parts alike. */
function numbered(size: number): Uint8Array<ArrayBuffer> {
  const numbers = new Uint32Array(size / 4);
  for (let index = 0; index < numbers.length; index++) numbers[index] = index;
  return new Uint8Array(numbers.buffer);
}

const sha256 = (body: Uint8Array) => createHash('sha256').update(body).digest('hex');
const bodyOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const stream = (key: string, terms: object = {}) =>
  mintLink(stack, { key, delivery: 'stream', ...terms });

/** The store itself, by a request of its owner. */
function askStore(key: string, init: RequestInit = {}): Promise<Response> {
  const { endpoint, bucket, ...credentials } = stack.s3;
  const path = key.split('/').map((segment) => toRfc3986(encodeURIComponent(segment)));
  const s3 = new AwsClient({ ...credentials, service: 's3', retries: 0 });
  return s3.fetch(`${endpoint}/${bucket}/${path.join('/')}`, init);
}

async function put(key: string, body: Uint8Array<ArrayBuffer>, headers: HeadersInit = {}) {
  const response = await askStore(key, { method: 'PUT', body, headers });
  if (!response.ok) throw new Error(`Putting ${key} failed: ${await response.text()}`);
}

describe('a link that streams', () => {
  it.each(SAMPLES.map(({ key }) => key))('gives %s byte for byte', async (key) => {
    const sample = SAMPLES.find((candidate) => candidate.key === key);
    // Miniflare compresses text, which the platform leaves alone for `no-transform`.
    const headers = { 'Accept-Encoding': 'identity' };
    const opened = await openLink((await stream(key)).url, { headers });
    expect(opened.status).toBe(200);
    expect(opened.headers.get('Content-Type')).toBe(sample?.contentType);
    expect(opened.headers.get('Content-Length')).toBe(String(sample?.body.length));
    expect(await bodyOf(opened)).toEqual(new Uint8Array(sample?.body ?? []));
  });

  it('saves what could run script, on an origin where nothing runs', async () => {
    const opened = await openLink((await stream('page.html')).url, { headers: PAGE_HEADERS });
    expect(opened.headers.get('Content-Disposition')).toMatch(/^attachment; filename="page.html"/);
    expect(opened.headers.get('Content-Security-Policy')).toContain('sandbox');
    expect(opened.headers.get('X-Content-Type-Options')).toBe('nosniff');
  });

  it.skipIf(!hasCurl)('tells HEAD the size, also of an empty object', async () => {
    for (const [key, size] of [
      [LARGE.key, LARGE.body.length],
      ['empty.txt', 0],
    ] as const) {
      const { url } = await stream(key);
      const said = await curl('-I', url);
      expect(said).toMatch(/^HTTP\/1.1 200 OK/);
      expect(said).toMatch(new RegExp(`^content-length: ${size}\r$`, 'im'));
      expect(said).toMatch(/^etag: "/im);
      expect((await bodyOf(await openLink(url))).length).toBe(size);
    }
  });

  it.skipIf(!hasCurl)('gives what is stored compressed as it is stored', async () => {
    const body = new Uint8Array(gzipSync('line after line\n'.repeat(10_000)));
    await put('lines.csv', body, { 'Content-Type': 'text/csv', 'Content-Encoding': 'gzip' });
    const { url } = await stream('lines.csv');
    const file = join(folder, 'lines.csv.gz');
    expect(await curl('-D', '-', '-o', file, url)).toMatch(/^content-encoding: gzip\r$/im);
    expect(sha256(readFileSync(file))).toBe(sha256(body));
    await curl('-r', '10-19', '-o', file, url);
    expect(readFileSync(file)).toEqual(Buffer.from(body.subarray(10, 20)));
    expect(await curl('--compressed', url)).toMatch(/^(?:line after line\n){10000}$/);
  });

  it('says of a missing object that it is missing, and nothing else', async () => {
    const opened = await openLink((await stream('documents/never-written.pdf')).url);
    expect(opened.status).toBe(404);
    expect(await opened.json()).toMatchObject({ reason: 'object_missing' });
  });
});

describe('what is asked of the object', () => {
  const CASES: [string, (etag: string, date: string) => Record<string, string>, number][] = [
    ['all of it', () => ({}), 200],
    ['a range', () => ({ Range: 'bytes=1000-1999' }), 206],
    ['a range to the end', () => ({ Range: 'bytes=2097000-' }), 206],
    ['a range past the end', () => ({ Range: 'bytes=2097000-9999999' }), 206],
    ['a range behind the end', () => ({ Range: 'bytes=9999999-' }), 416],
    ['If-None-Match with its ETag', (etag) => ({ 'If-None-Match': etag }), 304],
    ['If-None-Match with another', () => ({ 'If-None-Match': '"x"' }), 200],
    ['If-Modified-Since it was', (_, date) => ({ 'If-Modified-Since': date }), 304],
    ['If-Match with its ETag', (etag) => ({ 'If-Match': etag }), 200],
    ['If-Match with another', () => ({ 'If-Match': '"x"' }), 412],
    [
      'a range if it still is this one',
      (etag) => ({ Range: 'bytes=16-31', 'If-Range': etag }),
      206,
    ],
  ];

  it.each(CASES)('%s is answered as by the store', async (_case, headersFor, status) => {
    const { url } = await stream(OFFSETS);
    const { headers } = await askStore(OFFSETS, { method: 'HEAD' });
    const etag = headers.get('ETag') ?? '';
    const asked = headersFor(etag, headers.get('Last-Modified') ?? '');
    const [given, stored] = [
      await openLink(url, { headers: asked }),
      await askStore(OFFSETS, { headers: asked }),
    ];
    expect([given.status, stored.status]).toEqual([status, status]);
    if (status >= 400) return;
    const names = ['Content-Length', 'Content-Range', 'Content-Type', 'ETag', 'Last-Modified'];
    for (const name of status === 304 ? names.slice(3) : names) {
      expect(given.headers.get(name), name).toBe(stored.headers.get(name));
    }
    expect(sha256(await bodyOf(given))).toBe(sha256(await bodyOf(stored)));
  });

  it('a range is all of it when the object is another one by now', async () => {
    const { url } = await stream(OFFSETS);
    for (const unless of ['"x"', 'Wed, 21 Oct 2015 07:28:00 GMT']) {
      const headers = { Range: 'bytes=16-31', 'If-Range': unless };
      const given = await openLink(url, { headers });
      expect(given.status).toBe(200);
      expect((await bodyOf(given)).length).toBe(2 ** 21);
    }
  });

  it('a range behind the end is told how long it is', async () => {
    const given = await openLink((await stream(OFFSETS)).url, {
      headers: { Range: 'bytes=9999999-' },
    });
    expect(given.headers.get('Content-Range')).toBe(`bytes */${2 ** 21}`);
    expect(await given.json()).toMatchObject({ reason: 'range_not_satisfiable' });
  });
});

describe('a download of 60 MB by a link of one use', () => {
  async function expectSpentOnce(link: Link, opens: number) {
    expect(await inspectLink(stack, link.id)).toMatchObject({ usesLeft: 0, opens });
  }

  it.skipIf(!hasCurl)('is cut and resumed by curl -C - with its claim', async () => {
    const link = await stream(LARGE.key, { maxUses: 1 });
    const file = join(folder, 'resumed.bin');
    const args = ['-H', `Hallpass-Claim: ${drawClaim()}`, '-o', file, link.url];
    const sizeOfFile = () => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    const slow = startCurl('--limit-rate', '5M', ...args);
    const ended = once(slow, 'exit');
    while (sizeOfFile() < MEGABYTE && slow.exitCode === null) await sleep(10);
    slow.kill('SIGKILL');
    await ended;
    const kept = sizeOfFile();
    const said = await curl('-C', '-', '-w', '%{http_code} %{size_download}', ...args);
    expect(said).toBe(`206 ${LARGE.body.length - kept}`);
    expect(sha256(readFileSync(file))).toBe(sha256(LARGE.body));
    await expectSpentOnce(link, 2);
  });

  it('comes in 20 parts at once', async () => {
    const link = await stream(LARGE.key, { maxUses: 1 });
    const claim = drawClaim();
    const size = LARGE.body.length / 20;
    const parts = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const Range = `bytes=${index * size}-${(index + 1) * size - 1}`;
        const part = await openLink(link.url, { headers: { 'Hallpass-Claim': claim, Range } });
        expect(part.status).toBe(206);
        return bodyOf(part);
      }),
    );
    expect(sha256(Buffer.concat(parts))).toBe(sha256(LARGE.body));
    await expectSpentOnce(link, 20);
  });

  it('comes to a person by the page, and to nobody else', async () => {
    const link = await stream(OFFSETS, { maxUses: 1, password: 'correct horse' });
    const browser = createBrowser();
    const page = await browser.openPage(link.url);
    expect(page.html).toContain('It can be used once.');
    const redeemed = await browser.submit(link.url, page, 'correct horse');
    expect(redeemed.response.status).toBe(303);
    const next = new URL(redeemed.response.headers.get('Location') ?? '', link.url);
    expect(next.href).toBe(link.url);
    const file = await browser.openPage(next.href);
    expect(file.response.status).toBe(200);
    expect(file.response.headers.get('Content-Disposition')).toContain('offsets.bin');
    expect(file.html).toBe(SAMPLES.find(({ key }) => key === OFFSETS)?.body.toString());
    expect((await createBrowser().openPage(link.url)).response.status).toBe(410);
    await expectSpentOnce(link, 2);
  });

  it.skipIf(!hasCurl)('comes to a program that POSTs', async () => {
    const link = await stream(OFFSETS, { maxUses: 1 });
    const file = join(folder, 'posted.bin');
    await curl('-d', '', '-o', file, link.url);
    expect(statSync(file).size).toBe(2 ** 21);
    await expectSpentOnce(link, 1);
  });
});

describe('a transfer under way', () => {
  it.skipIf(!hasCurl)('is broken off by a revoke, and the client sees that it is', async () => {
    const link = await stream(LARGE.key);
    const file = join(folder, 'revoked.bin');
    const slow = startCurl('--limit-rate', '3M', '-o', file, link.url);
    const ended = once(slow, 'exit');
    while ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) < MEGABYTE) await sleep(10);
    expect((await revokeLink(stack, link.id)).status).toBe(200);
    const [exitCode] = await ended;
    // CURLE_PARTIAL_FILE, or CURLE_RECV_ERROR where the connection was reset.
    expect([18, 56]).toContain(exitCode);
    expect(statSync(file).size).toBeLessThan(LARGE.body.length);
    expect((await openLink(link.url)).status).toBe(410);
  });

  it('is broken off at the end of its link', async () => {
    const link = await stream(LARGE.key, { ttlSeconds: 3 });
    const opened = await openLink(link.url);
    const reader = (opened.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await sleep(Date.parse(link.expiresAt) - Date.now() + 500);
    const readOn = async () => {
      let bytes = 0;
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        bytes += next.value.length;
      }
      return bytes;
    };
    await expect(readOn()).rejects.toThrow('terminated');
  });
});

describe('a store that misbehaves', () => {
  const lonely = makeFolder();
  const server = createServer((request, response) => {
    const behave = BEHAVIOURS[request.url?.split('/').at(-1) ?? ''];
    behave?.(response);
  });
  const BEHAVIOURS: Record<string, (response: ServerResponse) => void> = {
    gone: (response) => response.socket?.destroy(),
    failing: (response) => response.writeHead(500).end('<Error>demo-private</Error>'),
    halting: (response) =>
      response.writeHead(200, { 'Content-Length': MEGABYTE }).write('beginning'),
    breaking: (response) => {
      response.writeHead(200, { 'Content-Length': MEGABYTE }).write('beginning');
      setTimeout(() => response.socket?.destroy(), 100);
    },
    trickling: (response) => {
      response.writeHead(200, { 'Content-Length': 9 }).write('b');
      setTimeout(() => response.end('eginning'), 3_000);
    },
  };
  let other: Stack;

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const demo = { ...stack.s3, endpoint: `http://127.0.0.1:${port}`, addressing: 'path' };
    const { secretAccessKey, ...store } = demo;
    const settings = {
      STORES: { demo: store },
      STORE_DEMO_SECRET_ACCESS_KEY: secretAccessKey,
      STREAM_RECHECK_SECONDS: '1',
    };
    writeFileSync(join(lonely, 'settings.json'), JSON.stringify(settings));
    other = await startStack(lonely);
  });
  afterAll(async () => {
    await other?.interrupt();
    server.closeAllConnections();
    server.close();
    removeFolder(lonely);
  });

  const behaving = (key: keyof typeof BEHAVIOURS) =>
    mintLink(other, { key, store: 'demo', delivery: 'stream' });

  it.each(['gone', 'failing'])(
    'being %s is 502 with Retry-After and without a word of its own',
    async (key) => {
      const opened = await openLink((await behaving(key)).url);
      expect(opened.status).toBe(502);
      expect(opened.headers.get('Retry-After')).toBe('10');
      const said = await opened.text();
      expect(JSON.parse(said)).toMatchObject({ reason: 'store_failing' });
      expect(said).not.toMatch(/127\.0\.0\.1|demo-private/);
      expect(other.output()).not.toMatch(/demo-private\/|Signature=/);
    },
  );

  it('breaking off in the middle is seen to be no end', async () => {
    const opened = await openLink((await behaving('breaking')).url);
    expect(opened.headers.get('Content-Length')).toBe(String(MEGABYTE));
    await expect(bodyOf(opened)).rejects.toThrow('terminated');
  });

  it('halting holds back neither what it sent nor a revocation', async () => {
    const link = await behaving('halting');
    const opened = await openLink(link.url);
    const reader = (opened.body as ReadableStream<Uint8Array>).getReader();
    expect((await reader.read()).value).toEqual(new TextEncoder().encode('beginning'));
    await revokeLink(other, link.id);
    await expect(Promise.race([reader.read(), sleep(5_000)])).rejects.toThrow('terminated');
  });

  it('taking its time delays no byte that it has sent', async () => {
    const { url } = await behaving('trickling');
    const start = Date.now();
    const opened = await openLink(url);
    const reader = (opened.body as ReadableStream<Uint8Array>).getReader();
    expect((await reader.read()).value).toEqual(new TextEncoder().encode('b'));
    expect(Date.now() - start).toBeLessThan(2_000);
    expect((await reader.read()).value).toEqual(new TextEncoder().encode('eginning'));
  });
});
