// What commands are made of: the faults that are planned for each, and what holds after it.

import fc from 'fast-check';
import { CALL_FAULTS, type Planned } from './call-faults.ts';
import type { History, LinkSeen } from './history.ts';
import { expectInvariants } from './invariants.ts';
import type { World } from './world.ts';

export type Command = fc.AsyncCommand<History, World>;

/** Most commands make few calls. */
const places = oneOf([3, fc.nat(2)], [1, fc.nat(7)]);

/** What comes late matters twice: by being missed, and by arriving. */
const faults = fc.constantFrom(...CALL_FAULTS, 'late' as const, 'late' as const);

export const plans: fc.Arbitrary<readonly Planned[]> = fc.array(
  fc.record({ nth: places, fault: faults }),
  { minLength: 0, maxLength: 2 },
);

/** More often than by chance, the n-th call of a command goes wrong. */
export function plansAt(nth: number): fc.Arbitrary<readonly Planned[]> {
  return oneOf([1, plans], [1, faults.map((fault) => [{ nth, fault }])]);
}

export const NO_PLAN = fc.constant<readonly Planned[]>([]);

export function step(
  name: string,
  planned: readonly Planned[],
  run: (history: History, world: World) => Promise<void>,
  check: (history: Readonly<History>) => boolean = () => true,
): Command {
  return {
    check,
    async run(history, world) {
      const { platform } = world;
      await platform.plan(planned);
      await run(history, world);
      await platform.rest();
      await platform.plan([]);
      platform.steps += 1;
      await expectInvariants(history, world);
    },
    toString: () =>
      `${name}${planned.map(({ nth, fault }) => ` [call ${nth}: ${fault}]`).join('')}`,
  };
}

/** A command on one of the links that were answered with their URL, counted from the newest. */
export function stepOnLink(
  name: string,
  planned: readonly Planned[],
  index: number,
  run: (
    link: LinkSeen & { id: string; url: string },
    history: History,
    world: World,
  ) => Promise<void>,
  check: (link: LinkSeen) => boolean = () => true,
): Command {
  const linkIn = ({ links }: Readonly<History>) => {
    const known = links.filter((link) => link.url !== undefined && check(link));
    return known.at(-1 - (index % Math.max(1, known.length)));
  };
  return step(
    `link -${index + 1}: ${name}`,
    planned,
    async (history, world) => {
      const link = linkIn(history);
      if (link) await run(link as LinkSeen & { id: string; url: string }, history, world);
    },
    (history) => linkIn(history) !== undefined,
  );
}

/** Mostly the newest, so that a history gets somewhere. */
export const linkIndexes = oneOf([4, fc.constant(0)], [1, fc.constant(1)], [1, fc.constant(2)]);

export function oneOf<Value>(
  ...weighted: [weight: number, fc.Arbitrary<Value>][]
): fc.Arbitrary<Value> {
  return fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

/** Absent things are left out. */
export function named(verb: string, details: object): string {
  return `${verb} ${JSON.stringify(details)}`;
}
