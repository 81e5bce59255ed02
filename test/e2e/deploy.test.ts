// `npm run deploy` from nothing to a gateway that answers, on every way there, with a fake wrangler.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ENTER, type Env, openTerminal, type Ran } from './cli.ts';
import { type FakeWrangler, installFakeWrangler } from './fake-wrangler.ts';
import { makeFolder, removeFolder } from './stack.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const TEMPLATE = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8');
const STORE_SECRET = 'the-secret-of-the-store';
const KEY = 'A'.repeat(43);
const ALL_SECRETS = {
  LINK_KEYS: KEY,
  APP_KEYS: KEY,
  ADMIN_TOKEN: 'admin-token-of-the-operator-0123456789',
  STORE_MAIN_SECRET_ACCESS_KEY: STORE_SECRET,
};
const STORE = `
[env.production.vars.STORES.main]
endpoint = "https://s3.eu-central-1.amazonaws.com"
region = "eu-central-1"
bucket = "my-private-bucket"
addressing = "virtual"
accessKeyId = "AKIAEXAMPLE"
`;

let gateway: Miniflare;
let publicUrl: string;
let folder: string;
let config: string;
let wrangler: FakeWrangler;

beforeAll(async () => {
  // Where links would live: it answers by https, as a deployed gateway does.
  gateway = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      https: true,
      workers: [{ modules: true, script: GATEWAY, compatibilityDate: '2026-10-20' }],
    }),
  );
  publicUrl = `https://localhost:${(await gateway.ready).port}`;
});
afterAll(() => gateway?.dispose());

const GATEWAY = `export default {
  fetch: (request) => new URL(request.url).pathname === '/healthz'
    ? Response.json({ status: 'ok' })
    : new Response(null, { status: 404 }),
}`;

beforeEach(() => {
  folder = makeFolder();
  config = join(folder, 'wrangler.toml');
  wrangler = installFakeWrangler(folder);
  configure({});
});
afterEach(() => removeFolder(folder));

/** A file as an operator has filled it in, with one thing about it replaced. */
function configure(replaced: Readonly<Record<string, string>>): void {
  let toml = TEMPLATE.replace(
    'PUBLIC_URL = "https://get.example.com"',
    `PUBLIC_URL = "${publicUrl}"`,
  )
    .replace('{ pattern = "get.example.com"', '{ pattern = "localhost"')
    .concat(STORE);
  for (const [old, now] of Object.entries(replaced)) {
    expect(toml).toContain(old);
    // The last place, which is in production.
    const at = toml.lastIndexOf(old);
    toml = toml.slice(0, at) + now + toml.slice(at + old.length);
  }
  writeFileSync(config, toml);
}

function environment(env: Env = {}): Env {
  return {
    PATH: `${wrangler.bin}:${process.env.PATH}`,
    // Miniflare's certificate is signed by nobody.
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    NODE_NO_WARNINGS: '1',
    ...env,
  };
}

const ARGS = (words: readonly string[]) => ['--config', config, '--wait', '0', ...words];

