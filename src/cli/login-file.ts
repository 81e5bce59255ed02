// Where a login is kept: for its owner only, and never half written.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { CliError } from './cli-error.ts';

export type Login = {
  readonly url: string;
  readonly apiKey: string;
  /** Where links are minted unless --store says otherwise. */
  readonly store?: string | undefined;
};

/** The XDG Base Directory Specification: a relative path is to be ignored. */
export function loginFile(env: NodeJS.ProcessEnv): string {
  const { XDG_CONFIG_HOME: configured } = env;
  const home = configured?.startsWith('/') ? configured : join(env.HOME || homedir(), '.config');
  return join(home, 'hallpass', 'config.json');
}

export function readLogin(file: string): Partial<Login> {
  try {
    return parseLogin(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new CliError('usage', `${file} can’t be read; \`hallpass login\` writes it anew.`);
  }
}

export function writeLogin(file: string, login: Login): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}

/** Whether there was one. */
export function removeLogin(file: string): boolean {
  const isThere = Object.keys(readLogin(file)).length > 0;
  rmSync(file, { force: true });
  return isThere;
}

function parseLogin(text: string): Partial<Login> {
  const { url, apiKey, store } = JSON.parse(text) as Record<string, unknown>;
  return {
    ...(typeof url === 'string' && { url }),
    ...(typeof apiKey === 'string' && { apiKey }),
    ...(typeof store === 'string' && { store }),
  };
}
