// Bundles the Worker with wrangler and runs it on workerd by Miniflare, its state kept in a folder.

import { type ChildProcess, spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdirSync, rmSync } from 'node:fs';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  convertV4MiniflareOptions,
  Log,
  LogLevel,
  Miniflare,
  MiniflareCoreError,
  type V4WorkerOptions,
} from 'miniflare';

const WRANGLER = 'node_modules/wrangler/bin/wrangler.js';

/** wrangler asks nothing of the network and says only what is wrong. */
const QUIET = {
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_LOG: 'warn',
  WRANGLER_WRITE_LOGS: 'false',
};

export type WorkerConfig = Partial<V4WorkerOptions> & { bindings?: Record<string, unknown> };

/** Bundles src/ into a folder as it would be deployed. Throws with what wrangler says of it. */
export async function bundleWorker(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const command = [WRANGLER, 'deploy', '--dry-run', '--outdir', folder];
  const wrangler = spawn(process.execPath, command, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...QUIET },
  });
  const kill = () => wrangler.kill();
  process.once('exit', kill);
  const [output, errors, exitCode] = await Promise.all([
    text(wrangler.stdout),
    text(wrangler.stderr),
    new Promise<number | null>((resolve) => wrangler.once('exit', resolve)),
  ]);
  process.off('exit', kill);
  if (exitCode !== 0) throw new Error(output + errors);
}

/** What wrangler.toml and .dev.vars bind, in Miniflare's terms. */
export async function readWorkerConfig(): Promise<WorkerConfig> {
  Object.assign(process.env, QUIET);
  // wrangler takes a second to load: here it can do so while it bundles in another process.
  const { unstable_getMiniflareWorkerOptions } = await import('wrangler');
  return unstable_getMiniflareWorkerOptions('wrangler.toml').workerOptions as WorkerConfig;
}

export type LocalWorkerOptions = {
  config: WorkerConfig;
  /** Where `bundleWorker` wrote. */
  bundle: string;
  /** Where KV and Durable Objects live on. */
  state: string;
  port: number;
};

export type RunningWorker = { readonly workerd: ChildProcess; stop(): Promise<void> };

/** Runs the Worker on 127.0.0.1; answers undefined when the port is taken. */
export async function runWorker(options: LocalWorkerOptions): Promise<RunningWorker | undefined> {
  // Miniflare doesn't tell which process it started, and would quietly restart one that crashed.
  const children: ChildProcess[] = [];
  const watch = (message: unknown) => {
    children.push((message as { process: ChildProcess }).process);
  };
  subscribe('child_process', watch);
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: options.port,
      cf: false,
      // Its log has the path of each request, and a link's path is its token.
      log: new Log(LogLevel.NONE),
      logRequests: false,
      handleStructuredLogs: ({ level, message }) => printLog(level, message),
      // Else workerd keeps uncaught exceptions to itself.
      verbose: true,
      resourcePersistencePath: options.state,
      workers: [
        {
          ...options.config,
          bindings: { WEBHOOKS_ALLOW_LOOPBACK: 'true', ...options.config.bindings },
          // Rules for what is bundled already; Miniflare refuses them beside `modules`.
          modulesRules: undefined,
          modulesRoot: options.bundle,
          modules: readModules(options.bundle),
        } as V4WorkerOptions,
      ],
    }),
  );
  try {
    await miniflare.ready;
  } catch (error) {
    // Cleans up, then rejects with the very same error.
    await miniflare.dispose().catch(() => {});
    if (error instanceof MiniflareCoreError && error.code === 'ERR_ADDRESS_IN_USE')
      return undefined;
    throw error;
  } finally {
    unsubscribe('child_process', watch);
  }
  const workerd = children.find((child) => child.spawnargs.includes('serve'));
  if (!workerd) throw new Error('Miniflare started no workerd');
  return { workerd, stop: () => miniflare.dispose() };
}

/** As wrangler's default rules have them. */
const MODULE_TYPES: Record<string, string> = {
  '.js': 'ESModule',
  '.wasm': 'CompiledWasm',
  '.bin': 'Data',
  '.txt': 'Text',
  '.html': 'Text',
  '.sql': 'Text',
};

/** The bundle's files, the entry first; source maps and wrangler's README are no modules. */
function readModules(folder: string) {
  const names = readdirSync(folder).filter((name) => extname(name) in MODULE_TYPES);
  names.sort((a, b) => Number(b === 'index.js') - Number(a === 'index.js'));
  return names.map((name) => ({ type: MODULE_TYPES[extname(name)], path: join(folder, name) }));
}

function printLog(level: string, message: string): void {
  const print = level === 'error' || level === 'warn' ? console.error : console.log;
  // workerd spreads an object over many lines; as one it can be searched.
  const text = message.startsWith('{') ? message.replaceAll(/\n\s*/g, ' ') : message;
  for (const line of text.trimEnd().split('\n')) print(`worker  ${line}`);
}
