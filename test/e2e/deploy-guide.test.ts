// What docs/DEPLOY.md shows works as it stands: its files are read as wrangler and the Worker read them, its
// commands run with the fake wrangler, and its first link is minted by the gateway that runs here.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultsOf } from '../../scripts/deploy/faults.ts';
import { healthFault } from '../../scripts/deploy/health.ts';
import { readProduction } from '../../scripts/deploy/production.ts';
import { bash } from './command.ts';
import { type FakeWrangler, installFakeWrangler } from './fake-wrangler.ts';
import { makeFolder, openLink, removeFolder, type Stack, startStack } from './stack.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const GUIDE = readFileSync(join(ROOT, 'docs/DEPLOY.md'), 'utf8');
const WRANGLER_TOML = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8');
const SECRETS = ['LINK_KEYS', 'APP_KEYS', 'ADMIN_TOKEN', 'STORE_MAIN_SECRET_ACCESS_KEY'];
const folder = makeFolder();
const config = join(folder, 'wrangler.toml');
let wrangler: FakeWrangler;
let stack: Stack;

beforeAll(async () => {
  wrangler = installFakeWrangler(folder);
  stack = await startStack(folder);
});
afterAll(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

/** The blocks of code of one language. */
function blocks(language: string): string[] {
  const found = [...GUIDE.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  return found.filter(([, named]) => named === language).map(([, , block = '']) => block);
}

const lines = blocks('').flatMap((block) => block.trim().split('\n'));
const tables = blocks('toml').filter((block) => block.includes('STORES.main'));
const [firstTable = ''] = tables;

/** wrangler.toml as the guide has it filled in, with one of its stores. */
function filledIn(table: string): string {
  const [store = ''] = /^\[env\.production\.vars\.STORES[\s\S]*/m.exec(table) ?? [];
  return `${WRANGLER_TOML.replaceAll('get.example.com', 'get.example.org')}\n${store}`;
}

/** Lines of the guide, by the programs of this checkout, for the files and the gateway of this test. */
function run(script: string, env: Readonly<Record<string, string>> = {}) {
  const node = `'${process.execPath}'`;
  const here = script
    .replaceAll('npm run -s cli --', `${node} src/cli/main.ts`)
    .replaceAll('npm run deploy --', 'npm run deploy')
    .replaceAll('npm run deploy', `${node} scripts/deploy.ts --config '${config}' --yes --wait 0`)
    .replaceAll('npx wrangler', 'wrangler')
    .replaceAll('https://get.example.org', stack.url)
    .replaceAll('--store main', `--store ${stack.store}`)
    .replaceAll('stores check main', `stores check ${stack.store}`);
  const settings = { XDG_CONFIG_HOME: folder, ...env };
  const exports = Object.entries(settings).map(([name, value]) => `export ${name}='${value}'`);
  const path = `export PATH='${wrangler.bin}':"$PATH"`;
  return bash([`cd '${ROOT}'`, path, ...exports, here].join('\n'));
}

describe('the guide', () => {
  it('has settings for each kind of store that are good as they stand', async () => {
    expect(tables.length).toBeGreaterThanOrEqual(4);
    for (const table of tables) {
      writeFileSync(config, filledIn(table));
      expect(faultsOf(await readProduction(config), SECRETS, {})).toEqual([]);
    }
  });

  it('fills in places that wrangler.toml has', () => {
    for (const line of firstTable.split('\n').filter((line) => line.startsWith('['))) {
      expect(WRANGLER_TOML).toContain(line);
    }
    expect(WRANGLER_TOML).toContain('pattern = "get.example.com", custom_domain = true');
  });

  it('names scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...GUIDE.matchAll(/npm run (?:-s )?(\w+)/g)].map(([, name = '']) => name);
    expect(new Set(named)).toEqual(new Set(['deploy', 'cli', 'cors']));
    for (const name of named) expect(scripts).toHaveProperty(name);
  });

  it('makes keys that the gateway takes, deploys, and rotates', async () => {
    writeFileSync(config, filledIn(firstTable).replaceAll('get.example.org', 'localhost'));
    const made = lines.filter((line) => line.startsWith('export') && line.includes('_KEYS='));
    expect(made).toHaveLength(2);
    // Nothing answers at this host, so each run ends with saying so.
    const secrets = { ADMIN_TOKEN: 'a'.repeat(32), STORE_MAIN_SECRET_ACCESS_KEY: 'secret' };
    wrangler.change({ worker: { secrets: {} } });
    const deploys = lines.filter((line) => /^npm run deploy(?: -- --(?:dry|rot).*)?$/.test(line));
    for (const line of new Set(deploys)) {
      const { stderr } = await run([...made, line].join('\n'), secrets);
      expect(stderr.split('\n')[0]).toMatch(/^(?:|The gateway doesn't answer yet.*)$/);
    }
    const { worker } = wrangler.read();
    const keys = ['APP_KEYS', 'APP_KEYS_2', 'LINK_KEYS', 'LINK_KEYS_2'];
    for (const key of keys) expect(worker?.secrets[key]).toMatch(/^[\w-]{43}$/);
    expect(Object.keys(worker?.secrets ?? {}).sort()).toEqual(
      [...keys, ...Object.keys(secrets)].sort(),
    );
  });

  it('replaces and deletes a key in an emergency', async () => {
    const secrets = { LINK_KEYS: 'old', LINK_KEYS_2: 'old', APP_KEYS: 'kept' };
    wrangler.change({ worker: { secrets } });
    const emergency = GUIDE.slice(GUIDE.indexOf('## In an emergency'));
    const [, block = ''] = /```\n([\s\S]*?)```/.exec(emergency) ?? [];
    expect(await run(block)).toMatchObject({ exitCode: 0 });
    expect(wrangler.read().worker?.secrets).toEqual({
      LINK_KEYS: expect.stringMatching(/^[\w-]{43}$/),
      APP_KEYS: 'kept',
    });
    for (const { args } of wrangler.calls()) expect(args.join(' ')).not.toMatch(/[\w-]{43}/);
  });

  it('leads to a first link that opens', async () => {
    const block = blocks('').find((text) => text.includes('cli -- login')) ?? '';
    const script = block
      .replace(/(cli -- login \S+)/, `$1 < '${join(folder, 'token')}'`)
      .replace('documents/report.pdf', stack.objects[0] ?? '');
    writeFileSync(join(folder, 'token'), stack.adminToken);
    const { exitCode, stdout } = await run(script);
    const url = stdout.trim().split('\n').at(-1) ?? '';
    expect([exitCode, url]).toEqual([0, expect.stringMatching(/^http:\S+\/[0-9A-Za-z]{22}$/)]);
    expect((await openLink(url)).status).toBe(302);
  });

  it('asks for health what the gateway answers', async () => {
    expect(await healthFault(stack.url)).toBeUndefined();
  });
});
