// What happens by itself: time passes, objects are evicted, alarms ring, KV fails, writes come late.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import fc from 'fast-check';
import { expect, vi } from 'vitest';
import { realEnv } from '../../support/api.ts';
import type { WriteFault } from '../../support/faults.ts';
import {
  DAY,
  deliverLate,
  type LinkModel,
  type Model,
  runGateAlarm,
  runLedgerAlarm,
  SECOND,
} from './link-model.ts';
import { type Command, linkIndexes, named, oneOf, rarely, step, stepOnLink } from './steps.ts';
import type { LinkShown, World } from './world.ts';

export const clockSteps: fc.Arbitrary<Command> = oneOf(
  [10, fc.constantFrom(1, 600, SECOND, 5 * SECOND, 31 * SECOND, 61 * SECOND)],
  [2, fc.constantFrom(301 * SECOND, 3_601 * SECOND)],
  [1, fc.constantFrom(DAY, 8 * DAY)],
).map((milliseconds) =>
  step(named('wait', { milliseconds }), async (model) => setClock(model, model.now + milliseconds)),
);

/** The end at the gate may not be the one that the app was promised since. */
const MOMENTS = {
  end: ({ gate, is }: LinkModel) => [is.limits.expiresAt, gate?.is.limits.expiresAt ?? 0],
  beginning: ({ gate }: LinkModel) => [gate?.is.limits.notBefore ?? 0],
  claimEnd: ({ gate }: LinkModel) => [...(gate?.claims.values() ?? [])],
};

/** To the very next such instant, or to just before it. */
export const clockJumps: fc.Arbitrary<Command> = fc
  .record({
    index: linkIndexes,
    to: fc.constantFrom<keyof typeof MOMENTS>('end', 'beginning', 'claimEnd'),
    by: fc.constantFrom(-1, 0),
  })
  .map(({ index, to, by }) => {
    const nextOf = (link: LinkModel, now: number) =>
      Math.min(...MOMENTS[to](link).filter((moment) => moment + by > now)) + by;
    return stepOnLink(
      named('wait until', { to, by }),
      index,
      async (link, model) => setClock(model, nextOf(link, model.now)),
      (link, { now }) => Number.isFinite(nextOf(link, now)),
    );
  });

export const gateEvictions: fc.Arbitrary<Command> = linkIndexes.map((index) =>
  stepOnLink('evict the gate', index, async (link, _, { ask }) => {
    await evict(gateOf(link));
    const { gate } = link;
    if (!gate) return;
    // A crash may forget the last plain opens, and nothing else.
    const response = await ask('GET', `/v1/links/${link.id}`);
    const { opens } = (await response.json()) as LinkShown;
    expect(opens).toBeLessThanOrEqual(gate.opens);
    expect(opens).toBeGreaterThanOrEqual(gate.opensOnDisk);
    gate.opens = opens ?? 0;
  }),
);

export const ledgerEvictions: fc.Arbitrary<Command> = fc.constant(
  step('evict the ledger', async (_, { app }) => {
    await evict(ledgerOf(app.id));
  }),
);

export const gateAlarms: fc.Arbitrary<Command> = linkIndexes.map((index) =>
  stepOnLink('ring the alarm of the gate', index, async (link, model) => {
    const isArmed = link.gate !== undefined;
    runGateAlarm(model, link);
    const ran = await runDurableObjectAlarm(gateOf(link));
    if (isArmed) expect(ran).toBe(true);
  }),
);

export const ledgerAlarms: fc.Arbitrary<Command> = rarely<WriteFault>(
  'lost',
  'unanswered',
  'late',
).map((fault) =>
  step(named('ring the alarm of the ledger', { fault }), async (model, { app, faults }) => {
    const isArmed = model.links.some(({ isSettled }) => !isSettled);
    runLedgerAlarm(model, fault);
    faults.writes = fault;
    const ran = await runDurableObjectAlarm(ledgerOf(app.id));
    faults.writes = undefined;
    if (isArmed) expect(ran).toBe(true);
    // Also of links that no mint was answered with: none is half alive.
    expect((await linksIn(app.id)).sort()).toEqual(
      model.links.map(({ status, isSettled }) => `${status} ${Number(isSettled)}`).sort(),
    );
  }),
);

export const lateWrites: fc.Arbitrary<Command> = fc.constant(
  step(
    'late writes arrive',
    async (model, { faults }) => {
      deliverLate(model);
      await faults.deliverLate();
    },
    ({ late }) => late.length > 0,
  ),
);

export const kvOutages: fc.Arbitrary<Command> = fc.boolean().map((isDown) =>
  step(`KV goes ${isDown ? 'down' : 'up'}`, async (_, { faults }) => {
    faults.isKvDown = isDown;
  }),
);

async function evict(stub: DurableObjectStub): Promise<void> {
  // Only what runs can be evicted.
  await runInDurableObject(stub, () => {});
  await evictDurableObject(stub);
}

function setClock(model: Model, now: number): void {
  model.now = now;
  vi.setSystemTime(now);
}

function gateOf({ id }: LinkModel): DurableObjectStub {
  return realEnv.GATES.getByName(id ?? '') as unknown as DurableObjectStub;
}

function linksIn(app: World['app']['id']): Promise<string[]> {
  return runInDurableObject(ledgerOf(app), (_, { storage }) => {
    const rows = storage.sql.exec<{ status: string; settled: number }>('SELECT * FROM links');
    return rows.toArray().map(({ status, settled }) => `${status} ${settled}`);
  });
}

function ledgerOf(app: World['app']['id']): DurableObjectStub {
  return realEnv.LEDGERS.getByName(app) as unknown as DurableObjectStub;
}
