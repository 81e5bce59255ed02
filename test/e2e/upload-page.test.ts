// People send files from the page of an upload link, in a real browser with its policy in force.

import { createHash } from 'node:crypto';
import { closeSync, openSync, utimesSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startChromium } from './chromium.ts';
import {
  inspectLink,
  type Link,
  makeFolder,
  mintLink,
  removeFolder,
  revokeLink,
  type Stack,
  startStack,
  uploadedEvents,
} from './stack.ts';

const MEBIBYTE = 1_048_576;
const LARGE_BYTES = 110 * MEBIBYTE;
const MODIFIED_AT = new Date('2026-01-02T03:04:05Z');
const folder = makeFolder();
let stack: Stack;
let s3: S3Client;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What the browser complained of: anything fails the test, unless the test takes it out. */
let complaints: string[];
/** What left the page for the store. */
let puts: string[];

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(folder), startChromium()]);
  const { endpoint, region, accessKeyId, secretAccessKey } = stack.s3;
  const credentials = { accessKeyId, secretAccessKey };
  s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials });
});
afterAll(async () => {
  await browser?.close();
  s3?.destroy();
  await stack?.interrupt();
  removeFolder(folder);
});

beforeEach(async () => {
  complaints = [];
  puts = [];
  context = await browser.newContext();
  page = await context.newPage();
  watch(page);
});
afterEach(async () => {
  await context.close();
  expect(complaints).toEqual([]);
});

function watch(watched: Page): void {
  watched.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  watched.on('pageerror', (error) => complaints.push(error.message));
  watched.on('request', (request) => {
    if (request.method() === 'PUT') puts.push(request.url());
  });
}

/** Answers that a test asks for are no complaints. */
function expectComplaints(pattern: RegExp): void {
  expect(complaints.length).toBeGreaterThan(0);
  complaints = complaints.filter((complaint) => !pattern.test(complaint));
}

let keys = 0;
const newKey = () => `inbox/page-${++keys}.bin`;

function mintUpload(more: object = {}, upload: object = {}): Promise<Link> {
  return mintLink(stack, {
    key: newKey(),
    operation: 'upload',
    upload: { maxBytes: 200 * MEBIBYTE, ...upload },
    ...more,
  });
}

const bytes = (size: number, seed = 1) =>
  Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 31 + seed) % 251));
const textFile = (name: string, size = 1_000) => ({
  ...{ name, mimeType: 'text/plain' },
  buffer: bytes(size),
});
const sha256 = (body: Uint8Array) => createHash('sha256').update(body).digest('hex');

async function stored(key: string): Promise<Uint8Array> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: stack.s3.bucket, Key: key }));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

async function storedUnder(prefix: string): Promise<string[]> {
  const query = { Bucket: stack.s3.bucket, Prefix: prefix };
  const { Contents = [] } = await s3.send(new ListObjectsV2Command(query));
  return Contents.map(({ Key = '' }) => Key).sort();
}

const choose = (files: Parameters<Page['setInputFiles']>[1]) => page.setInputFiles('#files', files);
const row = (name: string) => page.locator('#list li').filter({ hasText: name });
const expectState = (name: string, words: string | RegExp, timeout = 30_000) =>
  row(name).locator('.state').filter({ hasText: words }).waitFor({ timeout });
const press = (button: string) => page.getByRole('button', { name: button }).click();
const sentBytes = (name: string) =>
  row(name)
    .locator('progress')
    .evaluate((progress) => (progress as unknown as { value: number }).value);

/** Drops a file as from a desktop, of no type. The script runs in the page. */
async function drop(name: string, content: string, lastModified = MODIFIED_AT): Promise<void> {
  await page.evaluate(`(() => {
    const data = new DataTransfer();
    const options = { lastModified: ${lastModified.getTime()} };
    data.items.add(new File([${content}], ${JSON.stringify(name)}, options));
    const init = { dataTransfer: data, bubbles: true, cancelable: true };
    document.querySelector('#chooser').dispatchEvent(new DragEvent('drop', init));
  })()`);
}

