// Links as the programs that people download with follow them. What curl, Node's fetch and people do with
// limited and streamed links is in limits-resume.test.ts and stream.test.ts, and isn't repeated here.

import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/samples.ts';
import { startChromium } from './chromium.ts';
import { aria2, curl, hasAria2, hasCurl, hasWget, startAria2, startWget, wget } from './command.ts';
import { drawClaim } from './redeem.ts';
import {
  inspectLink,
  type Link,
  makeFolder,
  mintLink,
  removeFolder,
  type Stack,
  startStack,
} from './stack.ts';

const LARGE = { key: 'data/large.bin', body: numbered(20_000_000) };
/** How much a client has at least when its download is cut. */
const CUT = 1_000_000;
const SMALL = { key: SAMPLES[0]?.key ?? '', body: new Uint8Array(SAMPLES[0]?.body ?? []) };
const DELIVERIES = ['redirect', 'stream'] as const;
const NAME = 'Prüfbericht (final) 日本.pdf';

const folder = makeFolder();
let stack: Stack;
let folders = 0;

beforeAll(async () => {
  stack = await startStack(folder);
  const { endpoint, bucket, ...credentials } = stack.s3;
  const s3 = new AwsClient({ ...credentials, service: 's3', retries: 0 });
  const url = `${endpoint}/${bucket}/${LARGE.key}`;
  const response = await s3.fetch(url, { method: 'PUT', body: LARGE.body });
  if (!response.ok) throw new Error(`Putting ${LARGE.key} failed: ${await response.text()}`);
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

function emptyFolder(): string {
  folders += 1;
  const path = join(folder, `saved-${folders}`);
  mkdirSync(path);
  return path;
}

/** The only file that a program left where it was to save. */
function savedIn(path: string): { readonly name: string; readonly digest: string } {
  const [name = '', ...others] = readdirSync(path);
  expect(others).toEqual([]);
  return { name, digest: sha256(readFileSync(join(path, name))) };
}

async function expectSpentOnce(link: Link) {
  expect(await inspectLink(stack, link.id)).toMatchObject({ state: 'used_up', usesLeft: 0 });
}

type Program = {
  readonly program: string;
  readonly isInstalled: boolean;
  /** Into this file. */
  readonly saveAs: (file: string, url: string, ...args: string[]) => Promise<string>;
  /** Into this folder, under the name that the link gives. */
  readonly saveIn: (path: string, url: string) => Promise<string>;
  /** Which of the two names it reads. */
  readonly savedName: string;
  /** Where it isn't tested elsewhere. */
  readonly resumes?: {
    readonly startSlowly: (file: string, url: string, claim: string) => ChildProcess;
    /** Killed, aria2c forgets how far it was. */
    readonly cutBy: 'SIGKILL' | 'SIGINT';
    readonly goOn: readonly string[];
    /** What it prints when it went on where it stopped. */
    readonly said: RegExp;
  };
};

const claimArg = (claim: string) => `--header=Hallpass-Claim: ${claim}`;
/** For whoever doesn't read RFC 8187. */
const FALLBACK = 'Prufbericht (final) __.pdf';

const PROGRAMS: Program[] = [
  {
    program: 'curl',
    isInstalled: hasCurl,
    saveAs: (file, url, ...args) => curl('-L', '-o', file, ...args, url),
    saveIn: (path, url) => curl('-L', '-OJ', '--output-dir', path, url),
    savedName: FALLBACK,
  },
  {
    program: 'wget',
    isInstalled: hasWget,
    saveAs: (file, url, ...args) => wget('-O', file, ...args, url),
    saveIn: (path, url) => wget('--content-disposition', '-P', path, url),
    savedName: NAME,
    resumes: {
      startSlowly: (file, url, claim) =>
        startWget('--limit-rate=5m', '-O', file, claimArg(claim), url),
      cutBy: 'SIGKILL',
      goOn: ['-c'],
      said: /206 Partial Content/,
    },
  },
  {
    program: 'aria2c',
    isInstalled: hasAria2,
    saveAs: (file, url, ...args) =>
      aria2('-d', join(file, '..'), '-o', file.split('/').at(-1) ?? '', ...args, url),
    saveIn: (path, url) => aria2('-d', path, url),
    savedName: NAME,
    resumes: {
      startSlowly: (file, url, claim) =>
        startAria2(
          '--max-download-limit=5M',
          '--file-allocation=none',
          '-d',
          join(file, '..'),
          '-o',
          file.split('/').at(-1) ?? '',
          claimArg(claim),
          url,
        ),
      cutBy: 'SIGINT',
      goOn: ['--continue=true', '--log=-', '--log-level=info'],
      said: /HTTP\/1\.1 206/,
    },
  },
];

for (const { program, isInstalled } of PROGRAMS) {
  if (!isInstalled) console.warn(`Skipped: ${program}, which is not installed on this machine.`);
}

describe.each(PROGRAMS)('$program', ({ program, isInstalled, resumes, ...client }) => {
  const WHY = `${program} is not installed on this machine`;

  it('saves a plain link byte for byte', async ({ skip }) => {
    skip(!isInstalled, WHY);
    const { url } = await mintLink(stack, { key: LARGE.key });
    const path = emptyFolder();
    await client.saveAs(join(path, 'plain.bin'), url);
    expect(savedIn(path)).toEqual({ name: 'plain.bin', digest: sha256(LARGE.body) });
  });

  it.for(DELIVERIES)('saves a %s under the name it has', async (delivery, { skip }) => {
    skip(!isInstalled, WHY);
    const { url } = await mintLink(stack, { key: SMALL.key, filename: NAME, delivery });
    const path = emptyFolder();
    await client.saveIn(path, url);
    const { name, digest } = savedIn(path);
    expect(name).toBe(client.savedName);
    expect(digest).toBe(sha256(SMALL.body));
  });

  if (!resumes) return;
  it.for(DELIVERIES)('resumes a %s by its claim, which is one use', async (delivery, { skip }) => {
    skip(!isInstalled, WHY);
    const link = await mintLink(stack, { key: LARGE.key, maxUses: 1, delivery });
    const claim = drawClaim();
    const file = join(emptyFolder(), 'resumed.bin');
    const sizeOfFile = () => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

    // Slow enough to be caught in the middle: it would take 4 seconds.
    const slow = resumes.startSlowly(file, link.url, claim);
    const ended = once(slow, 'exit');
    while (sizeOfFile() < CUT && slow.exitCode === null) await sleep(10);
    slow.kill(resumes.cutBy);
    await ended;
    const kept = sizeOfFile();
    expect(kept).toBeGreaterThanOrEqual(CUT);
    expect(kept).toBeLessThan(LARGE.body.length);
    const head = readFileSync(file).subarray(0, CUT);

    const said = await client.saveAs(file, link.url, ...resumes.goOn, claimArg(claim));
    expect(said).toMatch(resumes.said);
    expect(head.equals(LARGE.body.subarray(0, CUT))).toBe(true);
    expect(sha256(readFileSync(file))).toBe(sha256(LARGE.body));
    await expectSpentOnce(link);
  });
});

it.skipIf(!hasAria2)(
  'aria2c takes a limited link by 4 connections at once, for one use',
  async () => {
    const link = await mintLink(stack, { key: LARGE.key, maxUses: 1 });
    const path = emptyFolder();
    await aria2(
      '-x4',
      '-s4',
      '-k1M',
      '-d',
      path,
      '-o',
      'parts.bin',
      claimArg(drawClaim()),
      link.url,
    );
    expect(savedIn(path)).toEqual({ name: 'parts.bin', digest: sha256(LARGE.body) });
    await expectSpentOnce(link);
  },
);

describe('the fetch of Node', () => {
  it('follows a limited link with its claim, in two halves', async () => {
    const link = await mintLink(stack, { key: LARGE.key, maxUses: 1 });
    const claim = drawClaim();
    const half = LARGE.body.length / 2;
    const parts: Uint8Array[] = [];
    for (const Range of [`bytes=0-${half - 1}`, `bytes=${half}-`]) {
      const part = await fetch(link.url, { headers: { 'Hallpass-Claim': claim, Range } });
      expect(part.status).toBe(206);
      parts.push(new Uint8Array(await part.arrayBuffer()));
    }
    expect(sha256(Buffer.concat(parts))).toBe(sha256(LARGE.body));
    await expectSpentOnce(link);
  });
});

describe('Chromium', () => {
  const elsewhere = createServer((_, response) => {
    response
      .writeHead(200, { 'Content-Type': 'text/html' })
      .end('<!doctype html><title>App</title>');
  });
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    elsewhere.listen(0, '127.0.0.1');
    browser = await startChromium();
    page = await browser.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    elsewhere.close();
  });

  it.for(DELIVERIES)('saves a plain %s under the whole name', async (delivery) => {
    const { url } = await mintLink(stack, { key: SMALL.key, filename: NAME, delivery });
    const downloading = page.waitForEvent('download');
    // A navigation that becomes a download is broken off.
    await page.goto(url).catch(() => undefined);
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(NAME);
    expect(sha256(readFileSync(await download.path()))).toBe(sha256(SMALL.body));
  });

  describe('by the fetch of a page of another origin', () => {
    type Fetched = { readonly status: number; readonly digest: string };

    beforeAll(async () => {
      const { port } = elsewhere.address() as AddressInfo;
      await page.goto(`http://localhost:${port}/`);
    });

    /** What a script of the page gets; it throws as the script would see it. */
    function fetchThere(url: string, init: object = {}): Promise<Fetched> {
      return page.evaluate(`(async () => {
        const response = await fetch(${JSON.stringify(url)}, ${JSON.stringify(init)});
        const digest = await crypto.subtle.digest('SHA-256', await response.arrayBuffer());
        return { status: response.status, digest: new Uint8Array(digest).toHex() };
      })()`);
    }

    it.for(DELIVERIES)('reads a plain %s', async (delivery) => {
      const { url } = await mintLink(stack, { key: SMALL.key, delivery });
      expect(await fetchThere(url)).toEqual({ status: 200, digest: sha256(SMALL.body) });
    });

    it.for(DELIVERIES)('reads a part of a %s', async (delivery) => {
      const { url } = await mintLink(stack, { key: SMALL.key, delivery });
      const part = await fetchThere(url, { headers: { Range: 'bytes=10-19' } });
      expect(part).toEqual({ status: 206, digest: sha256(SMALL.body.subarray(10, 20)) });
    });

    it.for(DELIVERIES)('reads a limited %s with a claim, once', async (delivery) => {
      const link = await mintLink(stack, { key: SMALL.key, maxUses: 1, delivery });
      const headers = { 'Hallpass-Claim': drawClaim() };
      for (const _ of ['first', 'again']) {
        const fetched = await fetchThere(link.url, { headers });
        expect(fetched).toEqual({ status: 200, digest: sha256(SMALL.body) });
      }
      await expectSpentOnce(link);
    });
  });
});
