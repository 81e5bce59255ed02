// A real browser writes to the local S3 from a page of another origin, as the upload page does.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLocalS3, type LocalS3 } from '../../scripts/local-s3.ts';
import type { Config } from '../../src/config.ts';
import { createUploadStore } from '../../src/stores/upload-store.ts';
import { testStore } from '../support/stores.ts';
import { makeFolder, removeFolder } from './stack.ts';

const CREDENTIALS = { accessKeyId: 'LOCALPAGE', secretAccessKey: 'the-secret-of-this-test' };
/** Of `hello`. */
const SHA256 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';

const folder = makeFolder();
let s3: LocalS3;
let page: Server;
let browser: Browser;

beforeAll(async () => {
  s3 = await createLocalS3({ port: 0, directory: folder, buckets: ['uploads'], ...CREDENTIALS });
  page = createServer((_, response) => response.end('<!doctype html><title>page</title>'));
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
  // Where the libraries that Chromium needs are missing, it then brings its own.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x';
  const { default: chromium } = await import('@sparticuz/chromium');
  const { chromium: playwright } = await import('playwright-core');
  browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    // Without it CORS would count for nothing.
    args: [...chromium.args.filter((arg) => arg !== '--disable-web-security'), '--no-sandbox'],
  });
});
afterAll(async () => {
  await browser?.close();
  page?.close();
  await s3?.close();
  removeFolder(folder);
});

it('a page writes an object once, and sees its ETag and the refusal', async () => {
  const store = testStore({ endpoint: s3.endpoint, bucket: 'uploads', ...CREDENTIALS });
  const config = { stores: new Map([['demo', store]]) } as unknown as Config;
  const { presignPut } = createUploadStore(config, Date.now, fetch);
  const object = { store: 'demo', endpoint: s3.endpoint, bucket: 'uploads', key: 'from a page' };
  const presigned = await presignPut(object, {
    size: 5,
    contentType: 'text/plain',
    ifAbsent: true,
    sha256: SHA256,
    expiresAt: Date.now() + 60_000,
  });
  if (!presigned.ok) throw new Error(presigned.denial.reason);

  const tab = await browser.newPage();
  await tab.goto(`http://localhost:${(page.address() as AddressInfo).port}`);
  const send = ({ url, headers }: { url: string; headers: Readonly<Record<string, string>> }) =>
    fetch(url, { method: 'PUT', headers, body: 'hello' }).then((answer) => ({
      status: answer.status,
      etag: answer.headers.get('ETag'),
    }));
  const first = await tab.evaluate(send, presigned.value);
  expect(first).toEqual({ status: 200, etag: '"5d41402abc4b2a76b9719d911017c592"' });
  expect(await tab.evaluate(send, presigned.value)).toMatchObject({ status: 412 });
});
