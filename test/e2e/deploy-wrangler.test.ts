// `npm run deploy` with the real wrangler, against as much of Cloudflare's API as it asks for.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bash } from './command.ts';
import { type FakeCloudflareApi, startFakeCloudflare } from './fake-cloudflare.ts';
import { makeFolder, removeFolder } from './stack.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const SECRETS = {
  LINK_KEYS: 'A'.repeat(43),
  APP_KEYS: 'B'.repeat(43),
  ADMIN_TOKEN: 'admin-token-of-the-operator-0123456789',
  STORE_MAIN_SECRET_ACCESS_KEY: 'the-secret-of-the-store',
};
const STORE = `
[env.production.vars.STORES.main]
endpoint = "https://s3.eu-central-1.amazonaws.com"
region = "eu-central-1"
bucket = "my-private-bucket"
addressing = "virtual"
accessKeyId = "AKIAEXAMPLE"
`;
const folder = makeFolder();
const config = join(folder, 'wrangler.toml');
let cloudflare: FakeCloudflareApi;

beforeAll(async () => {
  cloudflare = await startFakeCloudflare();
  const toml = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')
    // No name of DNS: it leads nowhere, so nothing is taken over and nothing answers.
    .replaceAll('get.example.com', 'get.hallpass.invalid')
    .replace('main = "src/index.ts"', `main = ${JSON.stringify(join(ROOT, 'src/index.ts'))}`);
  writeFileSync(config, toml + STORE);
});
afterAll(() => {
  cloudflare?.close();
  removeFolder(folder);
});

function deploy() {
  const settings = {
    ...SECRETS,
    HOME: folder,
    CLOUDFLARE_API_BASE_URL: cloudflare.url,
    CLOUDFLARE_API_TOKEN: 'of-no-consequence',
    WRANGLER_SEND_METRICS: 'false',
    // The banner asks the registry for the newest wrangler.
    WRANGLER_HIDE_BANNER: 'true',
  };
  const exports = Object.entries(settings).map(([name, value]) => `export ${name}='${value}'`);
  const path = `export PATH='${join(ROOT, 'node_modules/.bin')}':"$PATH"`;
  const script = `'${process.execPath}' scripts/deploy.ts --config '${config}' --yes --wait 0`;
  return bash([`cd '${ROOT}'`, path, ...exports, script].join('\n'));
}

it('makes and sends what production needs, and nothing that shows a link’s URL', async () => {
  cloudflare.isDomainRefused = true;
  const broken = await deploy();
  expect([broken.exitCode, broken.stderr]).toEqual([1, expect.stringContaining('Run this again')]);
  const [{ id } = { id: '' }] = cloudflare.namespaces;
  expect(cloudflare.namespaces).toEqual([{ id, title: 'hallpass-grants' }]);
  expect(cloudflare.secrets).toEqual(SECRETS);
  expect(cloudflare.domains).toBeUndefined();

  // It is uploaded by now, with the tag of exactly this, and has no address.
  cloudflare.isDomainRefused = false;
  const { stdout, stderr } = await deploy();
  expect(cloudflare.unknown).toEqual([]);
  expect(stdout).toContain('Deployed.');
  expect(stdout).not.toContain('put these secrets');
  expect(stderr).toContain("doesn't answer yet");
  expect(cloudflare.namespaces).toHaveLength(1);
  expect(cloudflare.domains).toMatchObject({ origins: [{ hostname: 'get.hallpass.invalid' }] });

  expect(cloudflare.workersDev).toEqual({ enabled: false, previews_enabled: false });

  const upload = cloudflare.uploads.at(-1);
  expect(upload).toMatchObject({
    keep_bindings: ['secret_text', 'secret_key'],
    migrations: { new_tag: expect.stringMatching(/^v\d+$/) },
    observability: { logs: { invocation_logs: false }, traces: { enabled: false } },
    logpush: false,
  });
  const grants = { name: 'GRANTS', type: 'kv_namespace', namespace_id: id };
  expect(upload?.bindings).toContainEqual(grants);
  for (const value of Object.values(SECRETS)) expect(JSON.stringify(upload)).not.toContain(value);
}, 120_000);
