// Starts the local stack as a person does, in a state folder of its own and on free ports.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type StartFile = {
  readonly url: string;
  readonly apiKey: string;
  readonly adminToken: string;
  readonly s3: {
    readonly endpoint: string;
    readonly region: string;
    readonly bucket: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  readonly store: string;
  readonly sampleLink: string;
  readonly objects: readonly string[];
};

export type Stack = StartFile & {
  readonly folder: string;
  readonly process: ChildProcess;
  /** Everything it has printed so far. */
  output(): string;
  /** Ends it as Ctrl-C does; answers the exit code. */
  interrupt(): Promise<number | null>;
  /** Ends the whole process group at once, as a power cut would. */
  kill(): Promise<void>;
};

const START_DEADLINE_MS = 60_000;

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hallpass-test-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** `ports` are kept by a restart, so that links from before still lead somewhere. */
export async function startStack(
  folder: string,
  ports: { readonly gateway: number; readonly s3: number } = { gateway: 0, s3: 0 },
): Promise<Stack> {
  let printed = '';
  const startFile = join(folder, 'start.json');
  // What a killed stack left would pass for this one's.
  rmSync(startFile, { force: true });
  const args = ['scripts/start.ts', '--port', `${ports.gateway}`, '--s3-port', `${ports.s3}`];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, HALLPASS_LOCAL_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that it can be killed with everything it started.
    detached: true,
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const collect = (chunk: Buffer) => {
    printed += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);

  const deadline = Date.now() + START_DEADLINE_MS;
  while (!existsSync(startFile)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new Error(`the stack did not start:\n${printed}`);
    }
    await sleep(50);
  }
  return {
    ...(JSON.parse(readFileSync(startFile, 'utf8')) as StartFile),
    folder,
    process: child,
    output: () => printed,
    async interrupt() {
      child.kill('SIGINT');
      const [code] = await exited;
      return code;
    },
    async kill() {
      process.kill(-(child.pid as number), 'SIGKILL');
      await exited;
    },
  };
}

export function portsOf(stack: StartFile): { gateway: number; s3: number } {
  return { gateway: Number(new URL(stack.url).port), s3: Number(new URL(stack.s3.endpoint).port) };
}

export type Link = { readonly id: string; readonly url: string; readonly expiresAt: string };

export async function mintLink(stack: StartFile, body: object): Promise<Link> {
  const response = await fetch(`${stack.url}/v1/links`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${stack.apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ store: stack.store, operation: 'download', ttlSeconds: 600, ...body }),
  });
  if (response.status !== 201) throw new Error(`mint answered ${await response.text()}`);
  return (await response.json()) as Link;
}

export function revokeLink(stack: StartFile, id: string): Promise<Response> {
  return fetch(`${stack.url}/v1/links/${id}`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${stack.apiKey}` },
  });
}

/** What the app that minted a link is told of it: of the fields, those that tests look at. */
export type InspectedLink = {
  readonly state: string;
  readonly usesLeft?: number;
  readonly opens: number;
  readonly denials: Readonly<Record<string, number>>;
};

export async function inspectLink(stack: StartFile, id: string): Promise<InspectedLink> {
  const response = await fetch(`${stack.url}/v1/links/${id}`, {
    headers: { Authorization: `Bearer ${stack.apiKey}` },
  });
  if (response.status !== 200) throw new Error(`inspect answered ${await response.text()}`);
  return (await response.json()) as InspectedLink;
}

/** Opens a link without following its redirect. */
export function openLink(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...init, redirect: 'manual' });
}

/** What the app is told of files that arrived through a link: a moment after they did. */
export async function uploadedEvents(
  stack: StartFile,
  linkId: string,
): Promise<{ readonly data: Record<string, unknown> }[]> {
  const response = await fetch(`${stack.url}/v1/events?linkId=${linkId}&type=link.uploaded`, {
    headers: { Authorization: `Bearer ${stack.apiKey}` },
  });
  return ((await response.json()) as { items: { data: Record<string, unknown> }[] }).items;
}
