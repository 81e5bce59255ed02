// What wrangler.toml says of production, as wrangler itself reads it, and what is told of a file in which
// something is wrong.

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { faultsOf } from '../../scripts/deploy/faults.ts';
import { withNamespaceId } from '../../scripts/deploy/namespace-id.ts';
import { exposuresOf, readProduction } from '../../scripts/deploy/production.ts';
import { makeFolder, removeFolder } from './stack.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const FILE = join(ROOT, 'wrangler.toml');
const TOML = readFileSync(FILE, 'utf8');
const [LOCAL = '', PRODUCTION = ''] = TOML.split(/^(?=\[env\.production\]$)/m);
const SECRETS = ['LINK_KEYS', 'APP_KEYS', 'ADMIN_TOKEN', 'STORE_MAIN_SECRET_ACCESS_KEY'];
const folder = makeFolder();
afterAll(() => removeFolder(folder));

const read = (env?: string) => unstable_readConfig({ config: FILE, ...(env && { env }) });

describe('production as it is committed', () => {
  it('binds and migrates all that the local run does, which wrangler passes on in part only', () => {
    const [local, production] = [read(), read('production')];
    expect(production.durable_objects).toEqual(local.durable_objects);
    expect(production.migrations).toEqual(local.migrations);
    for (const [kind, value] of Object.entries(local)) {
      if (!Array.isArray(value)) continue;
      const names = (list: unknown) =>
        (list as { name?: string; binding?: string }[]).map(({ name, binding }) => name ?? binding);
      if (kind !== 'rules') expect([kind, names(production[kind])]).toEqual([kind, names(value)]);
    }
    expect(production.name).toBe(local.name);
  });

  it('shows the URL of a link nowhere', () => {
    expect(exposuresOf(read('production'))).toEqual([]);
    expect(read('production').routes).toEqual([
      { pattern: 'get.example.com', custom_domain: true },
    ]);
  });

  it('holds no id of anybody', () => {
    expect(read('production').kv_namespaces).toEqual([{ binding: 'GRANTS' }]);
    expect(read('production').account_id).toBeUndefined();
  });

  it('is taken by wrangler', async () => {
    const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js');
    const args = [wrangler, 'deploy', '--dry-run', '--env', 'production', '--outdir', folder];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
    const bound = [...stdout.matchAll(/^env\.(\w+)/gm)].map(([, name]) => name);
    expect(bound.sort()).toEqual([
      'DIRECTORY',
      'FLOODS',
      'GATES',
      'GRANTS',
      'LEDGERS',
      'OUTBOXES',
      'PUBLIC_URL',
      'SESSIONS',
    ]);
  });
});

describe('the id of the namespace', () => {
  it('is written below its binding in production, and nothing else is', async () => {
    const written = withNamespaceId(TOML, 'f00d') ?? '';
    expect(written.split('\n').filter((line) => !TOML.split('\n').includes(line))).toEqual([
      'id = "f00d"',
    ]);
    const file = join(folder, 'written.toml');
    writeFileSync(file, written);
    expect(await readProduction(file)).toMatchObject({ grantsId: 'f00d' });
    expect(withNamespaceId(written, 'beef')).toBeUndefined();
  });

  it.each([
    ['another layout', `${LOCAL}env.production.kv_namespaces = [{ binding = "GRANTS" }]`],
    ['another binding', TOML.replaceAll('"GRANTS"', '"OTHER"')],
    [
      'an id in another place',
      PRODUCTION.replace('binding = "GRANTS"', 'id = "a"\nbinding = "GRANTS"'),
    ],
  ])('is left to the operator in a file with %s', (_what, text) => {
    expect(withNamespaceId(text, 'f00d')).toBeUndefined();
  });
});

const STORE = `[env.production.vars.STORES.main]
endpoint = "https://s3.eu-central-1.amazonaws.com"
region = "eu-central-1"
bucket = "my-private-bucket"
addressing = "virtual"
accessKeyId = "AKIAEXAMPLE"`;
const GOOD = PRODUCTION.replaceAll('get.example.com', 'get.example.org') + STORE;

/** With one thing replaced, after a line that may be named. */
async function faults(old: string, now: string, after = ''): Promise<string[]> {
  const at = after ? GOOD.indexOf(old, GOOD.indexOf(after)) : GOOD.lastIndexOf(old);
  expect(at).toBeGreaterThan(-1);
  const file = join(folder, 'wrong.toml');
  writeFileSync(file, LOCAL + GOOD.slice(0, at) + now + GOOD.slice(at + old.length));
  return faultsOf(await readProduction(file), SECRETS, {});
}

const VARIABLE = '# ADMIN_HOST = "admin.example.com"';

describe('a wrong setting in production', () => {
  it('is none where all is good', async () => {
    expect(await faults(VARIABLE, VARIABLE)).toEqual([]);
  });

  it.each([
    ['https://get.example.org', 'http://localhost:8787', 'PUBLIC_URL must be https'],
    ['https://get.example.org', 'https://get.example.com', 'PUBLIC_URL is still the example'],
    [
      '{ pattern = "get.example.org"',
      '{ pattern = "x.example.org"',
      'routes must have get.example.org',
    ],
    [VARIABLE, 'ADMIN_HOST = "admin.example.org"', 'routes must have admin.example.org'],
    [VARIABLE, 'ADMIN_TOKEN = "hunter2"', 'ADMIN_TOKEN must be a secret'],
    [VARIABLE, 'LINK_KEYS_2 = "hunter2"', 'LINK_KEYS_2 must be a secret'],
    [
      VARIABLE,
      'STORE_MAIN_SECRET_ACCESS_KEY = "hunter2"',
      'STORE_MAIN_SECRET_ACCESS_KEY must be a',
    ],
    [VARIABLE, 'WEBHOOKS_ALLOW_LOOPBACK = "true"', 'WEBHOOKS_ALLOW_LOOPBACK must not be set'],
    [VARIABLE, 'MAX_TTL_SECONDS = "2 weeks"', 'MAX_TTL_SECONDS must be'],
    ['"my-private-bucket"', '"My Bucket"', 'STORES.main.bucket must be'],
    [STORE, '', 'There is no store'],
    ['workers_dev = false', 'workers_dev = true', 'workers_dev must be false'],
    ['preview_urls = false', 'preview_urls = true', 'preview_urls must be false'],
    ['logpush = false', 'logpush = true', 'logpush must be false'],
    ['invocation_logs = false', 'invocation_logs = true', 'invocation_logs must be false'],
  ])('%j as %j is told', async (old, now, fault) => {
    const told = await faults(old, now);
    expect(told).toContainEqual(expect.stringContaining(fault));
    expect(told.join()).not.toContain('hunter2');
  });

  it.each([
    ['[env.production.cache]', 'cache.enabled must be false'],
    ['[env.production.observability.traces]', 'traces.enabled must be false'],
  ])('in %s is told', async (table, fault) => {
    expect(await faults('enabled = false', 'enabled = true', table)).toContainEqual(
      expect.stringContaining(fault),
    );
  });
});
