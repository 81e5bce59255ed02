// Real command-line programs, run against loopback without the settings of whoever runs the tests.

import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const CURL = ['--disable', '--noproxy', '*', '--silent', '--show-error'];
const WGET = ['--no-config', '--no-proxy', '--tries=1'];
const ARIA2 = ['--no-conf', '--all-proxy=', '--max-tries=1', '--auto-file-renaming=false'];

export const hasCurl = isInstalled('curl');
export const hasWget = isInstalled('wget');
export const hasAria2 = isInstalled('aria2c');

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
  // Names of files are converted to what the locale can write.
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const { stdout, stderr } = await run('wget', [...WGET, '--server-response', ...args], { env });
  return stdout + stderr;
}

/** Starts it, for a test that won't let it finish. */
export function startWget(...args: string[]): ChildProcess {
  return spawn('wget', [...WGET, ...args], { stdio: 'ignore' });
}

/** Answers what it printed; throws when it ends with an error. */
export async function aria2(...args: string[]): Promise<string> {
  return (await run('aria2c', [...ARIA2, ...args])).stdout;
}

/** Starts it, for a test that won't let it finish. */
export function startAria2(...args: string[]): ChildProcess {
  return spawn('aria2c', [...ARIA2, ...args], { stdio: 'ignore' });
}

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}