function start(words: readonly string[], env: Env = {}) {
  const child = spawn(process.execPath, ['scripts/deploy.ts', ...ARGS(words)], {
    cwd: ROOT,
    env: { HOME: '/nonexistent', ...environment(env) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ran = Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]).then(([stdout, stderr, [code]]): Ran => ({ stdout, stderr, code: code ?? -1 }));
  return { child, ran };
}

/** Where nobody can be asked: in a pipe. */
const deploy = (words: readonly string[], env: Env = {}) => start(words, env).ran;

/** At a terminal, where somebody can. */
const open = (words: readonly string[], env: Env = {}) =>
  openTerminal(ARGS(words), environment(env), 120, 'scripts/deploy.ts');

describe('a first deployment', () => {
  it('is led through at a terminal, from nothing to a gateway that answers', async () => {
    const terminal = open([]);
    await terminal.see('Go on? [y/N] ');
    expect(wrangler.changes()).toEqual([]);
    expect(terminal.shown()).toContain('create the KV namespace "hallpass-grants"');
    terminal.type(`y${ENTER}`);
    await terminal.see('STORE_MAIN_SECRET_ACCESS_KEY (not shown): ');
    terminal.type(STORE_SECRET + ENTER);
    await terminal.see('Press Enter.');
    expect(wrangler.changes()).toEqual([]);
    terminal.type(ENTER);
    expect(await terminal.exitCode).toBe(0);
    const shown = terminal.shown();
    expect(shown).toContain('The gateway answers.');
    expect(shown).toContain(`npm run -s cli -- login ${publicUrl}`);

    const { namespaces, worker } = wrangler.read();
    const calls = wrangler.calls();
    expect(wrangler.changes()).toEqual([
      'kv namespace create hallpass-grants',
      'secret bulk',
      'deploy',
    ]);
    const grants = `binding = "GRANTS"\nid = "${namespaces[0]?.id}"`;
    expect(readFileSync(config, 'utf8').split('\n[env.production]')[1]).toContain(grants);
    expect(calls.at(-1)?.account).toBe('a1');

    const { ADMIN_TOKEN = '', ...hidden } = worker?.secrets ?? {};
    expect(shown).toContain(ADMIN_TOKEN);
    expect(Object.keys(hidden).sort()).toEqual([
      'APP_KEYS',
      'LINK_KEYS',
      'STORE_MAIN_SECRET_ACCESS_KEY',
    ]);
    expect(hidden.STORE_MAIN_SECRET_ACCESS_KEY).toBe(STORE_SECRET);
    expect(hidden.LINK_KEYS).toMatch(/^[\w-]{43}$/);
    expect(hidden.LINK_KEYS).not.toBe(hidden.APP_KEYS);
    const words = calls.flatMap(({ args }) => args).join(' ');
    for (const secret of Object.values(hidden)) {
      expect(shown).not.toContain(secret);
      expect(words).not.toContain(secret);
      expect(readFileSync(config, 'utf8')).not.toContain(secret);
    }
    expect(words).not.toContain(ADMIN_TOKEN);
  });

  it('needs nobody with --yes, and prints no secret', async () => {
    const ran = await deploy(['--yes'], ALL_SECRETS);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(wrangler.read().worker?.secrets).toEqual(ALL_SECRETS);
    expect(ran.stdout).not.toContain(ALL_SECRETS.ADMIN_TOKEN);
    expect(ran.stdout).not.toContain(STORE_SECRET);
  });

  it('with --yes draws no admin token that would end up in a log, and names what is missing', async () => {
    const { code, stderr } = await deploy(['--yes']);
    expect(code).toBe(1);
    expect(stderr).toContain('ADMIN_TOKEN is missing');
    expect(stderr).toContain('STORE_MAIN_SECRET_ACCESS_KEY is missing');
    expect(wrangler.changes()).toEqual([]);
  });

  it('is nothing without a yes', async () => {
    const terminal = open([]);
    await terminal.see('Go on? [y/N] ');
    terminal.type(ENTER);
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.shown()).toContain('Nothing was done.');
    const { code, stderr } = await deploy([], ALL_SECRETS);
    expect([code, stderr]).toEqual([1, expect.stringContaining('say so with --yes')]);
    expect(wrangler.changes()).toEqual([]);
  });

  it('changes nothing in a dry run, which says what it would do', async () => {
    const before = readFileSync(config, 'utf8');
    const { code, stdout } = await deploy(['--dry-run']);
    expect(code).toBe(0);
    for (const words of [
      'create the KV namespace',
      'LINK_KEYS (drawn',
      'ADMIN_TOKEN (drawn',
      'asked',
    ]) {
      expect(stdout).toContain(words);
    }
    expect(stdout).toContain('This was a dry run: nothing was changed.');
    expect(wrangler.changes()).toEqual([]);
    expect(readFileSync(config, 'utf8')).toBe(before);
  });

  it('takes the namespace that an earlier one left', async () => {
    wrangler.change({ namespaces: [{ id: 'beef', title: 'hallpass-grants' }] });
    expect((await deploy(['--yes'], ALL_SECRETS)).code).toBe(0);
    expect(readFileSync(config, 'utf8')).toContain('id = "beef"');
    expect(wrangler.changes()).toEqual(['secret bulk', 'deploy']);
  });

  it('takes over no address that leads somewhere else, unless wrangler can ask', async () => {
    const other = createServer((_request, response) => response.end('another site')).listen(0);
    const { port } = other.address() as AddressInfo;
    configure({ [publicUrl]: `https://localhost:${port}` });
    const { code, stderr } = await deploy(['--yes'], ALL_SECRETS);
    other.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining('leads somewhere already')]);
    expect(wrangler.changes()).toEqual([]);
  });
});

