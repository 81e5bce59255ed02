// The ledger of one app is lost. Its directory knows the app, gates and KV know its links, and operators
// look after the others as before.

import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { adminGet, signedIn } from '../../support/admin.ts';
import {
  json,
  type MintedOnWire,
  makeApp,
  minted,
  OPERATOR,
  open,
  realEnv,
  request,
  type TestApp,
} from '../../support/api.ts';
import { readPrometheus } from '../../support/prometheus.ts';

let app: TestApp;
let lost: TestApp;
let link: MintedOnWire;
let theirs: MintedOnWire;

beforeEach(async () => {
  // So far ahead that no alarm rings by itself.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2040, 0, 1) });
  app = await makeApp();
  link = await minted(app, { tags: ['leak'] });
  vi.setSystemTime(Date.now() + 1_000);
  lost = await makeApp();
  theirs = await minted(lost, { tags: ['leak'] });
  const ledger = realEnv.LEDGERS.getByName(lost.id) as unknown as DurableObjectStub;
  await runInDurableObject(ledger, (_, { storage }) => storage.deleteAll());
  await evictDurableObject(ledger);
});
afterEach(() => {
  vi.useRealTimers();
});

const ask = (method: string, path: string, body?: object) =>
  request(method, path, { bearer: OPERATOR, ...(body && { body }) });

it.each(['a filter', 'URLs'])(
  'others’ links are revoked by %s, and that is not all',
  async (how) => {
    const body = how === 'URLs' ? { urls: [theirs.url, link.url] } : { tag: 'leak' };
    const revoked = await ask('POST', '/v1/links/revoke', body);
    expect(revoked.status).toBe(202);
    expect(await json(revoked)).toMatchObject({ revoked: 1, complete: false });
    expect((await open(link.url)).status).toBe(410);
  },
);

it('lists of every app say that one is missing, those of others go on', async () => {
  // A program would take what is missing for not being there.
  expect((await ask('GET', '/v1/links')).status).toBe(503);
  const listed = await json<{ items: { id: string }[] }>(
    await ask('GET', `/v1/links?app=${app.id}`),
  );
  expect(listed.items.map(({ id }) => id)).toEqual([link.id]);
  const page = await adminGet('/admin/links', await signedIn());
  expect(await page.text()).toContain('their links are not shown');
});

it('metrics say which app is down', async () => {
  const metrics = readPrometheus(await (await ask('GET', '/metrics')).text());
  expect(metrics.get(`hallpass_app_up{app="${lost.id}"}`)).toBe(0);
  expect(metrics.get(`hallpass_app_up{app="${app.id}"}`)).toBe(1);
});

it('of that app alone it is said that its ledger is not there', async () => {
  expect((await ask('GET', `/v1/links?app=${lost.id}`)).status).toBe(404);
});
