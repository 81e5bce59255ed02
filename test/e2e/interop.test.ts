// `npm run interop` as it is called: against the embedded server, which keeps every promise, and against one
// that keeps few.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import type { Report } from '../../scripts/interop/matrix.ts';
import { createScratch, pinned } from '../../scripts/interop/scratch.ts';
import { type Asked, brokenPromises, capabilitiesBy } from '../../scripts/interop/settings.ts';
import { reportTable } from '../../scripts/interop/table.ts';
import { createTrial } from '../../scripts/interop/trial.ts';
import { versions as versionChecks } from '../../scripts/interop/versions.ts';
// Not local-s3.ts, which adds to s3rver what is to be missed here.
import { account, rememberSignedPath, S3rver } from '../../scripts/s3rver.ts';
import { type Config, readConfig, type Store } from '../../src/config.ts';
import { TEST_BINDINGS } from '../support/bindings.ts';
import { testStore } from '../support/stores.ts';
import {
  makeFolder,
  mintLink,
  removeFolder,
  type Stack,
  type StartFile,
  startStack,
} from './stack.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const CREDENTIALS = { accessKeyId: 'BARESTORE', secretAccessKey: 'the-secret-of-this-test' };

/** The embedded server's, in a block of its own. */
const DOCUMENTED = /\n## The embedded server\n[^`]*(?:`[^`\n]+`[^`]*)*```\n(.*?)\n```/s;

type Run = { readonly exitCode: number | null; readonly said: string; readonly complained: string };
type Settings = Readonly<Record<string, string>>;