describe('another run', () => {
  beforeEach(() => {
    configure({ 'binding = "GRANTS"': 'binding = "GRANTS"\nid = "f00d"' });
    wrangler.change({ worker: { secrets: ALL_SECRETS } });
  });

  it('changes nothing where all is there', async () => {
    expect((await deploy(['--yes'])).code).toBe(0);
    expect(wrangler.changes()).toEqual(['deploy']);
    expect(wrangler.read().worker?.tag).toMatch(/^\d+\.\d+\.\d+-[0-9a-f]{12}$/);
    const { code, stdout } = await deploy(['--yes'], { ...ALL_SECRETS, LINK_KEYS: 'B'.repeat(43) });
    expect(code).toBe(0);
    expect(stdout).toContain('there is nothing to do');
    expect(stdout).toContain('The gateway answers.');
    expect(wrangler.changes()).toEqual([]);
    expect(wrangler.read().worker?.secrets).toEqual(ALL_SECRETS);
  });

  it('deploys what has changed, and touches no secret', async () => {
    wrangler.change({ worker: { secrets: ALL_SECRETS, tag: '1.0.0-000000000000' } });
    expect((await deploy(['--yes'])).code).toBe(0);
    expect(wrangler.changes()).toEqual(['deploy']);
    expect(wrangler.read().worker?.secrets).toEqual(ALL_SECRETS);
  });

  it('puts the secret of another store, and no other', async () => {
    writeFileSync(
      config,
      readFileSync(config, 'utf8') + STORE.replace('STORES.main', 'STORES.r-2'),
    );
    expect((await deploy(['--yes'], { STORE_R_2_SECRET_ACCESS_KEY: 'another' })).code).toBe(0);
    const bulk = wrangler
      .calls()
      .filter(({ args }) => args[1] === 'bulk')
      .at(-1);
    expect(JSON.parse(bulk?.stdin ?? '')).toEqual({ STORE_R_2_SECRET_ACCESS_KEY: 'another' });
  });

  it.each(['LINK_KEYS', 'APP_KEYS'] as const)('puts a new key in front of %s', async (name) => {
    for (const successor of [`${name}_2`, `${name}_3`]) {
      const { code, stdout } = await deploy(['--yes', '--rotate', name]);
      expect(code).toBe(0);
      const secrets = wrangler.read().worker?.secrets ?? {};
      expect(secrets).toMatchObject(ALL_SECRETS);
      expect(secrets[successor]).toMatch(/^[\w-]{43}$/);
      expect(stdout).not.toContain(secrets[successor]);
    }
    // The old one may go once nothing needs it.
    const { [name]: _old, ...secrets } = wrangler.read().worker?.secrets ?? {};
    wrangler.change({ worker: { secrets } });
    expect((await deploy(['--yes'])).code).toBe(0);
    expect(wrangler.read().worker?.secrets).toEqual(secrets);
  });

  it('says when the gateway doesn’t answer', async () => {
    configure({
      [publicUrl]: 'https://localhost:1',
      'binding = "GRANTS"': 'binding = "GRANTS"\nid = "f"',
    });
    const { code, stderr } = await deploy(['--yes']);
    expect([code, stderr]).toEqual([1, expect.stringContaining("doesn't answer yet")]);
  });
});

