// What commands are made of: their shape, what is checked after each, and how their choices are drawn.

import fc from 'fast-check';
import { expect } from 'vitest';
import { type LinkModel, type Model, stateOf } from './link-model.ts';
import { visitAndExpect } from './visits.ts';
import type { KnownLink, LinkShown, World } from './world.ts';

export type Command = fc.AsyncCommand<Model, World>;

/** So many links are looked at after each step; older ones have had their time. */
const LINKS_TOLD = 2;

/** A command after which the newest links are as the model says. */
export function step(
  name: string,
  run: (model: Model, world: World) => Promise<void>,
  check: (model: Readonly<Model>) => boolean = () => true,
): Command {
  return {
    check,
    async run(model, world) {
      await run(model, world);
      for (const link of model.links.filter(isKnown).slice(-LINKS_TOLD)) {
        await expectAsTold(link, model, world);
      }
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
    const known = links.filter(isKnown);
    return known.at(-1 - (index % known.length));
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
      await expectAsTold(link, model, world);
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

function isKnown(link: LinkModel): link is KnownLink {
  return link.url !== undefined;
}

/** What the app is told of a link, and what a look at it gets that no use is spent for. */
async function expectAsTold(link: KnownLink, model: Model, world: World): Promise<void> {
  const claim = link.lastClaim;
  const headers: Record<string, string> = claim === undefined ? {} : { Cookie: `claim=${claim}` };
  const look = { method: 'GET', claim, redeems: false } as const;
  await visitAndExpect([link, model, world], { method: 'GET', headers }, look, undefined);

  const response = await world.ask('GET', `/v1/links/${link.id}`);
  expect(response.status).toBe(200);
  const { gate } = link;
  const { limits } = link.is;
  const { id, state, opens, usesLeft, expiresAt } = (await response.json()) as LinkShown;
  expect({ id, state, expiresAt }).toEqual({
    id: link.id,
    state: stateOf(model, link),
    expiresAt: new Date(limits.expiresAt).toISOString(),
  });
  // A gate that has forgotten a link of long ago may have reported it, or not.
  if (!gate) return;
  expect(opens).toBe(gate.opens);
  expect(usesLeft).toBe(limits.maxUses && Math.max(0, limits.maxUses - gate.uses));
}
