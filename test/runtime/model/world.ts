// The real thing beside the model: one app of a Worker whose storage can fail, and what of it an app
// can see after each step.

import { evictAllDurableObjects } from 'cloudflare:test';
import fc from 'fast-check';
import { expect, vi } from 'vitest';
import { type ApiOptions, makeApp, request, type TestApp } from '../../support/api.ts';
import { createFaults, type Faults } from '../../support/faults.ts';
import { type LinkModel, type Model, stateOf } from './link-model.ts';

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
export type Command = fc.AsyncCommand<Model, World>;

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

/** A command after which every link is as the model says. */
export function step(
  name: string,
  run: (model: Model, world: World) => Promise<void>,
  check: (model: Readonly<Model>) => boolean = () => true,
): Command {
  return {
    check,
    async run(model, world) {
      await run(model, world);
      for (const link of model.links) await expectAsShown(model, link, world);
    },
    toString: () => name,
  };
}

/**
 * A command on one of the links whose URL is known, counted from the newest; afterwards it is as the
 * model says.
 */
export function stepOnLink(
  name: string,
  index: number,
  run: (link: KnownLink, model: Model, world: World) => Promise<void>,
  check: (link: LinkModel, model: Readonly<Model>) => boolean = () => true,
): Command {
  const linkIn = ({ links }: Readonly<Model>): KnownLink | undefined => {
    const known = links.filter(({ url }) => url !== undefined);
    return known.at(-1 - (index % known.length)) as KnownLink | undefined;
  };
  return {
    check(model) {
      const link = linkIn(model);
      return link !== undefined && check(link, model);
    },
    async run(model, world) {
      const link = linkIn(model);
      if (!link) return;
      await run(link, model, world);
      await expectAsShown(model, link, world);
    },
    toString: () => `link -${index + 1}: ${name}`,
  };
}

/** Mostly the newest, so that a history gets somewhere. */
export const linkIndexes = oneOf([5, fc.constant(0)], [1, fc.constant(1)], [1, fc.constant(2)]);

/** Most calls arrive. */
export function rarely<Value>(...values: Value[]): fc.Arbitrary<Value | undefined> {
  return oneOf([5, fc.constant(undefined)], [1, fc.constantFrom(...values)]);
}

export function sometimes<Value>(...values: Value[]): fc.Arbitrary<Value | undefined> {
  return oneOf([2, fc.constant(undefined)], [1, fc.constantFrom(...values)]);
}

export function oneOf<Value>(
  ...weighted: [weight: number, fc.Arbitrary<Value>][]
): fc.Arbitrary<Value> {
  return fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

/** What a command did, in few words: absent things are left out. */
export function named(verb: string, details: object): string {
  return `${verb} ${JSON.stringify(details)}`;
}

async function expectAsShown(model: Model, link: LinkModel, world: World): Promise<void> {
  if (link.id === undefined) return;
  const response = await world.ask('GET', `/v1/links/${link.id}`);
  expect(response.status).toBe(200);
  const { gate } = link;
  const { limits } = link.is;
  const usesLeft = limits.maxUses && gate ? Math.max(0, limits.maxUses - gate.uses) : undefined;
  const { id, state, opens, usesLeft: left, expiresAt } = (await response.json()) as LinkShown;
  expect({ id, state, opens, usesLeft: left, expiresAt }).toEqual({
    id: link.id,
    state: stateOf(model, link),
    opens: gate?.opens ?? null,
    usesLeft,
    expiresAt: new Date(limits.expiresAt).toISOString(),
  });
}

export type LinkShown = {
  readonly id: string;
  readonly url?: string;
  readonly state: string;
  readonly opens: number | null;
  readonly usesLeft?: number;
  readonly expiresAt: string;
};
