// What the README shows works as it stands.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bash } from './command.ts';
import { makeFolder, openLink, removeFolder, type Stack, startStack } from './stack.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const folder = makeFolder();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack(folder);
});
afterAll(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

/** The blocks of code of one language. */
function blocks(language: string): string[] {
  const found: string[] = [];
  let open: { language: string; lines: string[] } | undefined;
  for (const line of README.split('\n')) {
    const [, named] = /^```(\w*)$/.exec(line) ?? [];
    if (named === undefined) open?.lines.push(line);
    else if (!open) open = { language: named, lines: [] };
    else {
      if (open.language === language) found.push(open.lines.join('\n'));
      open = undefined;
    }
  }
  return found;
}

const settings = () => `HALLPASS_URL='${stack.url}' HALLPASS_API_KEY='${stack.apiKey}'`;

describe('the README', () => {
  it('has a program that mints, lists and revokes', async () => {
    const [program = ''] = blocks('ts');
    const file = join(folder, 'app.ts');
    const client = join(ROOT, 'src/client/index.ts');
    writeFileSync(file, program.replace("'hallpass/client'", JSON.stringify(client)));
    const ran = await bash(`${settings()} '${process.execPath}' '${file}'`);
    expect(ran.stderr).toBe('');
    const [url = '', listed = ''] = ran.stdout.split('\n');
    expect(listed).toMatch(/^lnk_\w+ \d+$/);
    expect((await openLink(url)).status).toBe(410);
  });

  it('has lines for the command line that mint and revoke', async () => {
    const lines = blocks('').flatMap((block) => block.split('\n'));
    const [mint = '', revoke = ''] = ['cli -- mint', 'cli -- revoke'].map(
      (verb) => lines.find((line) => line.includes(verb)) ?? '',
    );
    const run = (line: string) =>
      bash(`cd '${ROOT}' && ${settings()} ${line.replace(/ +#.*$/, '')}`);
    const minted = await run(mint.replace('--store main', `--store ${stack.store}`));
    expect(minted.stderr).toBe('');
    expect(minted.stderr).toBe('');
    const url = minted.stdout.trim();
    expect((await openLink(url)).status).toBe(428);
    expect((await run(`${revoke.replace(/ +#.*$/, '')} --yes`)).exitCode).toBe(0);
    expect((await openLink(url)).status).toBe(410);
  }, 60_000);

  it('is short enough to be read', () => {
    expect(README.split('\n').length).toBeLessThanOrEqual(160);
  });

  it('names every setting there is', () => {
    const config = readFileSync(join(ROOT, 'src/config.ts'), 'utf8');
    const names = new Set([...config.matchAll(/\benv\.([A-Z][A-Z_]+)\b/g)].map(([, name]) => name));
    names.delete('STORES');
    for (const name of names) expect(README).toContain(name);
  });
});
