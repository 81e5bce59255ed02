// The real thing beside the history: one app of the whole system, on a platform that can fail.

import { evictAllDurableObjects } from 'cloudflare:test';
import { vi } from 'vitest';
import {
  type ApiOptions,
  EVERY_SCOPE,
  json,
  makeApp,
  OPERATOR,
  request,
  type TestApp,
} from '../../support/api.ts';
import { type History, newHistory } from './history.ts';
import { createNetwork, type Network } from './network.ts';
import { createPlatform, type Platform } from './platform.ts';
import { learnStorages, stubOf } from './stubs.ts';

/** So far ahead that no alarm rings by itself; not a whole second, since hardly any time is. */
const START = Date.UTC(2040, 0, 1) + 400;

export type World = {
  readonly app: TestApp;
  readonly platform: Platform;
  readonly network: Network;
  readonly ledger: () => DurableObjectStub;
  /** Asks with the app's first API key, or with another bearer. */
  ask(method: string, path: string, options?: ApiOptions): Promise<Response>;
  /** Asks as an operator. */
  operate(method: string, path: string, options?: ApiOptions): Promise<Response>;
  /** Asks as a recipient. */
  visit(url: string, options: ApiOptions & { method: string }): Promise<Response>;
};

export async function inNewWorld(
  play: (history: History, world: World) => Promise<void>,
): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  for (const method of ['warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation(() => {});
  }
  let platform: Platform | undefined;
  try {
    // Their rate has tests of its own.
    const app = await makeApp();
    const body = { app: app.id, scopes: EVERY_SCOPE, requestsPerMinute: 10_000 };
    const made = await request('POST', '/v1/keys', { bearer: OPERATOR, body });
    const { id, apiKey } = await json<{ id: string; apiKey: string }>(made);
    const ledger = () => stubOf('LEDGERS', app.id);
    await learnStorages(ledger());
    const created = createPlatform(ledger);
    platform = created;
    const history = newHistory();
    history.keys.push({ id, apiKey, revoked: 'no' });
    const counted = async (asked: Promise<Response>) => {
      const response = await asked;
      const name = `answered ${response.status}`;
      created.seen.set(name, (created.seen.get(name) ?? 0) + 1);
      return response;
    };
    await play(history, {
      app: { ...app, apiKey, keyId: id },
      platform: created,
      network: createNetwork(created),
      ledger,
      ask: (method, path, options) =>
        counted(request(method, path, { bearer: apiKey, ...options })),
      operate: (method, path, options) =>
        counted(request(method, path, { bearer: OPERATOR, ...options })),
      visit: (url, { method, ...options }) =>
        counted(request(method, new URL(url).pathname, options)),
    });
  } finally {
    // Whatever hangs still ends with its world.
    if (platform) platform.kv = 'up';
    await platform?.rest();
    vi.restoreAllMocks();
    vi.useRealTimers();
    // Their files stay open otherwise, until there are no more to be had.
    await evictAllDurableObjects();
  }
}
