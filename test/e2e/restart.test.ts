import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  makeFolder,
  mintLink,
  openLink,
  portsOf,
  removeFolder,
  revokeLink,
  type Stack,
  startStack,
} from './stack.ts';

let folder: string;
const running: Stack[] = [];

async function start(ports?: { gateway: number; s3: number }): Promise<Stack> {
  const stack = await startStack(folder, ports);
  running.push(stack);
  return stack;
}

beforeEach(() => {
  folder = makeFolder();
});
afterEach(async () => {
  for (const stack of running.splice(0)) await stack.interrupt();
  removeFolder(folder);
});

const isAlive = (pid: number) => existsSync(`/proc/${pid}`);

describe('the local stack', () => {
  it('keeps its links, keys and revocations through Ctrl-C and through kill -9', async () => {
    const first = await start();
    const key = first.objects[0];
    const kept = await mintLink(first, { key });
    const ended = await mintLink(first, { key });
    await revokeLink(first, ended.id);
    expect(await first.interrupt()).toBe(0);
    expect(existsSync(join(folder, 'start.json'))).toBe(false);

    const second = await start(portsOf(first));
    expect(second.apiKey).toBe(first.apiKey);
    expect((await fetch(kept.url)).status).toBe(200);
    expect((await openLink(ended.url)).status).toBe(410);
    const late = await mintLink(second, { key });
    await revokeLink(second, late.id);
    await second.kill();

    const third = await start(portsOf(first));
    expect((await fetch(kept.url)).status).toBe(200);
    expect((await openLink(ended.url)).status).toBe(410);
    expect((await openLink(late.url)).status).toBe(410);
    expect((await revokeLink(third, kept.id)).status).toBe(200);
  });

  it('leaves no process behind and keeps its secrets to its owner', async () => {
    const stack = await start();
    expect(statSync(join(folder, 'start.json')).mode & 0o777).toBe(0o600);
    const pid = stack.process.pid as number;
    await stack.interrupt();
    expect(isAlive(pid)).toBe(false);
    await expect(fetch(`${stack.url}/healthz`)).rejects.toThrow();
    await expect(fetch(stack.s3.endpoint)).rejects.toThrow();
  });

  it('says in a sentence that a port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    try {
      await expect(start({ gateway: port, s3: 0 })).rejects.toThrow(
        `Port ${port} is taken; stop what uses it or choose another`,
      );
    } finally {
      server.close();
    }
  });
});
