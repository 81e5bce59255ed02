// The real thing beside the model: one app of a Worker whose storage can fail.

import { evictAllDurableObjects } from 'cloudflare:test';
import { vi } from 'vitest';
import { type ApiOptions, makeApp, request, type TestApp } from '../../support/api.ts';
import { createFaults, type Faults } from '../../support/faults.ts';
import type { LinkModel, Model } from './link-model.ts';

/** So far ahead that no alarm rings by itself; not a whole second, since hardly any time is. */
const START = Date.UTC(2040, 0, 1) + 400;

export type World = {
  readonly app: TestApp;
  readonly faults: Faults;
  /** Asks as the app, with its API key. */
  ask(method: string, path: string, options?: ApiOptions): Promise<Response>;
  /** Asks as a recipient. */
  visit(url: string, options: ApiOptions & { method: string }): Promise<Response>;
};

export type KnownLink = LinkModel & { url: string; id: string };

/** Runs `play` with an empty model and an app of its own, at a time of its own. */
export async function inNewWorld(play: (model: Model, world: World) => Promise<void>) {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  for (const method of ['warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation(() => {});
  }
  try {
    const app = await makeApp();
    const faults = createFaults();
    const { env } = faults;
    const world: World = {
      app,
      faults,
      ask: (method, path, options) =>
        request(method, path, { bearer: app.apiKey, env, ...options }),
      visit: (url, { method, ...options }) =>
        request(method, new URL(url).pathname, { env, ...options }),
    };
    await play({ now: START, links: [], claims: [], late: [] }, world);
  } finally {
    vi.restoreAllMocks();
    vi.useRealTimers();
    // Their files stay open otherwise, until there are no more to be had.
    await evictAllDurableObjects();
  }
}

/** A link on the wire, as much of it as the model knows. */
export type LinkShown = {
  readonly id: string;
  readonly url?: string;
  readonly state: string;
  readonly opens: number | null;
  readonly usesLeft?: number;
  readonly expiresAt: string;
};
