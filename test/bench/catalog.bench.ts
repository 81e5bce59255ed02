// What a ledger of a million links costs beside one of a thousand: each call against both in turn, so
// that the ratio holds on a noisy machine.

import { runInDurableObject } from 'cloudflare:test';
import { it } from 'vitest';
import {
  makeApp,
  makeKey,
  mint,
  minted,
  OPERATOR,
  realEnv,
  request,
  type TestApp,
  withKey,
} from '../support/api.ts';
import { fillLedger } from './fill.ts';

const SIZES = [1_000, 1_000_000];
const BLOCKS = 20;
/** The clock of workerd counts whole milliseconds. */
const CALLS_PER_BLOCK = 20;

it('a million links', async () => {
  const apps: TestApp[] = [];
  for (const size of SIZES) {
    const made = await makeApp();
    const app = withKey(made, await makeKey(made, { requestsPerMinute: 60_000 }));
    // A quota needs no counting of rows.
    const body = { quotas: { liveLinks: 10_000_000, mintsPerDay: 10_000_000 } };
    await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });
    await fill(app, size);
    apps.push(app);
  }
  const calls: Record<string, (app: TestApp) => Promise<Response>> = {
    mint: (app) => mint(app, { tags: ['bench'] }),
    newest: (app) => list(app, ''),
    'store + key': (app) => list(app, 'store=demo&key=reports/17.pdf'),
    tag: (app) => list(app, 'tag=tag-17'),
    mintedBy: (app) => list(app, `mintedBy=${app.keyId}`),
  };
  const rows: string[] = [];
  for (const [name, call] of Object.entries(calls)) {
    const times = apps.map((): number[] => []);
    for (let block = -1; block < BLOCKS; block++) {
      for (const [index, app] of apps.entries()) {
        const start = performance.now();
        for (let round = 0; round < CALLS_PER_BLOCK; round++) await expectItems(await call(app));
        if (block >= 0) times[index]?.push((performance.now() - start) / CALLS_PER_BLOCK);
      }
    }
    const [small = 0, large = 0] = times.map(median);
    rows.push(
      `${name.padEnd(12)} ${small.toFixed(2).padStart(8)} ms ${large.toFixed(2).padStart(8)} ms ${(large / small).toFixed(2).padStart(6)} ×`,
    );
  }
  console.log(
    `median of ${BLOCKS} blocks of ${CALLS_PER_BLOCK} calls, 1,000 and 1,000,000 links, limit 50\n${rows.join('\n')}`,
  );
});

async function expectItems(response: Response): Promise<void> {
  const { items } = (await response.json()) as { items?: object[] };
  if (!response.ok || items?.length === 0) throw new Error(`a call answered ${response.status}`);
}

function list(app: TestApp, query: string): Promise<Response> {
  return request('GET', `/v1/links?${query}`, { bearer: app.apiKey });
}

async function fill(app: TestApp, size: number): Promise<void> {
  const { id } = await minted(app);
  const ledger = realEnv.LEDGERS.getByName(app.id) as unknown as DurableObjectStub;
  await fillLedger(id, size, (statements) =>
    runInDurableObject(ledger, (_, { storage }) => {
      for (const { sql, bindings } of statements) storage.sql.exec(sql, ...bindings);
    }),
  );
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}
