// The command line as a person at a terminal has it: colour, width, questions, and Ctrl-C.

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CTRL_C, ENTER, type Env, onTerminal, openTerminal, prepareCli } from './cli.ts';
import { SLOW_BODY, type SlowStore, startSlowStore } from './slow-store.ts';
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
const WIDE_KEY = '報告書/二〇二六年度/第三四半期/売上高と利益の最終版.pdf';
const ESCAPE = '\u001b[';
let store: SlowStore;
let stack: Stack;
let env: Env;

beforeAll(async () => {
  store = await startSlowStore();
  const { endpoint } = store;
  const slow = {
    endpoint,
    region: 'us-east-1',
    bucket: 'private',
    addressing: 'path',
    accessKeyId: 'a',
  };
  const settings = { STORES: { slow }, STORE_SLOW_SECRET_ACCESS_KEY: 'of-no-consequence' };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
  [stack] = await Promise.all([startStack(folder), prepareCli(folder)]);
  env = {
    HALLPASS_URL: stack.url,
    HALLPASS_API_KEY: stack.apiKey,
    HALLPASS_STORE: 'slow',
    XDG_CONFIG_HOME: join(folder, 'config'),
  };
});
afterAll(async () => {
  await stack?.interrupt();
  store?.close();
  removeFolder(folder);
});

async function mintMany(count: number, tag: string): Promise<void> {
  const mint = { store: 'slow', key: 'k', operation: 'download', ttlSeconds: 600, tags: [tag] };
  for (let left = count; left > 0; left -= 100) {
    const response = await fetch(`${stack.url}/v1/links/batch`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${stack.apiKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ links: Array(Math.min(left, 100)).fill(mint) }),
    });
    if (!response.ok) throw new Error(`a batch answered ${response.status}`);
  }
}

