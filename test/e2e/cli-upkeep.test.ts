// What operators do by the command line after something was lost: the storage of the real stack is damaged
// while it stands still, as only a disaster or a restore from a backup does it.

import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_PDF_KEY } from '../../scripts/samples.ts';
import { type Env, prepareCli, runCli } from './cli.ts';
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
