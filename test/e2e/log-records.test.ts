// How the platform keeps lines of the log: each in a record with the event within which it was written, of
// which a request's has the URL. A tail Worker sees these records as Workers Logs do, on the real workerd.

import { join } from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleWorker, readWorkerConfig } from '../../scripts/local-worker.ts';
import { TEST_BINDINGS } from '../support/bindings.ts';
import { waitUntil } from './receiver.ts';
import { makeFolder, openLink, removeFolder } from './stack.ts';

type Line = { readonly event: string; readonly route?: string };
type Record = {
  readonly event: { readonly request?: { readonly url: string }; readonly rpcMethod?: string };
  readonly logs: readonly { readonly message: readonly Line[] }[];
  readonly exceptions: readonly unknown[];
};

/** Sends what it sees to this test. */
const TAIL = `export default {
  async tail(records, env) {
    await env.SINK.fetch('http://sink/', { method: 'POST', body: JSON.stringify(records) });
  },
};`;

/** A store that nobody is at: streams fail, and that is logged. */
const STORES = { demo: { ...TEST_BINDINGS.STORES.demo, endpoint: 'http://127.0.0.1:1' } };

const folder = makeFolder();
const records: Record[] = [];
let miniflare: Miniflare;
let gateway: string;

beforeAll(async () => {
  const [config] = await Promise.all([readWorkerConfig(), bundleWorker(folder)]);
  const bindings = { ...config.bindings, ...TEST_BINDINGS, STORES, LOG_REQUESTS: 'all' };
  const modules = [{ type: 'ESModule', path: join(folder, 'index.js') }] as const;
  miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: () => {},
      workers: [
        {
          ...config,
          bindings,
          modulesRules: undefined,
          modulesRoot: folder,
          modules: [...modules],
          tails: ['tail'],
          analyticsEngineDatasets: { ANALYTICS: { dataset: 'hallpass' } },
        },
        {
          name: 'tail',
          compatibilityDate: config.compatibilityDate,
          modules: [{ type: 'ESModule', path: 'tail.js', contents: TAIL }],
          serviceBindings: {
            async SINK(request: { text(): Promise<string> }) {
              records.push(...(JSON.parse(await request.text()) as Record[]));
              return new Response();
            },
          },
        },
      ] as never,
    }),
  );
  gateway = (await miniflare.ready).origin;
});
afterAll(async () => {
  await miniflare?.dispose();
  removeFolder(folder);
});

async function post<Body>(path: string, bearer: string, body: object): Promise<Body> {
  const response = await fetch(gateway + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Body;
}

/**
 * Whether workerd takes it for a secret and keeps it out of a record: of text like base64 that is long
 * enough what has two digits, and two letters of each case. Of a thousand tokens it kept 127.
 */
const isRedacted = (token: string) =>
  [/\d.*\d/, /[a-z].*[a-z]/, /[A-Z].*[A-Z]/].every((pattern) => pattern.test(token));

const linesOf = ({ logs }: Record) => logs.flatMap(({ message }) => message);

it('no line is kept with the URL of a link', async () => {
  const { ADMIN_TOKEN } = TEST_BINDINGS;
  const app = await post<{ id: string }>('/v1/apps', ADMIN_TOKEN, { name: 'a', stores: ['demo'] });
  const { apiKey } = await post<{ apiKey: string }>('/v1/keys', ADMIN_TOKEN, { app: app.id });
  const tokens: string[] = [];
  const mint = async (terms: object) => {
    const common = { store: 'demo', key: 'a.txt', operation: 'download', ttlSeconds: 600 };
    const { url } = await post<{ url: string }>('/v1/links', apiKey, { ...common, ...terms });
    const { pathname } = new URL(url);
    tokens.push(pathname.slice(1));
    return gateway + pathname;
  };
  let plain = await mint({});
  while (isRedacted(tokens.at(-1) ?? '')) plain = await mint({});
  expect((await openLink(plain)).status).toBe(302);
  expect((await openLink(`${plain}?x=1`, { method: 'DELETE' })).status).toBe(405);
  const secret = await mint({ password: 'correct horse battery staple' });
  const body = new URLSearchParams({ password: 'wrong' });
  expect((await openLink(secret, { method: 'POST', body })).status).toBe(403);
  expect((await openLink(secret)).status).toBe(428);
  const streamed = await mint({ delivery: 'stream' });
  expect((await openLink(streamed)).status).toBe(502);
  expect((await openLink(`${plain}/uploads/none`)).status).toBe(400);

  const lines = await waitUntil(() => {
    const all = records.flatMap(linesOf);
    return all.filter(({ route }) => route?.startsWith('/:token')).length === 6 && all;
  });
  // What fails is logged besides; that the platform's own dataset took each measurement shows by no line.
  const events = lines.map(({ event }) => event);
  expect(events).toContain('store.failed');
  expect(events).not.toContain('measurement.lost');
  // A tail is told of a request once it has ended.
  const wholeUrl = (record: Record) => record.event.request?.url.endsWith(new URL(plain).pathname);
  await waitUntil(() => records.some(wholeUrl));

  expect(records.filter(({ event }) => event.request).flatMap(linesOf)).toEqual([]);
  expect(records.flatMap(({ exceptions }) => exceptions)).toEqual([]);
  const kept = JSON.stringify(records.filter((record) => linesOf(record).length > 0));
  expect(tokens.filter((token) => kept.includes(token))).toEqual([]);
});