describe('a person', () => {
  it('chooses a small file, and sees that it was sent', async () => {
    const key = newKey();
    const link = await mintUpload({ key });
    await page.goto(link.url);
    expect(await page.title()).toBe('Private link');
    const file = textFile('Grüße <b>.txt', 100_000);
    await choose(file);
    await expectState('Grüße <b>.txt', /^Sent$/);
    expect(await row('Grüße <b>.txt').textContent()).toContain('100 kB');
    expect(await page.locator('h1').textContent()).toBe('Your file was sent');
    expect(await page.locator('#chooser').isVisible()).toBe(false);
    await expect.poll(() => page.locator('#announcer').textContent()).toContain('Sent');
    expect(sha256(await stored(key))).toBe(sha256(file.buffer));

    // Whoever comes back is told so again.
    await page.reload();
    await expectState('Grüße <b>.txt', /^Sent$/);
    expect(await page.locator('h1').textContent()).toBe('Your file was sent');
  });

  it('drops a file, also one of nothing', async () => {
    const key = newKey();
    await page.goto((await mintUpload({ key })).url);
    await drop('empty.txt', '');
    await expectState('empty.txt', /^Sent$/);
    expect(await stored(key)).toHaveLength(0);
  });

  it('uses the keyboard alone', async () => {
    const key = newKey();
    // Choosers are caught from the first listener on, which takes the browser a moment.
    const chooser = page.waitForEvent('filechooser');
    await page.goto((await mintUpload({ key })).url);
    await page.keyboard.press('Tab');
    // A page that was just opened may not have the keyboard yet.
    await expect.poll(() => page.evaluate('document.activeElement?.id')).toBe('files');
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(textFile('by-keyboard.txt', 8 * MEBIBYTE));
    await expectState('by-keyboard.txt', /^Sent$/);
    expect(await stored(key)).toHaveLength(8 * MEBIBYTE);
  });

  it('is told what the link doesn’t take before a byte leaves', async () => {
    const link = await mintUpload({}, { maxBytes: 1_000, contentTypes: ['text/plain'] });
    await page.goto(link.url);
    await choose(textFile('long.txt', 1_001));
    const faults = page.locator('#faults');
    expect(await faults.textContent()).toBe(
      '“long.txt” is larger than the 1 kB that this link takes.',
    );
    await choose({ name: 'photo.png', mimeType: 'image/png', buffer: bytes(10) });
    expect(await faults.textContent()).toBe(
      '“photo.png” is not of a kind that this link takes: plain text files.',
    );
    expect(await page.locator('#list li').count()).toBe(0);
    expect(puts).toEqual([]);
    expect(await inspectLink(stack, link.id)).toMatchObject({ opens: 0 });
    await choose(textFile('short.txt', 1_000));
    await expectState('short.txt', /^Sent$/);
    expect(await faults.textContent()).toBe('');
  });

  it('enters the password that the link asks for', async () => {
    const link = await mintUpload({ password: 'correct horse' });
    await page.goto(link.url);
    await choose(textFile('secret.txt'));
    await expectState('secret.txt', 'Waiting for the password');
    const password = page.getByLabel('Password');
    await page.waitForFunction("document.activeElement.id === 'password'");
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('This password is wrong').waitFor();
    await password.fill('correct horse');
    await page.keyboard.press('Enter');
    await expectState('secret.txt', /^Sent$/);
    expectComplaints(/status of 403/);
  });

  it('sends many files into a prefix, one after the other', async () => {
    const prefix = `drop-${++keys}/`;
    await page.goto((await mintUpload({ key: prefix })).url);
    await choose([textFile('a.txt', 5_000), textFile('b.txt', 6_000), textFile('c.txt', 7_000)]);
    for (const name of ['a.txt', 'b.txt', 'c.txt']) await expectState(name, /^Sent$/);
    expect(await page.locator('#chooser').isVisible()).toBe(true);
    expect((await storedUnder(prefix)).map((key) => key.replace(/-\w{9}\./, '.'))).toEqual(
      ['a.txt', 'b.txt', 'c.txt'].map((name) => prefix + name),
    );
    await choose(textFile('d.txt'));
    await expectState('d.txt', /^Sent$/);
  });

  it('comes back to a link that is used up for everybody else', async () => {
    const link = await mintUpload({ maxUses: 1 });
    await page.goto(link.url);
    await choose(textFile('mine.txt'));
    await expectState('mine.txt', /^Sent$/);
    await page.reload();
    await expectState('mine.txt', /^Sent$/);
    const stranger = await browser.newContext();
    const opened = await (await stranger.newPage()).goto(link.url);
    expect(opened?.status()).toBe(410);
    await stranger.close();
  });

  it('is told in a sentence that the link was withdrawn, or that there is a file', async () => {
    const link = await mintUpload();
    await page.goto(link.url);
    await revokeLink(stack, link.id);
    await choose(textFile('late.txt'));
    await expectState('late.txt', 'This link was withdrawn.');
    expect(await page.locator('#chooser').isVisible()).toBe(false);
    expect(await page.getByRole('button').allTextContents()).toEqual(['Remove']);
    expectComplaints(/status of 410/);

    const key = newKey();
    const [first, second] = [await mintUpload({ key }), await mintUpload({ key })];
    await page.goto(first.url);
    await choose(textFile('first.txt'));
    await expectState('first.txt', /^Sent$/);
    await page.goto(second.url);
    await choose(textFile('second.txt', 2_000));
    await expectState('second.txt', 'nothing was overwritten');
    expectComplaints(/status of (?:412|409)/);
    expect(await stored(key)).toHaveLength(1_000);
  });

  it('needn’t know that a URL ended, or that the store was busy', async () => {
    const key = newKey();
    await page.goto((await mintUpload({ key })).url);
    const refusals = [403, 503];
    await page.route(`${stack.s3.endpoint}/**`, async (route) => {
      const status = route.request().method() === 'PUT' ? refusals.shift() : undefined;
      const headers = { 'Access-Control-Allow-Origin': '*' };
      await (status ? route.fulfill({ status, headers, body: '<Error/>' }) : route.continue());
    });
    await choose(textFile('patient.txt'));
    await expectState('patient.txt', /^Sent$/);
    expect(refusals).toEqual([]);
    expect(puts).toHaveLength(3);
    expect(await stored(key)).toHaveLength(1_000);
    expectComplaints(/status of (?:403|503)/);
  });

  it('is told when the storage can’t be reached, and tries again', async () => {
    const key = newKey();
    await page.clock.install();
    await page.goto((await mintUpload({ key })).url);
    // As with a bucket that lets no page send to it.
    await page.route(`${stack.s3.endpoint}/**`, (route) => route.abort());
    await choose(textFile('far.txt'));
    const waits = setInterval(() => void page.clock.runFor(5_000).catch(() => undefined), 100);
    await expectState('far.txt', 'The storage can’t be reached from here.');
    clearInterval(waits);
    expectComplaints(/net::ERR_FAILED/);
    await page.unroute(`${stack.s3.endpoint}/**`);
    await press('Try again far.txt');
    await expectState('far.txt', /^Sent$/);
    expect(await stored(key)).toHaveLength(1_000);
  });

  it('sends with checksums where the link requires them', async () => {
    const key = newKey();
    await page.goto((await mintUpload({ key }, { checksum: 'required' })).url);
    const file = textFile('sum.txt', 50_000);
    await choose(file);
    await expectState('sum.txt', /^Sent$/);
    expect(sha256(await stored(key))).toBe(sha256(file.buffer));
  });
});