describe('an interrupted run', () => {
  it.each([
    ['kv namespace create', ['kv namespace create hallpass-grants', 'secret bulk', 'deploy']],
    ['secret bulk', ['secret bulk', 'deploy']],
    ['deploy', ['deploy']],
  ])('that failed at `%s` is gone on with by the next', async (failAt, rest) => {
    wrangler.change({ failAt });
    const failed = await deploy(['--yes'], ALL_SECRETS);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('Run this again');
    wrangler.changes();
    wrangler.change({ failAt: '' });
    expect((await deploy(['--yes'], ALL_SECRETS)).code).toBe(0);
    expect(wrangler.changes()).toEqual(rest);
    expect(wrangler.read().worker?.secrets).toEqual(ALL_SECRETS);
  });

  it('leaves no wrangler behind', async () => {
    wrangler.change({ hangAt: 'secret bulk' });
    const { child, ran } = start(['--yes'], ALL_SECRETS);
    while (!wrangler.calls().some(({ args }) => args[1] === 'bulk')) await sleep(20);
    child.kill('SIGTERM');
    // Its output ends only when nobody holds it any more.
    expect((await ran).code).not.toBe(0);
    wrangler.changes();
    wrangler.change({ hangAt: '' });
    expect((await deploy(['--yes'], ALL_SECRETS)).code).toBe(0);
    expect(wrangler.read().worker?.secrets).toEqual(ALL_SECRETS);
  });

  it('repeats no secret that wrangler’s complaint holds', async () => {
    wrangler.change({ repeatAt: 'secret bulk' });
    const { code, stdout, stderr } = await deploy(['--yes'], ALL_SECRETS);
    expect(code).toBe(1);
    expect(stderr).toContain('This was no good');
    for (const secret of Object.values(ALL_SECRETS)) expect(stdout + stderr).not.toContain(secret);
  });
});

describe('the login', () => {
  it('has to be there', async () => {
    wrangler.change({ accounts: null });
    const { code, stderr } = await deploy(['--yes'], ALL_SECRETS);
    expect([code, stderr]).toEqual([1, expect.stringContaining('npx wrangler login')]);
    expect(wrangler.changes()).toEqual([]);
  });

  it('of several accounts needs to know which', async () => {
    const accounts = [
      { id: 'a1', name: 'Acme' },
      { id: 'b2', name: 'Bolt' },
    ];
    wrangler.change({ accounts });
    const { code, stderr } = await deploy(['--yes'], ALL_SECRETS);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/a1 {2}Acme\n {2}b2 {2}Bolt/)]);
    const chosen = { ...ALL_SECRETS, CLOUDFLARE_ACCOUNT_ID: 'b2' };
    expect((await deploy(['--yes'], chosen)).code).toBe(0);
    const accountsOfChanges = wrangler
      .calls()
      .slice(-3)
      .map(({ account }) => account);
    expect(accountsOfChanges).toEqual(['b2', 'b2', 'b2']);
    expect(await deploy(['--yes'], { CLOUDFLARE_ACCOUNT_ID: 'c3' })).toMatchObject({ code: 1 });
  });
});

describe('a wrong setting', () => {
  it('is told before wrangler is asked anything', async () => {
    configure({ 'workers_dev = false': 'workers_dev = true' });
    const { code, stderr } = await deploy(['--yes'], ALL_SECRETS);
    expect([code, stderr]).toEqual([1, expect.stringContaining('workers_dev must be false')]);
    expect(wrangler.calls()).toEqual([]);
  });

  it.each([
    [{ LINK_KEYS: 'hunter2' }, 'LINK_KEYS must be base64url keys'],
    [{ ADMIN_TOKEN: 'hunter2' }, 'ADMIN_TOKEN must be at least 32'],
    [{ STORE_MAIN_SECRET_ACCESS_KEY: ' hunter2' }, 'STORE_MAIN_SECRET_ACCESS_KEY must be set'],
  ])('in a secret is told before anything is changed: %j', async (wrong, fault) => {
    const { code, stderr } = await deploy(['--yes'], { ...ALL_SECRETS, ...wrong });
    expect([code, stderr]).toEqual([1, expect.stringContaining(fault)]);
    expect(stderr).not.toContain('hunter2');
    expect(wrangler.changes()).toEqual([]);
  });

  it('in a file that is none is told', async () => {
    writeFileSync(config, '[env.production\n');
    expect(await deploy(['--yes'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/read/),
    });
  });

  it.each([['--surprise'], ['--rotate', 'ADMIN_TOKEN'], ['--wait', 'long']])(
    'of the command is told with how it is used: %s',
    async (...words) => {
      expect(await deploy(words)).toMatchObject({ code: 2, stderr: expect.stringMatching(/--/) });
      expect(wrangler.calls()).toEqual([]);
    },
  );
});
