// `npm run size` tells how large the deployed Worker is, how much of its budget that takes, and how long
// its code runs at startup; with --check it only tells when it is over the budget.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { bundleWorker } from './local-worker.ts';
import { exitCodeOf, start } from './run.ts';
import { stop } from './stop.ts';

/** Of the whole Worker, minified, with all its pages. What is added has to be worth its size. */
const BUDGET_KIB = 200;
const KIB = 1_024;

const folder = mkdtempSync(join(tmpdir(), 'hallpass-size-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const bundle = join(folder, 'worker');
await bundleWorker(bundle);
const kib = gzipSync(readFileSync(join(bundle, 'index.js'))).length / KIB;
const size = `The Worker is ${kib.toFixed(1)} KiB by gzip; its budget is ${BUDGET_KIB} KiB.`;
if (kib > BUDGET_KIB) stop(size);
if (!process.argv.includes('--check')) {
  console.log(size);
  console.log(await startup());
}

/** As wrangler measures it on this machine, which is not Cloudflare's. */
async function startup(): Promise<string> {
  const profile = join(folder, 'startup.cpuprofile');
  const args = ['node_modules/wrangler/bin/wrangler.js', 'check', 'startup', '--outfile', profile];
  const wrangler = start(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
  });
  const [said, code] = await Promise.all([
    wrangler.stdout && text(wrangler.stdout),
    exitCodeOf(wrangler),
  ]);
  const [, active] = /Active: (.*)/.exec(said ?? '') ?? [];
  if (code !== 0 || active === undefined) stop('wrangler measured no startup.');
  return `At startup its code runs for ${active}.`;
}
