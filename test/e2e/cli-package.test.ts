// The npm package as its users have it: packed, installed elsewhere, run by the Node they have, and
// checked by their TypeScript.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_PDF_KEY, SAMPLES } from '../../scripts/samples.ts';
import { type Env, runCli } from './cli.ts';
import { makeFolder, openLink, removeFolder, type Stack, startStack } from './stack.ts';

const run = promisify(execFile);
const folder = makeFolder();
const consumer = join(folder, 'consumer');
const NODE = systemNode();
/** As npm links it, with the shebang's Node being the one above. */
const INSTALLED = { node: NODE, args: [join(consumer, 'node_modules/.bin/hallpass')] };
let stack: Stack;
let env: Env;

beforeAll(async () => {
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{"private":true,"type":"module"}');
  const [started] = await Promise.all([startStack(folder), packAndInstall()]);
  stack = started;
  env = { HALLPASS_URL: stack.url, HALLPASS_API_KEY: stack.apiKey, HALLPASS_STORE: stack.store };
});
afterAll(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

/** The Node of the machine rather than the one that npm scripts have in front: Node 20 must do. */
function systemNode(): string {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const files = folders
    .filter((path) => !path.includes('node_modules'))
    .map((path) => `${path}/node`);
  return files.find((file) => existsSync(file)) ?? process.execPath;
}

async function packAndInstall(): Promise<void> {
  const { stdout } = await npm('.', 'pack', '--json', '--pack-destination', folder);
  // What prepack prints comes before.
  const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [{ filename: string }];
  await npm(consumer, 'install', '--prefer-offline', '--no-audit', join(folder, filename));
}

function npm(cwd: string, ...args: string[]) {
  const { npm_execpath: script } = process.env;
  return script ? run(NODE, [script, ...args], { cwd }) : run('npm', args, { cwd });
}

const PROGRAM = `
import { createHallpass, download, HallpassError } from 'hallpass/client';

const { GATEWAY: url = '', API_KEY: apiKey = '', STORE: store = '', KEY: key = '' } = process.env;
const hallpass = createHallpass({ url, apiKey });
const link = await hallpass.links.mint({ store, key, operation: 'download', ttlSeconds: 60 });
const states: string[] = [];
for await (const { id, state } of hallpass.links.list({ key })) if (id === link.id) states.push(state);
const { body } = await download(link.url);
const bytes = (await new Response(body).arrayBuffer()).byteLength;
const revoked = await hallpass.links.revoke(link.id);
const reason = await download(link.url).catch((error: unknown) => error instanceof HallpassError && error.reason);
console.log(JSON.stringify({ states, bytes, revoked: revoked.state, reason }));
`;

describe('the package', () => {
  it('holds what it is for and nothing else', () => {
    const installed = join(consumer, 'node_modules/hallpass');
    expect(existsSync(join(installed, 'src'))).toBe(false);
    expect(statSync(join(installed, 'dist/cli.js')).mode & 0o111).toBe(0o111);
    const client = readFileSync(join(installed, 'dist/client/index.js'), 'utf8');
    expect(client).not.toMatch(/^import /m);
  });

  it('runs the command line on the Node that is there', async () => {
    const hallpass = (...args: string[]) => runCli(args, env, '', INSTALLED);
    const { stdout } = await run(NODE, ['--version']);
    expect(Number(/^v(\d+)/.exec(stdout)?.[1])).toBeGreaterThanOrEqual(20);

    const minted = await hallpass('mint', SAMPLE_PDF_KEY, '--ttl', '10m', '--tag', 'packed');
    expect(minted).toMatchObject({ code: 0, stderr: '' });
    const url = minted.stdout.trim();
    expect((await hallpass('ls', '--tag', 'packed')).stdout).toContain('\tactive\t');
    const file = join(folder, 'downloaded.pdf');
    expect((await hallpass('download', url, '-o', file)).code).toBe(0);
    const sample = SAMPLES.find(({ key }) => key === SAMPLE_PDF_KEY);
    expect(statSync(file).size).toBe(sample?.body.length);
    expect((await hallpass('revoke', url)).stdout).toBe('Revoked 1 link.\n');
    expect((await openLink(url)).status).toBe(410);
    expect((await hallpass('inspect', 'lnk_none')).code).toBe(4);
    expect((await hallpass('--help')).stdout).toContain('Exit codes');
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])(
    'type-checks a program with module %s and moduleResolution %s, libraries included',
    async (module, moduleResolution) => {
      const compilerOptions = {
        module,
        moduleResolution,
        target: 'es2022',
        lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'],
        strict: true,
        skipLibCheck: false,
        types: [],
        outDir: `out-${module}`,
      };
      const tsconfig = `tsconfig.${module}.json`;
      writeFileSync(
        join(consumer, 'program.ts'),
        `declare const process: { env: Record<string, string | undefined> };${PROGRAM}`,
      );
      const project = { compilerOptions, files: ['program.ts'] };
      writeFileSync(join(consumer, tsconfig), JSON.stringify(project));
      const tsc = resolve('node_modules/typescript/bin/tsc');
      const checked = await run(process.execPath, [tsc, '-p', tsconfig], { cwd: consumer }).catch(
        (error: { stdout: string }) => error,
      );
      expect(checked.stdout).toBe('');

      const program = [join(consumer, compilerOptions.outDir, 'program.js')];
      const ran = await run(NODE, program, {
        env: { GATEWAY: stack.url, API_KEY: stack.apiKey, STORE: stack.store, KEY: SAMPLE_PDF_KEY },
      });
      expect(JSON.parse(ran.stdout)).toMatchObject({
        states: ['active'],
        revoked: 'revoked',
        reason: 'revoked',
      });
    },
  );

  it('tells wrong types apart', async () => {
    const wrong = `import { createHallpass } from 'hallpass/client';
await createHallpass({ url: '', apiKey: '' }).links.mint({ store: 'a', key: 'b', operation: 'erase' });`;
    writeFileSync(join(consumer, 'wrong.ts'), wrong);
    const args = [
      '--noEmit',
      '--module',
      'nodenext',
      '--skipLibCheck',
      '--ignoreConfig',
      'wrong.ts',
    ];
    const tsc = resolve('node_modules/typescript/bin/tsc');
    const checked = run(process.execPath, [tsc, ...args], { cwd: consumer });
    await expect(checked).rejects.toMatchObject({ stdout: expect.stringContaining('"erase"') });
  });
});
