// What operators do by the command line after something was lost: the storage of the real stack is damaged
// while it stands still, as only a disaster or a restore from a backup does it.

import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_PDF_KEY } from '../../scripts/samples.ts';
import { type Env, prepareCli, runCli } from './cli.ts';
import { waitUntil } from './receiver.ts';
import {
  inspectLink,
  makeFolder,
  mintLink,
  openLink,
  portsOf,
  removeFolder,
  revokeLink,
  type Stack,
  startStack,
} from './stack.ts';

let folder: string;
let stack: Stack;
let env: Env;

beforeEach(async () => {
  folder = makeFolder();
  [stack] = await Promise.all([startStack(folder), prepareCli(folder)]);
  env = { HALLPASS_URL: stack.url, HALLPASS_API_KEY: stack.adminToken };
});
afterEach(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

const asOperator = (...args: string[]) => runCli(args, env);
const inState = (...path: string[]) => join(folder, 'state', ...path);

/** Does something to the storage while nothing runs, and starts again where it was. */
async function meanwhile(damage: () => void): Promise<void> {
  const ports = portsOf(stack);
  await stack.interrupt();
  damage();
  stack = await startStack(folder, ports);
}

const copyLedgers = (from: string, to: string) => cpSync(from, to, { recursive: true });

describe('fsck', () => {
  it('finds and repairs gates that are gone', async () => {
    const link = await mintLink(stack, { key: SAMPLE_PDF_KEY });
    const ended = await mintLink(stack, { key: SAMPLE_PDF_KEY });
    await revokeLink(stack, ended.id);
    const well = await asOperator('fsck');
    expect(well).toMatchObject({ code: 0, stdout: '' });
    expect(well.stderr).toMatch(/^Nothing differs.\nChecked \d links of 1 app: 0 findings/);

    await meanwhile(() => rmSync(inState('do', '-LinkGate'), { recursive: true }));
    expect((await openLink(link.url)).status).toBe(404);
    const found = await asOperator('fsck');
    expect(found.code).toBe(1);
    expect(found.stdout).toContain(`\t${link.id}\tgate_missing\twrong\n`);
    expect((await openLink(link.url)).status).toBe(404);

    const repaired = await asOperator('fsck', '--repair', '--json');
    expect(repaired.code).toBe(0);
    expect(JSON.parse(repaired.stdout)).toContainEqual({
      app: expect.any(String),
      linkId: ended.id,
      kind: 'gate_missing',
      repaired: true,
    });
    expect((await openLink(link.url)).status).toBe(302);
    expect((await openLink(ended.url)).status).toBe(410);
    expect((await asOperator('fsck')).code).toBe(0);
  });

  it('makes a ledger that was restored from a backup end what has ended since', async () => {
    const link = await mintLink(stack, { key: SAMPLE_PDF_KEY });
    await meanwhile(() => copyLedgers(inState('do', '-AppLedger'), join(folder, 'backup')));
    await revokeLink(stack, link.id);
    await meanwhile(() => {
      rmSync(inState('do', '-AppLedger'), { recursive: true });
      copyLedgers(join(folder, 'backup'), inState('do', '-AppLedger'));
    });
    expect((await inspectLink(stack, link.id)).state).toBe('active');
    const { code, stdout } = await asOperator('fsck', '--repair');
    expect(code).toBe(0);
    expect(stdout).toContain(`${link.id}\tgate_ended\trepaired\n`);
    expect((await inspectLink(stack, link.id)).state).toBe('revoked');
    expect((await openLink(link.url)).status).toBe(410);
  });

  it('is for operators', async () => {
    const asApp = { ...env, HALLPASS_API_KEY: stack.apiKey };
    expect((await runCli(['fsck'], asApp)).stderr).toContain('Log in with the admin token');
    expect((await asOperator('fsck', '--app', 'nobody')).code).toBe(4);
  });
});

describe('export and import', () => {
  const appOf = async () => JSON.parse((await asOperator('apps', 'list', '--json')).stdout)[0].id;
  const redeem = (url: string) => openLink(url, { method: 'POST' });

  it('bring an app back into a fresh deployment with the same keys', async () => {
    const limited = await mintLink(stack, { key: SAMPLE_PDF_KEY, maxUses: 2 });
    const ended = await mintLink(stack, { key: SAMPLE_PDF_KEY });
    await revokeLink(stack, ended.id);
    expect((await redeem(limited.url)).status).toBe(303);
    const app = await appOf();
    await waitUntil(async () => {
      const { stdout } = await asOperator('events', '--app', app, '--link-id', limited.id);
      return stdout.includes('link.redeemed');
    });
    const exported = await asOperator('export', '--app', app);
    expect(exported.code).toBe(0);
    expect(exported.stderr).toMatch(/^Exported \d+ lines\. It tells who shared what with whom/);
    expect(exported.stdout).toMatch(
      /^\{"kind":"header","data":\{"format":"hallpass-export","version":1,/,
    );
    const file = join(folder, 'app.ndjson');
    writeFileSync(file, exported.stdout);
    const { apiKey } = stack;

    await meanwhile(() => rmSync(inState(), { recursive: true }));
    expect((await openLink(limited.url)).status).toBe(404);
    const imported = await asOperator('import', file);
    expect(imported.code).toBe(0);
    expect(imported.stdout).toMatch(new RegExp(`^Imported \\d+ records of ${app}\\.\n$`));
    expect(imported.stderr).toContain('spent uses stay spent');
    expect((await redeem(limited.url)).status).toBe(303);
    expect((await redeem(limited.url)).status).toBe(410);
    expect((await openLink(ended.url)).status).toBe(410);
    expect((await inspectLink({ ...stack, apiKey }, ended.id)).state).toBe('revoked');
    expect((await asOperator('import', file)).stdout).toMatch(/^Imported 0 records/);
    expect((await asOperator('fsck')).code).toBe(0);
  });

  it('refuse a file that was cut off, is none, or was tampered with', async () => {
    const app = await appOf();
    const whole = (await asOperator('export', '--app', app)).stdout;
    const file = join(folder, 'app.ndjson');
    const importing = async (text: string) => {
      writeFileSync(file, text);
      return asOperator('import', file);
    };
    const cut = whole.slice(0, whole.lastIndexOf('{"kind"'));
    expect((await importing(cut)).stderr).toContain('was cut off');
    const half = whole.slice(0, whole.length / 2);
    expect(await importing(half)).toMatchObject({ code: 2, stdout: '' });
    expect((await importing('something else\n')).stderr).toContain('line 1 is no record');
    expect((await importing(whole.replace('"version":1', '"version":2'))).code).toBe(2);
    const forged = whole.replace('"endpoint":"http', '"endpoint":"https');
    expect(forged).not.toBe(whole);
    expect(await importing(forged)).toMatchObject({ code: 1, stdout: '' });
    const missing = await asOperator('import', join(folder, 'nowhere'));
    expect(missing.stderr).toMatch(/can’t be read: ENOENT/);
    expect(missing.code).toBe(2);
  });
});