describe('on a terminal', () => {
  it('mint shows the URL and what it is worth', async () => {
    const shown = await onTerminal(['mint', 'k', '--ttl', '10m', '--max-uses', '1'], env);
    expect(shown).toMatch(/http:\/\/localhost:\d+\/[0-9A-Za-z]{22}/);
    expect(stripVTControlCharacters(shown)).toMatch(/Uses {2,}0\/1/);
  });

  it.each([80, 40])('a table fits %i columns, wide characters and all', async (columns) => {
    const link = await mintLink(stack, { key: WIDE_KEY, maxUses: 5, tags: ['a-rather-long-tag'] });
    const shown = stripVTControlCharacters(
      await onTerminal(['ls', '--tag', 'a-rather-long-tag'], env, columns),
    );
    expect(shown).toContain(link.id);
    expect(shown).toContain('報告');
    for (const line of shown.split('\r\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(shown.includes('STATE')).toBe(columns === 80);
  });

  it('there is colour, unless NO_COLOR is set', async () => {
    await mintLink(stack, { key: 'k' });
    expect(await onTerminal(['ls', '--limit', '1'], env)).toContain(ESCAPE);
    const plain = await onTerminal(['ls', '--limit', '1'], { ...env, NO_COLOR: '1' });
    expect(plain).not.toContain(ESCAPE);
  });

  it('the QR code fits 40 columns, dark on any background', async () => {
    const shown = await onTerminal(['mint', 'k', '--ttl', '1m', '--qr'], env, 40);
    const code = shown.split('\r\n').filter((line) => /[█▀▄]/.test(line));
    expect(code.length).toBeGreaterThan(10);
    for (const line of code) {
      expect(line).toContain(`${ESCAPE}97;40m`);
      expect(stringWidth(stripVTControlCharacters(line))).toBeLessThanOrEqual(40);
    }
  });
});

describe('a question', () => {
  it('comes before a bulk revocation, with the count, and no is what Enter means', async () => {
    const link = await mintLink(stack, { key: 'asked/a.pdf' });
    const refused = openTerminal(['revoke', '--prefix', 'asked/'], env);
    await refused.see('Revoke 1 link? [y/N] ');
    refused.type(ENTER);
    expect(await refused.exitCode).toBe(0);
    expect(refused.shown()).toContain('Nothing was done.');
    expect((await inspectLink(stack, link.id)).state).toBe('active');

    const agreed = openTerminal(['revoke', '--prefix', 'asked/'], env);
    await agreed.see('[y/N] ');
    agreed.type(`y${ENTER}`);
    expect(await agreed.exitCode).toBe(0);
    expect(agreed.shown()).toContain('Revoked 1 link.');
    expect((await openLink(link.url)).status).toBe(410);
  });

  it('isn’t asked about a link that was spelled out', async () => {
    const link = await mintLink(stack, { key: 'k' });
    expect(await onTerminal(['revoke', link.id], env)).toContain('Revoked 1 link.');
  });

  it('is answered by Ctrl-C, too: nothing is done', async () => {
    const link = await mintLink(stack, { key: 'stopped/a.pdf' });
    const terminal = openTerminal(['revoke', '--prefix', 'stopped/'], env);
    await terminal.see('[y/N] ');
    terminal.type(CTRL_C);
    expect(await terminal.exitCode).toBe(130);
    expect((await inspectLink(stack, link.id)).state).toBe('active');
  });

  it('for a key shows nothing of it', async () => {
    const config = join(folder, 'login');
    const terminal = openTerminal(['login', stack.url], { XDG_CONFIG_HOME: config });
    await terminal.see('API key or admin token: ');
    terminal.type(stack.apiKey + ENTER);
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.shown()).not.toContain(stack.apiKey.slice(-20));
    expect(terminal.shown()).toContain('Logged in to');
    const file = join(config, 'hallpass', 'config.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      url: stack.url,
      apiKey: stack.apiKey,
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('for a password shows nothing of it', async () => {
    const terminal = openTerminal(['mint', 'k', '--ttl', '1m', '--password'], env);
    await terminal.see('Password of the link: ');
    terminal.type(`open sesame${ENTER}`);
    expect(await terminal.exitCode).toBe(0);
    expect(terminal.shown()).not.toContain('sesame');
    expect(terminal.shown()).toContain('a password');
  });
});

describe('Ctrl-C', () => {
  it('in the middle of a bulk revocation stops watching; the gateway goes on', async () => {
    await mintMany(600, 'bulk');
    const terminal = openTerminal(['revoke', '--tag', 'bulk'], env);
    await terminal.see('Revoke 600 links? [y/N] ');
    terminal.type(`y${ENTER}`);
    await terminal.see(/Revoking: \d+ of 600 links/);
    terminal.type(CTRL_C);
    expect(await terminal.exitCode).toBe(130);
    const shown = stripVTControlCharacters(terminal.shown());
    expect(shown).toContain('Stopped watching. The revocation of 600 links was accepted.');
    expect(shown).toContain('--dry-run tells what is left');

    const rest = openTerminal(['revoke', '--tag', 'bulk', '--yes'], env);
    expect(await rest.exitCode).toBe(0);
    const left = await onTerminal(['revoke', '--tag', 'bulk', '--dry-run'], env);
    expect(left).toContain('Would revoke 0 links.');
  });

  it('in the middle of a download keeps what is there; the same command goes on, for one use', async () => {
    const link = await mintLink(stack, { key: 'k', maxUses: 1 });
    const file = join(folder, 'slow.txt');
    const args = ['download', link.url, '-o', file];
    const terminal = openTerminal(args, {});
    await terminal.see(/[1-9]\d* %/);
    terminal.type(CTRL_C);
    expect(await terminal.exitCode).toBe(130);
    expect(terminal.shown()).toContain('The same command goes on from where it was.');
    expect(existsSync(file)).toBe(false);

    expect(await openTerminal(args, {}).exitCode).toBe(0);
    expect(readFileSync(file).equals(SLOW_BODY)).toBe(true);
    expect(store.offsets.at(-1)).toBeGreaterThan(0);
    expect(await inspectLink(stack, link.id)).toMatchObject({ state: 'used_up', opens: 2 });
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
  });

  it('ends a command that follows events, which were shown as they happened', async () => {
    const terminal = openTerminal(['events', '--follow', '--since', '1s'], env);
    const link = await mintLink(stack, { key: 'k' });
    await terminal.see(link.id.slice(0, 12));
    terminal.type(CTRL_C);
    expect(await terminal.exitCode).toBe(130);
  });
});
