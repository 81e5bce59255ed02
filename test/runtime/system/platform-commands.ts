// What happens by itself: time passes or is set back, objects are evicted, alarms ring twice or late,
// something is down for a while, calls arrive that were given up.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import fc from 'fast-check';
import { vi } from 'vitest';
import type { KvMode, Outage } from './call-faults.ts';
import { type History, HOUR, MINUTE, SECOND } from './history.ts';
import { directoryOf } from './look.ts';
import { ENDPOINT_MODES, type EndpointMode, STORE_MODES, type StoreMode } from './network.ts';
import { arriveLate } from './platform.ts';
import {
  type Command,
  linkIndexes,
  NO_PLAN,
  named,
  oneOf,
  plans,
  step,
  stepOnLink,
} from './steps.ts';
import { type Kind, stubOf, within } from './stubs.ts';
import type { World } from './world.ts';

export const clockMoves: fc.Arbitrary<Command> = fc
  .record({
    by: oneOf(
      [8, fc.constantFrom(1, SECOND, 5 * SECOND, 11 * SECOND, 31 * SECOND, 61 * SECOND)],
      [3, fc.constantFrom(5 * MINUTE, HOUR, 3 * HOUR)],
      [3, fc.constantFrom(-2 * SECOND, -61 * SECOND, -5 * MINUTE)],
    ),
    planned: NO_PLAN,
  })
  .map(({ by, planned }) =>
    step(named('the clock moves', { by }), planned, async (history) => {
      history.latest = Math.max(history.latest, Date.now());
      // However often it is set back: not further than some minutes.
      vi.setSystemTime(Math.max(Date.now() + by, history.latest - 5 * MINUTE));
    }),
  );

/** To the end of a link, or to just after it. */
export const clockJumps: fc.Arbitrary<Command> = fc
  .record({ index: linkIndexes, by: fc.constantFrom(0, 5 * SECOND), planned: NO_PLAN })
  .map(({ index, by, planned }) =>
    stepOnLink(
      named('wait until it ends', { by }),
      planned,
      index,
      async ({ soonestEnd }) => {
        vi.setSystemTime(Math.max(Date.now(), soonestEnd + by));
      },
      ({ soonestEnd }) => soonestEnd > Date.now(),
    ),
  );

type Which = 'ledger' | 'gate' | 'outbox' | 'directory';
const whiches = oneOf<Which>(
  [3, fc.constant('ledger')],
  [3, fc.constant('gate')],
  [2, fc.constant('outbox')],
  [1, fc.constant('directory')],
);

export const evictions: fc.Arbitrary<Command> = fc
  .record({ which: whiches, abruptly: fc.boolean(), planned: NO_PLAN })
  .map(({ which, abruptly, planned }) =>
    step(named('evict', { which, abruptly }), planned, async (history, world) => {
      // An object that waits is not evicted, but it may die.
      const isKilled = abruptly || world.platform.kv === 'hanging';
      for (const [, stub] of objectsOf(which, history, world)) await evict(stub, isKilled);
      if (isKilled) world.platform.died();
    }),
  );

async function evict(stub: DurableObjectStub, abruptly: boolean): Promise<void> {
  if (abruptly) {
    await runInDurableObject(stub, (_, state) => state.abort('killed by the test')).catch(() => {});
    return;
  }
  // Only what runs can be evicted.
  await within(stub, () => {});
  await evictDurableObject(stub);
}

export const alarms: fc.Arbitrary<Command> = fc
  .record({
    which: whiches,
    /** The platform rings at least once, and when it can. */
    times: fc.constantFrom(1, 1, 2),
    lateBy: oneOf([3, fc.constant(0)], [1, fc.constantFrom(MINUTE, HOUR)]),
    planned: plans,
  })
  .map(({ which, times, lateBy, planned }) =>
    step(named('ring the alarm', { which, times, lateBy }), planned, async (history, world) => {
      for (const [kind, stub] of objectsOf(which, history, world)) {
        if (planned.length > 0) await world.platform.mayCrash(kind, stub);
        vi.setSystemTime(Date.now() + lateBy);
        await ring(stub, times);
      }
    }),
  );

/** What dies while its alarm runs is rung again by the platform, some seconds later. */
async function ring(stub: DurableObjectStub, times: number): Promise<void> {
  try {
    const isRung = await runDurableObjectAlarm(stub);
    for (let time = 1; isRung && time < times; time++) {
      await runInDurableObject(stub, (object) => object.alarm?.());
    }
  } catch {
    await within(stub, (_, { storage }) => storage.setAlarm(Date.now() + 2 * SECOND));
  }
}

function objectsOf(
  which: Which,
  { links, webhooks }: History,
  { ledger }: World,
): [Kind, DurableObjectStub][] {
  if (which === 'ledger') return [['ledger', ledger()]];
  if (which === 'directory') return [['directory', directoryOf()]];
  if (which === 'gate') {
    const known = links.flatMap(({ id }) => id ?? []);
    return known.slice(-2).map((id) => ['gate', stubOf('GATES', id)]);
  }
  return webhooks.map(({ id }) => ['outbox', stubOf('OUTBOXES', id)]);
}

export const outages: fc.Arbitrary<Command> = fc
  .record({
    kind: oneOf<Kind>(
      [3, fc.constant('gate')],
      [1, fc.constant('ledger')],
      [2, fc.constant('directory')],
      [2, fc.constant('outbox')],
    ),
    how: oneOf<Outage | 'up'>(
      [3, fc.constant('up')],
      [3, fc.constantFrom<Outage>('down', 'overloaded', 'slow')],
    ),
    planned: NO_PLAN,
  })
  .map(({ kind, how, planned }) =>
    step(named('outage', { kind, how }), planned, async (_, { platform }) => {
      if (how === 'up') platform.outages.delete(kind);
      else platform.outages.set(kind, how);
    }),
  );

export const kvModes: fc.Arbitrary<Command> = oneOf<KvMode>(
  [2, fc.constant('up')],
  [3, fc.constantFrom<KvMode>('down', 'limited', 'losing', 'hanging')],
).map((mode) =>
  step(`KV is ${mode}`, [], async (_, { platform }) => {
    platform.kv = mode;
  }),
);

export const endpointModes: fc.Arbitrary<Command> = oneOf<EndpointMode>(
  [2, fc.constant('up')],
  [5, fc.constantFrom(...ENDPOINT_MODES)],
).map((mode) =>
  step(`the endpoint is ${mode}`, [], async ({ webhooks }, { network }) => {
    network.endpoint = mode;
    // What it answers now and later; a webhook may be disabled by it.
    if (mode === 'gone') for (const webhook of webhooks) webhook.isInterrupted = true;
  }),
);

export const storeModes: fc.Arbitrary<Command> = oneOf<StoreMode>(
  [2, fc.constant('up')],
  [3, fc.constantFrom(...STORE_MODES)],
).map((mode) =>
  step(`the store is ${mode}`, [], async (_, { network }) => {
    network.store = mode;
  }),
);

export const lateCalls: fc.Arbitrary<Command> = fc.constant(
  step('late calls arrive', [], (_, { platform }) => arriveLate(platform)),
);
