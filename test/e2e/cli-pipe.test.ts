// The command line in pipes and scripts, against the real stack.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../scripts/free-port.ts';
import { SAMPLE_PDF_KEY, SAMPLES } from '../../scripts/samples.ts';
import { type Env, prepareCli, runCli } from './cli.ts';
import { startReceiver, waitUntil } from './receiver.ts';
import {
  inspectLink,
  makeFolder,
  mintLink,
  openLink,
  removeFolder,
  type Stack,
  startStack,
} from './stack.ts';

const folder = makeFolder();
let stack: Stack;
let env: Env;
let operator: Env;

beforeAll(async () => {
  [stack] = await Promise.all([startStack(folder), prepareCli(folder)]);
  env = {
    HALLPASS_URL: stack.url,
    HALLPASS_API_KEY: stack.apiKey,
    HALLPASS_STORE: stack.store,
    XDG_CONFIG_HOME: join(folder, 'nobody'),
  };
  operator = { ...env, HALLPASS_API_KEY: stack.adminToken };
});
afterAll(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

const hallpass = (...args: string[]) => runCli(args, env);
const lines = (text: string) => text.split('\n').filter(Boolean);
const mintByCli = async (...args: string[]) =>
  (await hallpass('mint', SAMPLE_PDF_KEY, '--ttl', '10m', ...args)).stdout.trim();

describe('mint', () => {
  it('prints the URL alone, which opens as often as was asked for', async () => {
    const minted = await hallpass('mint', SAMPLE_PDF_KEY, '--ttl', '10m', '--max-uses', '1');
    expect(minted).toMatchObject({ code: 0, stderr: '' });
    expect(minted.stdout).toMatch(/^http:\/\/localhost:\d+\/[0-9A-Za-z]{22}\n$/);
    expect((await openLink(minted.stdout.trim(), { method: 'POST' })).status).toBe(303);
    expect((await openLink(minted.stdout.trim(), { method: 'POST' })).status).toBe(410);
  });

  it('sends what its flags say', async () => {
    const args = ['--tag', 'a', '--tag', 'b', '--rate-limit', '5/m', '--filename', 'ß.pdf'];
    const { stdout } = await hallpass('mint', 'k', '--ttl', '1h', '--json', ...args);
    expect(JSON.parse(stdout)).toMatchObject({
      key: 'k',
      tags: ['a', 'b'],
      rateLimit: { limit: 5, windowSeconds: 60 },
      filename: 'ß.pdf',
    });
  });

  it('of an upload says what it takes', async () => {
    const args = ['--operation', 'upload', '--upload-max-bytes', '1000', '--ttl', '1m', '--json'];
    const { stdout } = await hallpass('mint', 'inbox/', ...args);
    expect(JSON.parse(stdout)).toMatchObject({ operation: 'upload', upload: { maxBytes: 1_000 } });
    const { stdout: shown } = await hallpass('inspect', JSON.parse(stdout).id);
    expect(shown).toMatch(/Takes +at most 1000 bytes/);
  });

  it('takes a password from standard input, so that no list of processes has it', async () => {
    const args = ['mint', SAMPLE_PDF_KEY, '--ttl', '10m', '--password'];
    const { stdout } = await runCli(args, env, 'open sesame\n');
    const body = JSON.stringify({ password: 'open sesame' });
    const headers = { 'Content-Type': 'application/json' };
    const url = stdout.trim();
    expect((await openLink(url, { method: 'POST', headers, body })).status).toBe(303);
    expect((await openLink(url, { method: 'POST' })).status).toBe(403);
  });

  it('shows a QR code with --qr, after the URL', async () => {
    const [url = '', ...code] = lines(await mintByCli('--qr'));
    expect(url).toMatch(/^http/);
    expect(code.length).toBeGreaterThan(10);
    expect(code.join('')).toMatch(/^[█▀▄ ]+$/);
  });
});

describe('ls and revoke', () => {
  it('work together in a pipe', async () => {
    const [a, b] = [await mintByCli('--tag', 'piped'), await mintByCli('--tag', 'piped')];
    const listed = await hallpass('ls', '--tag', 'piped');
    expect(lines(listed.stdout)).toHaveLength(2);
    expect(listed.stdout).toMatch(/^lnk_\w+\tactive\t/);

    const unsure = await runCli(['revoke'], env, listed.stdout);
    expect(unsure).toMatchObject({ code: 2, stdout: '' });
    expect(unsure.stderr).toContain('Revoke 2 links? Nobody can be asked here: say so with --yes.');
    expect((await openLink(a)).status).toBe(302);

    const sure = await runCli(['revoke', '--yes'], env, listed.stdout);
    expect(sure).toMatchObject({ code: 0, stdout: 'Revoked 2 links.\n' });
    for (const url of [a, b]) expect((await openLink(url)).status).toBe(410);
  });

  it('take URLs and ids, and say what had ended before', async () => {
    const [a, b] = [await mintLink(stack, { key: 'a' }), await mintLink(stack, { key: 'b' })];
    const { stdout, code } = await hallpass('revoke', a.id, b.url, 'lnk_none');
    expect(code).toBe(0);
    expect(stdout).toBe('Revoked 2 links.\n1 other had ended before or can’t be found.\n');
    const again = await hallpass('revoke', a.url);
    expect(again).toMatchObject({ code: 0, stdout: `${a.id} had ended before: it is revoked.\n` });
  });

  it('only count with --dry-run', async () => {
    const link = await mintLink(stack, { key: 'dry/run.pdf' });
    const { stdout } = await hallpass('revoke', '--prefix', 'dry/', '--dry-run');
    expect(stdout).toBe('Would revoke 1 link.\n');
    expect((await inspectLink(stack, link.id)).state).toBe('active');
  });

  it('need no yes where nothing matches, and do nothing without a word', async () => {
    expect(await runCli(['revoke', '--tag', 'nobody'], env)).toMatchObject({ code: 0, stdout: '' });
    expect((await runCli(['revoke'], env, '\n')).stderr).toBe('There is nothing to revoke.\n');
  });

  it('end with 5 while gates have still to be told', async () => {
    const headers = {
      Authorization: `Bearer ${stack.apiKey}`,
      'Content-Type': 'application/json',
    };
    const mint = { store: stack.store, key: 'k', operation: 'download', ttlSeconds: 600 };
    const body = JSON.stringify({ links: Array(100).fill({ ...mint, tags: ['many'] }) });
    for (let batch = 0; batch < 3; batch++) {
      await fetch(`${stack.url}/v1/links/batch`, { method: 'POST', headers, body });
    }
    const { code, stderr } = await hallpass('revoke', '--tag', 'many', '--yes', '--wait', '0');
    expect(stderr).toContain('The gateway goes on by itself');
    expect(code).toBe(5);
    const rest = await hallpass('revoke', '--tag', 'many', '--yes');
    expect(rest.code).toBe(0);
    const left = await hallpass('revoke', '--tag', 'many', '--dry-run');
    expect(left.stdout).toBe('Would revoke 0 links.\n');
  });
});

describe('inspect and extend', () => {
  it('show and change a link by its URL', async () => {
    const link = await mintLink(stack, { key: 'k', maxUses: 3, note: 'before' });
    const args = ['--by', '1h', '--no-max-uses', '--note', 'after', '--json'];
    const changed = JSON.parse((await hallpass('extend', link.url, ...args)).stdout);
    expect(Date.parse(changed.expiresAt) - Date.parse(link.expiresAt)).toBe(3_600_000);
    expect(changed).toMatchObject({ id: link.id, note: 'after' });
    expect(changed).not.toHaveProperty('maxUses');
    const { stdout } = await hallpass('inspect', link.id);
    expect(stdout).toContain('Note        after');
  });
});

describe('download', () => {
  const size = SAMPLES.find(({ key }) => key === SAMPLE_PDF_KEY)?.body.length;

  it('needs no login, saves the object, and leaves nothing else behind', async () => {
    const file = join(folder, 'saved.pdf');
    const url = await mintByCli('--max-uses', '1');
    const { code, stdout } = await runCli(['download', url, '-o', file], {});
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${file}\n` });
    expect(statSync(file).size).toBe(size);
    const again = await runCli(['download', url, '-o', `${file}.2`], {});
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('This link was used up.');
    expect(existsSync(`${file}.2`)).toBe(false);
  });

  it('overwrites nothing unless it is told to', async () => {
    const file = join(folder, 'kept.pdf');
    const url = await mintByCli();
    await runCli(['download', url, '-o', file], {});
    expect((await runCli(['download', url, '-o', file], {})).code).toBe(2);
    expect((await runCli(['download', url, '-o', file, '--force'], {})).code).toBe(0);
  });

  it('writes to standard output', async () => {
    const { stdout } = await runCli(['download', await mintByCli(), '-o', '-'], {});
    expect(createHash('sha256').update(stdout).digest('hex')).toHaveLength(64);
    expect(stdout).toContain('%PDF');
  });
});

describe('login', () => {
  /** Of a person of their own. */
  async function logIn(name: string) {
    const home = join(folder, name);
    const args = ['login', stack.url, '--store', stack.store];
    const ran = await runCli(args, { XDG_CONFIG_HOME: home }, `${stack.apiKey}\n`);
    return { ran, file: join(home, 'hallpass', 'config.json'), login: { XDG_CONFIG_HOME: home } };
  }

  it('keeps a key that the gateway accepts, for its owner alone', async () => {
    const { ran, file, login } = await logIn('keeps');
    expect(ran.code).toBe(0);
    expect(ran.stderr + ran.stdout).not.toContain(stack.apiKey);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await runCli(['mint', 'k', '--ttl', '1m'], login)).stdout).toMatch(/^http/);
  });

  it('sends its key to no other gateway', async () => {
    const { login } = await logIn('faithful');
    const elsewhere = { ...login, HALLPASS_URL: `http://127.0.0.1:${await findFreePort()}` };
    const { code, stderr } = await runCli(['ls'], elsewhere);
    expect(code).toBe(2);
    expect(stderr).toContain('There is no API key yet');
  });

  it('keeps no other key, and tells none', async () => {
    const { file, login } = await logIn('careful');
    const ran = await runCli(['login', stack.url], login, 'hp_bad_key');
    expect(ran.code).toBe(1);
    expect(ran.stderr).not.toContain('hp_bad_key');
    expect(readFileSync(file, 'utf8')).toContain(stack.apiKey);
  });

  it('gives way to the environment', async () => {
    const { login } = await logIn('yielding');
    const { code } = await runCli(['ls'], { ...login, HALLPASS_API_KEY: 'hp_bad_key' });
    expect(code).toBe(1);
  });

  it('is forgotten by logout', async () => {
    const { file, login } = await logIn('forgetful');
    await runCli(['logout'], login);
    expect(existsSync(file)).toBe(false);
  });
});

describe('operators', () => {
  it('make apps and keys, and suspend an app', async () => {
    const asOperator = (...args: string[]) => runCli(args, operator);
    const made = ['apps', 'create', '--name', 'Billing', '--store', stack.store];
    const id = (await asOperator(...made)).stdout.trim();
    const changed = await asOperator('apps', 'change', id, '--quotas-live-links', '7', '--json');
    expect(JSON.parse(changed.stdout)).toMatchObject({ quotas: { liveLinks: 7 } });
    const key = (await asOperator('keys', 'create', '--app', id)).stdout.trim();
    const asApp = { ...env, HALLPASS_API_KEY: key };
    expect((await runCli(['mint', 'k', '--ttl', '1m'], asApp)).code).toBe(0);
    expect((await asOperator('apps', 'suspend', id)).code).toBe(2);
    expect((await asOperator('apps', 'suspend', id, '--yes')).code).toBe(0);
    expect((await runCli(['mint', 'k', '--ttl', '1m'], asApp)).code).toBe(1);
    expect((await asOperator('apps', 'resume', id)).code).toBe(0);
    expect((await asOperator('apps', 'list')).stdout).toContain('Billing\tlive');
  });

  it('have stores checked', async () => {
    const checked = await runCli(
      ['stores', 'check', stack.store, '--key', SAMPLE_PDF_KEY],
      operator,
    );
    expect(checked.stdout).toContain(`${stack.store} is well.`);
    const none = await runCli(['stores', 'check', 'nosuch'], operator);
    expect(none.code).toBe(4);
  });
});

describe('keys and events', () => {
  it('rotate and revoke a key', async () => {
    const made = JSON.parse((await hallpass('keys', 'create', '--note', 'ci', '--json')).stdout);
    const next = JSON.parse((await hallpass('keys', 'rotate', made.id, '--json')).stdout);
    expect(next.apiKey).not.toBe(made.apiKey);
    expect((await hallpass('keys', 'revoke', next.id)).stdout).toBe(`Revoked ${next.id}.\n`);
    expect((await hallpass('keys', 'list')).stdout).toContain(`${next.id}\trevoked`);
  });

  it('tell what happened to a link', async () => {
    const { id } = await mintLink(stack, { key: 'k' });
    await hallpass('revoke', id);
    const { stdout } = await hallpass('events', '--link-id', id, '--json');
    const types = JSON.parse(stdout).map(({ type }: { type: string }) => type);
    expect(types).toEqual(['link.minted', 'link.revoked']);
  });
});

describe('webhooks', () => {
  it('are made, tested, listed, changed and deleted', async () => {
    const receiver = await startReceiver();
    const target = `${receiver.url}/by-cli`;
    const made = await hallpass('webhooks', 'create', target, '--tag', 'hooked', '--json');
    const { id, secret } = JSON.parse(made.stdout);
    receiver.trust(secret);
    expect((await hallpass('webhooks', 'list')).stdout).toContain(`${id}\tlive\t${target}`);

    await hallpass('webhooks', 'test', id);
    await waitUntil(async () => receiver.received.some(({ path }) => path === '/by-cli'));
    const listed = await waitUntil(async () => {
      const { stdout } = await hallpass('webhooks', 'deliveries', id, '--status', 'delivered');
      return stdout !== '' && stdout;
    });
    const [delivery = ''] = listed.split('\t');
    expect((await hallpass('webhooks', 'redeliver', id, delivery)).code).toBe(0);

    expect((await hallpass('webhooks', 'rotate', id)).stdout).toMatch(/^whsec_\S+\n$/);
    const changed = await hallpass('webhooks', 'change', id, '--no-tags', '--enabled=false');
    expect(changed.stdout).toMatch(/Tags +all/);
    expect(changed.stdout).toContain('off since');
    expect((await hallpass('webhooks', 'remove', id)).stdout).toBe(`Deleted ${id}.\n`);
    expect((await hallpass('webhooks', 'show', id)).code).toBe(4);
    receiver.close();
  });
});

describe('--json', () => {
  it.each([
    ['ls', '--limit', '2'],
    ['ls', '--tag', 'nobody'],
    ['keys', 'list'],
    ['events'],
    ['revoke', '--all', '--dry-run'],
  ])('of %s %s %s parses', async (...args) => {
    const { stdout, code } = await hallpass(...args.filter(Boolean), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toBeTruthy();
  });

  it('tells problems on standard error, with the gateway’s reason', async () => {
    const { stdout, stderr, code } = await hallpass('inspect', 'lnk_none', '--json');
    expect({ stdout, code }).toEqual({ stdout: '', code: 4 });
    expect(JSON.parse(stderr)).toMatchObject({
      reason: 'link_not_found',
      status: 404,
      exitCode: 4,
    });
  });
});

describe('the exit code', () => {
  it('is 1 for a refusal, in words that say what to do and without the key', async () => {
    const apiKey = 'hp_9fK2_nosuchkey0000000000000000000';
    const { code, stderr } = await runCli(['ls'], { ...env, HALLPASS_API_KEY: apiKey });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'hallpass: No valid API key. Run `hallpass login` with a key that is in force, or set HALLPASS_API_KEY.\n',
    );
  });

  it('is 2 for a key that no header can carry, which isn’t shown', async () => {
    const { code, stderr } = await runCli(['ls'], { ...env, HALLPASS_API_KEY: 'secret\nhalves' });
    expect(code).toBe(2);
    expect(stderr).not.toMatch(/secret|halves/);
  });

  it.each([
    [[]],
    [['mnt']],
    [['mint']],
    [['mint', 'k', '--nonsense']],
    [['mint', 'k', '--ttl', 'soon']],
    [['mint', 'k', '--ttl', '1m', '--max-uses', 'many']],
    [['mint', 'k', '--ttl', '1m', '--disposition', 'sideways']],
    [['mint', '../k', '--ttl', '1m']],
    [['extend', 'lnk_a']],
    [['revoke', 'lnk_a', '--tag', 'b']],
    [['download', 'lnk_a']],
    [['keys']],
  ])('is 2 for %j, in a sentence and without a stack', async (args) => {
    const { code, stdout, stderr } = await hallpass(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).not.toMatch(/\bat .*\.ts/);
  });

  it('is 3 where no gateway answers', async () => {
    const nowhere = { ...env, HALLPASS_URL: `http://127.0.0.1:${await findFreePort()}` };
    const { code, stderr } = await runCli(['ls'], nowhere);
    expect(code).toBe(3);
    expect(stderr).toContain('There was no answer (ECONNREFUSED).');
  });

  it('is 4 for a link that isn’t there', async () => {
    expect((await hallpass('inspect', 'lnk_none')).code).toBe(4);
    expect((await hallpass('revoke', 'lnk_none')).code).toBe(4);
  });
});

describe('in the repository', () => {
  it('runs from its sources', async () => {
    const { stdout } = await runCli(['--help'], {}, '', { args: ['src/cli/main.ts'] });
    expect(stdout).toContain('mint');
  });
});

describe('help and colour', () => {
  it('lists the commands, the exit codes and the settings, at each level', async () => {
    const { stdout, code } = await runCli(['--help'], {});
    expect(code).toBe(0);
    for (const word of ['mint', 'revoke', 'Exit codes', 'HALLPASS_API_KEY']) {
      expect(stdout).toContain(word);
    }
    expect((await runCli(['mint', '--help'], {})).stdout).toContain(
      'How often it may be redeemed.',
    );
  });

  it('completes commands and flags', async () => {
    expect((await runCli(['completion'], {})).stdout).toContain('complete -o bashdefault');
    const flags = await runCli(['--get-yargs-completions', 'hallpass', 'mint', '--max'], {});
    expect(flags.stdout).toContain('--max-uses');
  });

  it('has no colour in a pipe unless FORCE_COLOR asks for it', async () => {
    const COLOUR = '\u001b[';
    expect((await hallpass('inspect', 'lnk_none')).stderr).not.toContain(COLOUR);
    const forced = await runCli(['inspect', 'lnk_none'], { ...env, FORCE_COLOR: '1' });
    expect(forced.stderr).toContain(COLOUR);
  });
});
