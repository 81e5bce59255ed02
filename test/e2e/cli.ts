// Runs the command line as a person does: in a pipe, or in a pseudo-terminal of a given size.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn as spawnTerminal } from '@lydell/node-pty';
import { bundleCli } from '../../scripts/bundle.ts';

/** Bundled it starts in a third of the time. */
let cli = 'src/cli/main.ts';
const DEADLINE_MS = 20_000;

export type Env = Readonly<Record<string, string>>;

export type Ran = { readonly stdout: string; readonly stderr: string; readonly code: number };

export type Runner = { readonly node?: string; readonly args?: readonly string[] };

/** Call it once for a file of tests. */
export async function prepareCli(folder: string): Promise<void> {
  cli = join(folder, 'hallpass.mjs');
  await bundleCli(cli);
}

/** Nothing of whoever runs the tests: neither colours nor settings. */
function cleanEnv(env: Env): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env };
}

export async function runCli(
  args: readonly string[],
  env: Env,
  stdin = '',
  { node = process.execPath, args: before = [cli] }: Runner = {},
): Promise<Ran> {
  const child = spawn(node, [...before, ...args], { env: cleanEnv(env) });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  // Not every command reads what it is given.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    exited,
  ]);
  return { stdout, stderr, code: code ?? -1 };
}

export type Terminal = {
  /** Everything on it so far. */
  shown(): string;
  type(keys: string): void;
  /** Waits until it shows what is awaited. */
  see(awaited: string | RegExp): Promise<void>;
  readonly exitCode: Promise<number>;
};

export function openTerminal(
  args: readonly string[],
  env: Env,
  columns = 80,
  program = cli,
): Terminal {
  const pty = spawnTerminal(process.execPath, [program, ...args], {
    name: 'xterm-256color',
    cols: columns,
    rows: 30,
    env: cleanEnv(env),
  });
  let shown = '';
  pty.onData((data) => {
    shown += data;
  });
  const exitCode = new Promise<number>((resolve) => {
    // What it wrote last may come after the news of its end.
    pty.onExit(({ exitCode: code }) => setTimeout(() => resolve(code), 50));
  });
  return {
    shown: () => shown,
    type: (keys) => pty.write(keys),
    exitCode,
    async see(awaited) {
      const deadline = Date.now() + DEADLINE_MS;
      const isThere = () =>
        typeof awaited === 'string' ? shown.includes(awaited) : awaited.test(shown);
      while (!isThere()) {
        if (Date.now() > deadline) throw new Error(`never saw ${awaited} in:\n${shown}`);
        await sleep(10);
      }
    },
  };
}

/** What a command showed on a terminal, once it has ended. */
export async function onTerminal(args: readonly string[], env: Env, columns = 80): Promise<string> {
  const terminal = openTerminal(args, env, columns);
  await terminal.exitCode;
  return terminal.shown();
}

export const CTRL_C = '\u0003';
export const ENTER = '\r';
