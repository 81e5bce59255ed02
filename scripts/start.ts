// `npm start`: the whole product on this machine, on the real workerd, with a private S3 of its own
// unless a store is configured. State lives in .local and survives restarts.

import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { keepApiKey, mintLink } from './demo-access.ts';
import { findFreePort, isPortFree } from './free-port.ts';
import { endLeftoverWorkerd, rememberWorkerd, takeLock } from './local-lock.ts';
import { createLocalS3, type LocalS3 } from './local-s3.ts';
import { keepSecrets } from './local-secrets.ts';
import { bundleWorker, readWorkerConfig, runWorker, type WorkerConfig } from './local-worker.ts';
import { readJson, writeJson } from './private-file.ts';
import { putSamples, SAMPLE_PDF_KEY, SAMPLES } from './samples.ts';
import { readStartOptions } from './start-options.ts';
import { stop } from './stop.ts';
import { printWelcome } from './welcome.ts';

const DEMO_STORE = 'demo';
const DEMO_BUCKET = 'demo-private';
const DEMO_REGION = 'us-east-1';
const SAMPLE_TTL_SECONDS = 600;
/** As wrangler.toml has it: whoever sets another one means it. */
const DEFAULT_PUBLIC_URL = 'http://localhost:8787';
/** Another process may take a free port before workerd does. */
const FREE_PORT_ATTEMPTS = 5;

const options = readStartOptions();
const local = resolve(process.env.HALLPASS_LOCAL_DIR ?? '.local');

// Before Miniflare's own listeners. Exiting at once is enough: its 'exit' listener kills workerd,
// and what the Worker has answered is on disk.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(0));

await claimLocalFolder();
if (options.port !== 0 && !(await isPortFree(options.port))) stopForPort(options.port, '--port');

const config = await prepareWorker();
const secrets = keepSecrets(inLocal('secrets.json'));
const settings: Record<string, unknown> = {
  ...config.bindings,
  ...readJson<object>(inLocal('settings.json')),
};
const ownStores = readStoreNames(settings.STORES);
const s3 = ownStores.length > 0 ? null : await startS3();
const stores = s3 ? [DEMO_STORE] : ownStores;

const bindings: Record<string, unknown> = {
  LINK_KEYS: secrets.LINK_KEYS,
  APP_KEYS: secrets.APP_KEYS,
  ADMIN_TOKEN: secrets.ADMIN_TOKEN,
  ...settings,
  ...(s3 && demoStoreBindings(s3)),
};
const gateway = await startWorker();
const adminToken = String(bindings.ADMIN_TOKEN);
const apiKey = await keepApiKey({ file: inLocal('demo.json'), gateway, adminToken, stores });
const terms = {
  store: stores[0],
  key: s3 ? SAMPLE_PDF_KEY : 'path/to/your/object',
  operation: 'download',
  ttlSeconds: SAMPLE_TTL_SECONDS,
};
const sampleLink = s3 && (await mintLink(gateway, apiKey, terms));

printWelcome({ gateway, apiKey, adminToken, s3: s3 && demoBucket(s3), sampleLink, terms });
writeJson(inLocal('start.json'), {
  url: gateway,
  apiKey,
  adminToken,
  s3: s3 && demoBucket(s3),
  store: stores[0],
  sampleLink: sampleLink?.url ?? null,
  objects: s3 ? SAMPLES.map((sample) => sample.key) : [],
});

function inLocal(name: string): string {
  return join(local, name);
}

async function claimLocalFolder(): Promise<void> {
  mkdirSync(local, { recursive: true });
  if (!takeLock(inLocal('lock'))) {
    stop(`Another Hallpass runs on ${local}; stop it or set HALLPASS_LOCAL_DIR to another folder.`);
  }
  await endLeftoverWorkerd(inLocal('workerd.json'));
  const removeRunFiles = () => removeFromLocal('start.json', 'workerd.json');
  removeRunFiles();
  process.on('exit', removeRunFiles);
  if (options.fresh) removeFromLocal('state', 's3', 'secrets.json', 'demo.json');
}

function removeFromLocal(...names: string[]): void {
  for (const name of names) rmSync(inLocal(name), { recursive: true, force: true });
}

async function prepareWorker(): Promise<WorkerConfig> {
  try {
    const [config] = await Promise.all([readWorkerConfig(), bundleWorker(inLocal('worker'))]);
    return config;
  } catch (error) {
    stop(`The Worker can't be built: ${(error as Error).message}`);
  }
}

/** STORES is a table in wrangler.toml and JSON text in .dev.vars. */
function readStoreNames(setting: unknown): string[] {
  try {
    return Object.keys(typeof setting === 'string' ? JSON.parse(setting || '{}') : (setting ?? {}));
  } catch {
    stop('STORES must be a JSON object with one entry for each store.');
  }
}

async function startS3(): Promise<LocalS3> {
  const server = await createLocalS3({
    ...secrets.s3,
    port: options.s3Port,
    directory: inLocal('s3'),
    buckets: [DEMO_BUCKET],
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') stopForPort(options.s3Port, '--s3-port');
    throw error;
  });
  await putSamples(demoBucket(server));
  return server;
}

function demoBucket({ endpoint }: LocalS3) {
  return { endpoint, region: DEMO_REGION, bucket: DEMO_BUCKET, ...secrets.s3 };
}

function demoStoreBindings(server: LocalS3) {
  const { secretAccessKey, ...bucket } = demoBucket(server);
  // It keeps none, and would give the newest for any: docs/STORES.md.
  const store = { ...bucket, addressing: 'path', capabilities: { versions: false } };
  return {
    STORES: { [DEMO_STORE]: store },
    STORE_DEMO_SECRET_ACCESS_KEY: secretAccessKey,
  };
}

/** Runs the Worker on the wanted port, or on a free one; returns where it answers. */
async function startWorker(): Promise<string> {
  const attempts = options.port === 0 ? FREE_PORT_ATTEMPTS : 1;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = options.port || (await findFreePort());
    const url = `http://localhost:${port}`;
    const isDefault = bindings.PUBLIC_URL === DEFAULT_PUBLIC_URL;
    const running = await runWorker({
      config: { ...config, bindings: { ...bindings, ...(isDefault && { PUBLIC_URL: url }) } },
      bundle: inLocal('worker'),
      state: inLocal('state'),
      port,
    });
    if (!running) continue;
    rememberWorkerd(inLocal('workerd.json'), running.workerd);
    running.workerd.once('exit', () =>
      stop('workerd ended unexpectedly; `npm start` starts it again.'),
    );
    return url;
  }
  stopForPort(options.port, '--port');
}

function stopForPort(port: number, option: '--port' | '--s3-port'): never {
  const choice = `choose another with \`npm start -- ${option} N\``;
  stop(`Port ${port} is taken; stop what uses it or ${choice}.`);
}
