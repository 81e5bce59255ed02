// Every route, fed with what its own document describes and with what nobody should send: the answer is
// always one that the document has, never a fault of the Worker, and tells no secret.

import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHallpass } from '../../../src/app.ts';
import { adminForm, adminGet, signedIn } from '../../support/admin.ts';
import { json, makeApp, makeKey, minted, OPERATOR, realEnv, request } from '../../support/api.ts';
import { type AnyRequest, type Known, requestTo } from '../../support/arbitrary-request.ts';
import { TEST_BINDINGS } from '../../support/bindings.ts';
import { untilLogged } from '../../support/log.ts';

/** Some seconds for each test; by hand more: FUZZ_RUNS=20000. */
const RUNS = Number(realEnv.FUZZ_RUNS);

const SECRETS = [
  TEST_BINDINGS.ADMIN_TOKEN,
  TEST_BINDINGS.LINK_KEYS,
  TEST_BINDINGS.APP_KEYS,
  TEST_BINDINGS.STORE_DEMO_SECRET_ACCESS_KEY,
];
const STACK_TRACE = /\bat \S+ \(|\.ts:\d+:\d+/;

let faults: unknown[] = [];

// For good: alarms go on delivering after the last test.
beforeAll(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(
    async () => new Response('<Error><Code>NoSuchKey</Code></Error>', { status: 404 }),
  );
});
beforeEach(() => {
  faults = [];
  const spy = vi.spyOn(console, 'error').mockImplementation((fault) => faults.push(fault));
  return () => spy.mockRestore();
});

/** One of everything, made anew: what is sent may end any of it. */
async function makeKnown(): Promise<Known> {
  const app = await makeApp();
  const key = await makeKey(app);
  const links = [
    await minted(app),
    await minted(app, { maxUses: 2 }),
    await minted(app, { password: 'correct horse' }),
    await minted(app, { delivery: 'stream' }),
    await minted(app, { operation: 'upload', key: 'inbox/', upload: { maxBytes: 1_000 } }),
  ];
  const hook = await request('POST', '/v1/webhooks', {
    bearer: app.apiKey,
    body: { url: 'https://hooks.example.com/' },
  });
  return {
    bearers: [app.apiKey, app.apiKey, key.apiKey, OPERATOR, OPERATOR, 'hp_none', ''],
    app: [app.id],
    apps: [app.id],
    keys: [key.id],
    links: links.map(({ id }) => id),
    token: links.map(({ url }) => new URL(url).pathname.slice(1)),
    webhooks: [(await json<{ id: string }>(hook)).id],
    alias: ['demo', 'other'],
  };
}

async function expectSound(response: Response): Promise<void> {
  const isSaid503 = response.status === 503 && response.headers.has('Retry-After');
  // A store that fails is told by 502: that is documented.
  if (response.status >= 500 && response.status !== 502 && !isSaid503) {
    throw new Error(`${response.status}: ${await response.text()}`);
  }
  expect(response.headers.get('Cache-Control')).toMatch(/^(?:no-store|public, max-age=\d+)$/);
  const text = await response.text();
  for (const secret of SECRETS) expect(text).not.toContain(secret);
  expect(text).not.toMatch(STACK_TRACE);
  await untilLogged();
  expect(faults).toEqual([]);
}

describe('whatever is sent', () => {
  it('to the routes of the document is answered as documented', { timeout: 600_000 }, async () => {
    const seen = new Set<string>();
    let known = await makeKnown();
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat().chain(() => requestTo(known)),
        async ({ method, path, headers, body }: AnyRequest) => {
          if (sent++ % 50 === 0) known = await makeKnown();
          // `request` holds each answer to the document.
          const response = await request(method, path, { headers, body });
          seen.add(`${method} ${response.status}`);
          await expectSound(response);
        },
      ),
      { numRuns: RUNS, endOnFailure: true },
    );
    // Not all of it was refused at the door.
    for (const reached of ['GET 200', 'POST 201', 'POST 400', 'GET 404', 'DELETE 200']) {
      expect([...seen]).toContain(reached);
    }
  });

  it('to the dashboard is answered by a page', { timeout: 600_000 }, async () => {
    const cookie = await signedIn();
    const routes = createHallpass()
      .routes.filter(({ path, method }) => path.startsWith('/admin') && method !== 'ALL')
      .filter(({ path }) => !path.includes('*') && !path.includes('sign-'));
    const { bearers: _bearers, ...known } = await makeKnown();
    const ids = Object.values(known).flat();
    const names =
      'app,store,key,q,ids,all,tag,state,cursor,after,version,once,expiresAt,maxUses,note';
    const text = fc.oneof(fc.constantFrom(...ids), fc.string({ unit: 'binary', maxLength: 40 }));
    const fields = fc.dictionary(fc.constantFrom(...names.split(',')), text, { maxKeys: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes),
        fc.array(text, { minLength: 3, maxLength: 3 }),
        fields,
        async ({ method, path }, parts, given) => {
          const segment = () => encodeURIComponent((parts.pop() ?? 'x').toWellFormed()) || 'x';
          const filled = path.replaceAll(/:\w+/g, segment);
          const response =
            method === 'GET'
              ? await adminGet(`${filled}?${new URLSearchParams(given)}`, cookie)
              : await adminForm(filled, given, cookie);
          await expectSound(response);
        },
      ),
      { numRuns: RUNS, endOnFailure: true },
    );
  });
});
