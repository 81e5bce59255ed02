// Runs the wrangler that is first on the PATH: the project's own, within `npm run`.

import { text } from 'node:stream/consumers';
import { stripVTControlCharacters as plain } from 'node:util';
import { exitCodeOf, start } from '../run.ts';

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Its logs are files, and may hold what is sent to Cloudflare. */
const UNLOGGED = { WRANGLER_WRITE_LOGS: 'false', WRANGLER_LOG: 'log' };

/** What wrangler prints; whatever it needs to be told comes on its standard input. */
export async function askWrangler(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  input = '',
): Promise<Ran> {
  const child = start('wrangler', [...args], {
    env: { ...env, ...UNLOGGED, NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // Not every command reads what it is given.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  const [stdout, stderr, code] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    exitCodeOf(child),
  ]);
  // It colours its complaints in a pipe too.
  return { code, stdout: plain(stdout), stderr: plain(stderr) };
}

/** Lets wrangler speak for itself, and ask, where there is somebody to answer. */
export function showWrangler(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  isAttended: boolean,
): Promise<number> {
  const stdio = isAttended ? 'inherit' : (['ignore', 'inherit', 'inherit'] as const);
  const child = start('wrangler', [...args], {
    env: { ...env, ...UNLOGGED },
    stdio: typeof stdio === 'string' ? stdio : [...stdio],
  });
  return exitCodeOf(child);
}
