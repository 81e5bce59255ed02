// Starts the Workers that are measured, each in a workerd of its own: the product as it is deployed, and
// the baselines bundled and minified likewise.

import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { build } from 'esbuild';
import { findFreePort } from '../../../scripts/free-port.ts';
import {
  bundleWorker,
  type RunningWorker,
  readWorkerConfig,
  runWorker,
  type WorkerConfig,
} from '../../../scripts/local-worker.ts';
import { TEST_BINDINGS } from '../../support/bindings.ts';

/** Another process may take a free port before workerd does. */
const PORT_ATTEMPTS = 5;
const COMPATIBILITY_DATE = '2026-10-20';

export type BenchWorker = RunningWorker & { readonly origin: string; readonly pid: number };

export const ADMIN_TOKEN = TEST_BINDINGS.ADMIN_TOKEN;

/** Bundles the product; what it answers starts it, by a name again and again with the same state. */
export async function productWorker(
  folder: string,
): Promise<(name: string) => Promise<BenchWorker>> {
  const bundle = join(folder, 'product');
  const [config] = await Promise.all([readWorkerConfig(), bundleWorker(bundle)]);
  // Miniflare simulates it by an object with a database, which costs more than the rest of an open; where
  // Hallpass is deployed it is a counter in memory, and no baseline has one.
  delete config.ratelimits;
  const bindings = {
    ...config.bindings,
    ...TEST_BINDINGS,
    LINK_KEYS: randomBytes(32).toString('base64url'),
    APP_KEYS: randomBytes(32).toString('base64url'),
  };
  return (name) => startOnFreePort({ ...config, bindings }, bundle, stateFolder(folder, name));
}

export function stateFolder(folder: string, name: string): string {
  return join(folder, `${name}-state`);
}

/** `name` is a file of test/bench/arms. */
export async function startBaseline(
  folder: string,
  name: string,
  bindings: WorkerConfig['bindings'] = {},
): Promise<BenchWorker> {
  const bundle = join(folder, name);
  await build({
    entryPoints: { index: `test/bench/arms/${name}.ts` },
    outdir: bundle,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*'],
    logLevel: 'warning',
  });
  const config: WorkerConfig = {
    name,
    compatibilityDate: COMPATIBILITY_DATE,
    bindings: { SECRET: TEST_BINDINGS.STORE_DEMO_SECRET_ACCESS_KEY, ...bindings },
    kvNamespaces: { GRANTS: 'grants' },
    ...(name === 'same-io' && {
      durableObjects: { GATES: { className: 'Gate', useSQLite: true } },
    }),
  };
  return startOnFreePort(config, bundle, stateFolder(folder, name));
}

async function startOnFreePort(
  config: WorkerConfig,
  bundle: string,
  state: string,
): Promise<BenchWorker> {
  for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
    const port = await findFreePort();
    const running = await runWorker({ config, bundle, state, port });
    if (!running) continue;
    const origin = `http://127.0.0.1:${port}`;
    return { ...running, origin, pid: pidOf(running.workerd) };
  }
  throw new Error('no port stayed free');
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('workerd has no process id');
  return pid;
}
