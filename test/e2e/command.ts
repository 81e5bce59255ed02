// Real command-line programs, run against loopback without the settings of whoever runs the tests.

import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const CURL = ['--disable', '--noproxy', '*', '--silent', '--show-error'];
const WGET = ['--no-config', '--no-proxy', '--tries=1'];

export const hasCurl = isInstalled('curl');
export const hasWget = isInstalled('wget');

/** Answers what it printed; throws when it ends with an error. */
export async function curl(...args: string[]): Promise<string> {
  return (await run('curl', [...CURL, ...args])).stdout;
}

export type Ended = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Runs lines of a shell as a person pastes them, and answers however they end. */
export async function bash(script: string): Promise<Ended> {
  try {
    return { exitCode: 0, ...(await run('bash', ['-c', script])) };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as Partial<Ended> & { code?: number };
    return { exitCode: code ?? 1, stdout, stderr };
  }
}

/** Starts it, for a test that won't let it finish. */
export function startCurl(...args: string[]): ChildProcess {
  return spawn('curl', [...CURL, ...args], { stdio: 'ignore' });
}

/** Answers what it printed, headers of answers included; throws when it ends with an error. */
export async function wget(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run('wget', [...WGET, '--server-response', ...args]);
  return stdout + stderr;
}

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}
