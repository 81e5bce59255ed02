// What a streamed object of 2 GiB costs the gateway: the memory of workerd meanwhile, and how soon the
// first byte arrives although the store takes its time over the rest.

import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { it } from 'vitest';
import { makeFolder, mintLink, removeFolder, type Stack, startStack } from '../../e2e/stack.ts';

const MIB = 2 ** 20;
const SIZE = 2 * 1_024 * MIB;
const CHUNK = Buffer.alloc(MIB / 4, 7);
const PAUSE_MS = 1_000;
const PARALLEL = [1, 4];

it('an object of 2 GiB', async () => {
  const store = createServer((request, response) => send(response, request.url ?? ''));
  store.listen(0, '127.0.0.1');
  await once(store, 'listening');
  const folder = makeFolder();
  const demo = {
    endpoint: `http://127.0.0.1:${(store.address() as AddressInfo).port}`,
    region: 'us-east-1',
    bucket: 'demo-private',
    addressing: 'path',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  };
  const settings = { STORES: { demo }, STORE_DEMO_SECRET_ACCESS_KEY: 'secret' };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
  const stack = await startStack(folder);
  try {
    const slow = await streamOf(stack, 'slow');
    const asked = performance.now();
    const response = await fetch(slow.url);
    await response.body?.getReader().read();
    console.log(
      `first byte after ${Math.round(performance.now() - asked)} ms, the rest held back for ${PAUSE_MS} ms`,
    );
    const { url } = await streamOf(stack, 'large');
    for (const count of PARALLEL) await measure(stack, url, count);
  } finally {
    await stack.interrupt();
    store.closeAllConnections();
    store.close();
    removeFolder(folder);
  }
});

const streamOf = (stack: Stack, key: string) =>
  mintLink(stack, { store: 'demo', key, delivery: 'stream' });

async function measure(stack: Stack, url: string, count: number): Promise<void> {
  const { pid } = JSON.parse(readFileSync(join(stack.folder, 'workerd.json'), 'utf8'));
  const before = residentMiB(pid);
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, residentMiB(pid));
  }, 50);
  const start = performance.now();
  const sizes = await Promise.all(Array.from({ length: count }, () => drain(url)));
  const seconds = (performance.now() - start) / 1_000;
  clearInterval(watch);
  if (sizes.some((size) => size !== SIZE)) throw new Error(`some came short: ${sizes}`);
  const rate = Math.round((count * SIZE) / MIB / seconds);
  console.log(
    `${count} × 2 GiB in ${seconds.toFixed(1)} s (${rate} MiB/s): workerd had ${before} MiB, ${most} MiB at most`,
  );
}

async function drain(url: string): Promise<number> {
  let bytes = 0;
  const { body } = await fetch(url);
  for await (const chunk of body as ReadableStream<Uint8Array>) bytes += chunk.length;
  return bytes;
}

/** Of a process, as Linux tells it. */
function residentMiB(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kibibytes) / 1_024);
}

/** A store as fast as the machine allows, which checks no signature. */
function send(response: ServerResponse, path: string): void {
  response.writeHead(200, { 'Content-Length': SIZE, ETag: '"2-gib"' });
  // Whoever goes away is no failure.
  pipeline(chunks(path.endsWith('slow')), response, () => {});
}

async function* chunks(isSlow: boolean): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < SIZE; sent += CHUNK.length) {
    yield CHUNK;
    if (isSlow) await sleep(PAUSE_MS);
  }
}