function startInterop(settings: Settings, ...args: string[]): ChildProcess {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('INTEROP_'));
  return spawn(process.execPath, ['scripts/interop.ts', ...args], {
    cwd: ROOT,
    env: { ...Object.fromEntries(own), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function outcomeOf(child: ChildProcess): Promise<Run> {
  if (!child.stdout || !child.stderr) throw new Error('its output is piped');
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [exitCode] = await exited;
  return { exitCode, said, complained };
}

const interop = (settings: Settings, ...args: string[]) =>
  outcomeOf(startInterop(settings, ...args));

function reportOf({ said, complained }: Run): Report {
  if (said === '') throw new Error(complained);
  return JSON.parse(said) as Report;
}

/** Whatever isn't "yes". */
function shortcomings({ asked }: Report): Record<string, string> {
  const others = asked.filter(({ answer }) => answer !== 'yes');
  return Object.fromEntries(others.map(({ name, answer }) => [name, answer]));
}

it('finds that the embedded server keeps every promise', async () => {
  const run = await interop({}, '--json');
  const report = reportOf(run);
  expect(shortcomings(report)).toEqual({ 'if-range': 'no', version: 'no' });
  expect(report).toMatchObject({
    broken: [],
    left: [],
    capabilities: {
      responseOverrides: true,
      versions: false,
      conditionalWrites: true,
      checksums: true,
    },
    store: { region: 'us-east-1', bucket: 'interop', addressing: 'path' },
  });
  expect(report.asked.length).toBeGreaterThan(45);
  expect(run).toMatchObject({ exitCode: 0, complained: '' });

  const doc = readFileSync(join(ROOT, 'docs/STORES.md'), 'utf8');
  const [, documented = ''] = DOCUMENTED.exec(doc) ?? [];
  const store = testStore({ ...report.store, alias: 'main', accessKeyId: 'INTEROP00' } as Store);
  expect(ofAnyRun(documented)).toBe(ofAnyRun(reportTable(report, store)));
});

/** Without what is drawn for each run. */
function ofAnyRun(table: string): string {
  return table.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1').replace(/INTEROP[0-9a-f]+/g, 'INTEROP');
}

describe('a store that is named', () => {
  const folder = makeFolder();
  let stack: Stack;
  let s3: S3Client;

  beforeAll(async () => {
    stack = await startStack(folder);
    const { endpoint, region, accessKeyId, secretAccessKey } = stack.s3;
    const credentials = { accessKeyId, secretAccessKey };
    s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials });
    for (const Key of ['hallpass-interop/not-of-a-run', 'hallpass-interop.txt']) {
      await s3.send(new PutObjectCommand({ Bucket: stack.s3.bucket, Key, Body: 'somebody’s' }));
    }
  });
  afterAll(async () => {
    s3?.destroy();
    await stack?.interrupt();
    removeFolder(folder);
  });

  const named = ({ s3 }: StartFile, changes: Settings = {}) => ({
    INTEROP_ENDPOINT: s3.endpoint,
    INTEROP_REGION: s3.region,
    INTEROP_BUCKET: s3.bucket,
    INTEROP_ADDRESSING: 'path',
    INTEROP_ACCESS_KEY_ID: s3.accessKeyId,
    INTEROP_SECRET_ACCESS_KEY: s3.secretAccessKey,
    ...changes,
  });

  async function listed() {
    const list = new ListObjectsV2Command({ Bucket: stack.s3.bucket });
    const { Contents = [] } = await s3.send(list);
    return Contents.map(({ Key, ETag }) => `${Key} ${ETag}`);
  }

  it('has afterwards exactly what it had before, and its settings are ready to paste', async () => {
    const before = await listed();
    const { exitCode, said } = await interop(named(stack));
    expect(exitCode).toBe(0);
    expect(await listed()).toEqual(before);
    expect(said).toContain('Hallpass keeps its promises here');
    expect(said).not.toContain(stack.s3.secretAccessKey);
    expect(said).not.toContain('X-Amz-');

    const table = said.slice(said.indexOf('[vars.STORES.main]'));
    const file = join(folder, 'wrangler.toml');
    writeFileSync(file, `name = "pasted"\n${table}`);
    const { vars } = unstable_readConfig({ config: file });
    const config = readConfig({
      ...TEST_BINDINGS,
      ...vars,
      STORE_MAIN_SECRET_ACCESS_KEY: stack.s3.secretAccessKey,
    });
    expect(config.storeFaults.size).toBe(0);
    const { endpoint, bucket, accessKeyId } = stack.s3;
    const settings = { endpoint, bucket, accessKeyId, versions: false, checksums: true };
    expect(config.stores.get('main')).toMatchObject(settings);
  });

  it('has no links with a version where it keeps none, as npm start sets it', async () => {
    const [key] = stack.objects;
    const minted = mintLink(stack, { key, versionId: 'any' });
    await expect(minted).rejects.toThrow('this store has no versions');
  });

  it('may have temporary credentials, whose token is signed too', async () => {
    const expiresAt = new Date(Date.now() + 600_000).toISOString();
    const session = { INTEROP_SESSION_TOKEN: 'a+b/c=', INTEROP_SESSION_EXPIRES_AT: expiresAt };
    const run = await interop(named(stack, session), '--json');
    const report = reportOf(run);
    expect(report.asked.find(({ name }) => name === 'session-token')?.answer).toBe('yes');
    expect(report.broken).toEqual([]);
    expect(run.said).not.toContain('a+b/c=');
    expect(run.exitCode).toBe(0);
  });

  it('has nothing of a run that was interrupted', async () => {
    const before = await listed();
    const child = startInterop(named(stack));
    const outcome = outcomeOf(child);
    // In the middle of the awkward keys.
    while ((await listed()).length < before.length + 20 && child.exitCode === null) await sleep(5);
    child.kill('SIGINT');
    const { exitCode, complained } = await outcome;
    expect(complained).toBe('Interrupted: what was written is removed.\n');
    expect(exitCode).toBe(1);
    expect(await listed()).toEqual(before);
  });

  it.each([
    ['without a region', { INTEROP_REGION: '' }, 2, /^INTEROP_REGION must be a region/],
    ['by http from afar', { INTEROP_ENDPOINT: 'http://s3.example.com' }, 2, /^INTEROP_ENDPOINT/],
    ['without an end', { INTEROP_SESSION_TOKEN: 'token' }, 2, /^INTEROP_SESSION_EXPIRES_AT/],
    ['with a wrong secret', { INTEROP_SECRET_ACCESS_KEY: 'wrong' }, 1, /^The signature is wrong/],
    ['with a wrong bucket', { INTEROP_BUCKET: 'nowhere' }, 1, /^The store has no bucket "nowhere"/],
    ['where nobody is', { INTEROP_ENDPOINT: 'http://127.0.0.1:9' }, 1, /gives no answer/],
  ])('%s is not tried, and it is said why', async (_, changes, code, sentence) => {
    const before = await listed();
    const { exitCode, said, complained } = await interop(named(stack, changes));
    expect(complained).toMatch(sentence);
    expect(said).toBe('');
    expect(exitCode).toBe(code);
    expect(await listed()).toEqual(before);
  });
});

describe('a store that keeps few promises', () => {
  const folder = makeFolder();
  const store = new S3rver({
    directory: folder,
    silent: true,
    vhostBuckets: false,
    configureBuckets: [{ name: 'bare', configs: [] }],
  });
  const server = createServer();
  let mayDelete = true;
  let isCareless = false;
  let settings: Settings;

  beforeAll(async () => {
    store.middleware.unshift(async (request, next) => {
      rememberSignedPath(request);
      if (isCareless) {
        // Whatever is signed, it is not looked at; and no range is.
        delete request.headers.authorization;
        delete request.headers.range;
        request.query = Object.fromEntries(
          Object.entries(request.query).filter(([name]) => !name.startsWith('X-Amz-')),
        );
      }
      if (mayDelete || request.method !== 'DELETE') return next();
      request.status = 403;
    });
    await store.configureBuckets();
    server.on('request', store.callback());
    account.createKeyPair(CREDENTIALS.accessKeyId, CREDENTIALS.secretAccessKey);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    settings = {
      INTEROP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      INTEROP_REGION: 'us-east-1',
      INTEROP_BUCKET: 'bare',
      INTEROP_ADDRESSING: 'path',
      INTEROP_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      INTEROP_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    };
  });
  afterAll(() => {
    account.revokeAccessKey(CREDENTIALS.accessKeyId);
    server.closeAllConnections();
    server.close();
    removeFolder(folder);
  });

  it('is found out, with the settings that save what can be saved', async () => {
    const run = await interop(settings, '--json');
    const report = reportOf(run);
    expect(shortcomings(report)).toMatchObject({
      range: 'no',
      keys: 'no',
      'if-none-match': 'no',
      'if-none-match-race': 'no',
      checksum: 'no',
      'checksum-content': 'no',
      multipart: 'no',
      'multipart-abort': 'no',
      'unsigned-read': 'no',
      future: 'no',
    });
    expect(report.broken).toEqual(
      expect.arrayContaining(['range', 'keys', 'multipart', 'multipart-abort', 'unsigned-read']),
    );
    expect(report.broken).not.toContain('changed-signature');
    expect(report.capabilities).toEqual({
      responseOverrides: true,
      versions: false,
      conditionalWrites: false,
      checksums: false,
    });
    // It aborts no uploads.
    expect(report.left.join()).toContain('(a multipart upload)');
    expect(run.exitCode).toBe(1);
  });

  it('is found out when it looks at no signature and no range', async () => {
    isCareless = true;
    const run = await interop(settings, '--json');
    isCareless = false;
    const report = reportOf(run);
    const { broken } = report;
    for (const name of [
      'range',
      'put-length',
      'put-type',
      'multipart-length',
      'stream-range',
      'stream-if-range',
      'unsigned-write',
      'changed-signature',
      'changed-key',
      'changed-method',
      'changed-query',
      'expired',
    ]) {
      expect(broken, name).toContain(name);
    }
    expect(Object.values(report.capabilities)).toEqual([false, false, false, false]);
    expect(run.exitCode).toBe(1);
  });

  it('is not tried where nothing could be removed again', async () => {
    mayDelete = false;
    const { exitCode, said, complained } = await interop(settings);
    mayDelete = true;
    expect(complained).toContain('s3:DeleteObject');
    expect(complained).toMatch(/Delete hallpass-interop\/\w+\/rights\/sample\.bin yourself/);
    expect(said).toBe('');
    expect(exitCode).toBe(1);
  });
});

describe('a bucket that keeps versions', () => {
  const store = testStore({ endpoint: 'http://127.0.0.1:1' });
  const config = { stores: new Map([[store.alias, store]]) } as unknown as Config;

  /** As S3 keeps them: nothing is ever overwritten, and a DELETE without a version makes a marker. */
  function createBucket() {
    const versions = new Map<string, { url: string; body: Uint8Array | undefined }>();
    const fetch = async (address: string, { method = 'GET', body }: RequestInit) => {
      const { origin, pathname, searchParams } = new URL(address);
      const url = origin + pathname;
      const asked = searchParams.get('versionId');
      if (method === 'DELETE' && asked) {
        versions.delete(asked);
        return new Response(null, { status: 204, headers: { 'x-amz-version-id': asked } });
      }
      if (method !== 'GET') {
        const id = `v${versions.size + 1}.${Math.random()}`;
        versions.set(id, { url, body: (body as Uint8Array | undefined) ?? undefined });
        return new Response(null, { status: 200, headers: { 'x-amz-version-id': id } });
      }
      const kept = asked ? versions.get(asked) : undefined;
      return new Response(kept?.body ?? '<Error/>', { status: kept ? 200 : 400 });
    };
    return { versions, fetch };
  }

  it('is seen to, and keeps none of a run', async () => {
    const { versions, fetch } = createBucket();
    versions.set('somebody’s', {
      url: `${store.endpoint}/private-bucket/old.txt`,
      body: undefined,
    });
    const { scratch, tidy } = createScratch(store, 'hallpass-interop/any/', fetch);
    const trial = createTrial(config, { clock: Date.now, scratch });
    const [check] = versionChecks.checks;
    expect(await check?.run(trial)).toEqual({ answer: 'yes' });
    // Its object has a marker then, which is a version too.
    const key = scratch.key('versions.bin');
    await trial.uploads.remove(pinned(store, key));
    expect(versions.size).toBe(4);
    expect(await tidy(trial)).toEqual([]);
    expect([...versions.keys()]).toEqual(['somebody’s']);
  });

  it('is given nothing to delete that the run didn’t write', async () => {
    const { versions, fetch } = createBucket();
    const { scratch, tidy } = createScratch(store, 'hallpass-interop/any/', fetch);
    const trial = createTrial(config, { clock: Date.now, scratch });
    scratch.key('never-written.bin');
    await trial.uploads.remove(pinned(store, 'somebody’s.txt'));
    await tidy(trial);
    const marked = [...versions.values()].map(({ url }) => new URL(url).pathname);
    // The marker that was asked for by name: nothing takes it away.
    expect(marked).toEqual(['/private-bucket/somebody%E2%80%99s.txt']);
  });
});

describe('what the answers come to', () => {
  const asked = (backs: Asked['backs'], ...answers: Asked['answer'][]): Asked[] =>
    answers.map((answer, index) => ({
      area: 'any',
      name: `${backs}-${index}`,
      what: 'any',
      backs,
      answer,
    }));

  it.each([
    [['yes', 'yes'], true],
    [['yes', 'no'], false],
    [['yes', "can't"], false],
    [[], false],
  ] as [Asked['answer'][], boolean][])('%j: the capability is %s', (answers, able) => {
    expect(capabilitiesBy(asked('checksums', ...answers)).checksums).toBe(able);
  });

  it('a promise that could not be seen is not kept', () => {
    const all = [...asked('promise', 'yes', 'no', "can't"), ...asked('nothing', 'no', "can't")];
    expect(brokenPromises(all)).toEqual(['promise-1', 'promise-2']);
  });
});