describe('a person with a large file', () => {
  const name = 'film.mp4';
  const path = join(folder, name);
  /** No two parts alike; the page makes the same. */
  const CONTENT = `...Array.from({ length: ${LARGE_BYTES / MEBIBYTE} }, (_, index) =>
    new Uint8Array(${MEBIBYTE}).fill(index))`;
  let digest: string;
  let network: CDPSession;

  beforeAll(() => {
    const hash = createHash('sha256');
    const file = openSync(path, 'w');
    for (let index = 0; index < LARGE_BYTES / MEBIBYTE; index++) {
      const chunk = Buffer.alloc(MEBIBYTE, index);
      hash.update(chunk);
      writeSync(file, chunk);
    }
    closeSync(file);
    utimesSync(path, MODIFIED_AT, MODIFIED_AT);
    digest = hash.digest('hex');
  });

  /** Slow enough to be caught in the middle. */
  async function slowDown(bytesPerSecond = 20 * MEBIBYTE): Promise<void> {
    network = await context.newCDPSession(page);
    await network.send('Network.enable');
    await network.send('Network.emulateNetworkConditions', {
      ...{ offline: false, latency: 0, downloadThroughput: -1 },
      uploadThroughput: bytesPerSecond,
    });
  }

  const untilSent = (share: number) =>
    expect
      .poll(() => sentBytes(name), { timeout: 60_000, interval: 50 })
      .toBeGreaterThan(share * LARGE_BYTES);

  it('drops it, pauses, loses the network, reloads in the middle, and has it sent', async () => {
    const key = newKey();
    const link = await mintUpload({ key, maxUses: 1 });
    await page.goto(link.url);
    await slowDown();
    await drop(name, CONTENT);
    await untilSent(0.2);
    // The first second has no speed yet.
    await expect
      .poll(() => row(name).locator('.figures').textContent(), { timeout: 20_000 })
      .toMatch(/MB of 115 MB · .*MB\/s · .* left$/);

    await press(`Pause ${name}`);
    await expectState(name, 'Paused');
    const paused = await sentBytes(name);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await sentBytes(name)).toBe(paused);
    await press(`Resume ${name}`);
    await expectState(name, 'Sending');
    await untilSent(0.4);

    await context.setOffline(true);
    await expectState(name, 'No connection');
    await context.setOffline(false);
    await slowDown();
    await expectState(name, 'Sending');
    await untilSent(0.5);
    expectComplaints(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/);

    page.once('dialog', (dialog) => dialog.accept());
    await page.reload();
    await expectState(name, 'Not finished. Choose this file again to go on.');
    await expect.poll(() => sentBytes(name)).toBeGreaterThan(16 * MEBIBYTE);
    puts = [];
    await choose(path);
    await expectState(name, /^Sent$/, 60_000);
    // What had arrived was not sent again.
    expect(
      new Set(puts.map((url) => new URL(url).searchParams.get('partNumber'))).size,
    ).toBeLessThan(7);
    expect(sha256(await stored(key))).toBe(digest);
    expect(await inspectLink(stack, link.id)).toMatchObject({ usesLeft: 0 });
  }, 180_000);

  it('pauses and cancels it by the keyboard, and nothing of it is kept', async () => {
    const key = newKey();
    const link = await mintUpload({ key });
    await page.goto(link.url);
    await slowDown();
    await drop(name, CONTENT);
    await untilSent(0.2);
    const focused = () => page.evaluate('document.activeElement.getAttribute("aria-label")');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe(`Pause ${name}`);
    await page.keyboard.press('Enter');
    await expectState(name, 'Paused');
    expect(await focused()).toBe(`Resume ${name}`);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe(`Cancel ${name}`);
    await page.keyboard.press('Enter');
    await row(name).waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.id')).toBe('files');
    await page.reload();
    expect(await page.locator('#list li').count()).toBe(0);
    expect(await storedUnder(key)).toEqual([]);
    await drop('instead.txt', '"text"');
    await expectState('instead.txt', /^Sent$/);
    expect(await stored(key)).toHaveLength(4);
  }, 60_000);

  it('is asked before leaving while it is being sent', async () => {
    await page.goto((await mintUpload()).url);
    await slowDown();
    await drop(name, CONTENT);
    await untilSent(0.1);
    // A page that nobody touched may be left without a question.
    await page.mouse.click(5, 5);
    const asked = page.waitForEvent('dialog');
    const reloaded = page.reload({ timeout: 5_000 }).catch(() => undefined);
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.accept();
    await reloaded;
  }, 60_000);

  it('sends the checksum of each part where the link requires them', async () => {
    const key = newKey();
    const link = await mintUpload({ key }, { checksum: 'required' });
    await page.goto(link.url);
    await choose(path);
    await expectState(name, /^Sent$/, 60_000);
    expect(sha256(await stored(key))).toBe(digest);
    // S3 has no other of an object in parts than their composite.
    await expect
      .poll(() => uploadedEvents(stack, link.id), { timeout: 20_000 })
      .toMatchObject([{ data: { sha256: expect.stringMatching(/^[\w+/]{43}=-7$/) } }]);
  }, 90_000);
});
