// At the end of a history nothing fails any more, and alarms ring when they are due. Then everything that
// was accepted has come to where it belongs, and all agree.

import { runDurableObjectAlarm } from 'cloudflare:test';
import { expect, vi } from 'vitest';
import { realEnv } from '../../support/api.ts';
import { type History, HOUR, type LinkSeen, MINUTE } from './history.ts';
import {
  alarmOf,
  directoryOf,
  type EventRow,
  type LedgerSeen,
  type LinkRow,
  seeGate,
  seeLedger,
  seeOutbox,
} from './look.ts';
import { arriveLate } from './platform.ts';
import { stubOf } from './stubs.ts';
import type { World } from './world.ts';

/** Longer than the longest wait between two attempts to deliver. */
const HORIZON = 27 * HOUR;
const MOST_RINGS = 400;

export async function expectAgreement(history: History, world: World): Promise<void> {
  const { platform, network } = world;
  platform.outages.clear();
  platform.kv = 'up';
  Object.assign(network, { endpoint: 'up', store: 'up' });
  await arriveLate(platform);
  await platform.rest();
  await followAlarms(history, world);

  const ledger = await seeLedger(world);
  expect(ledger.revocations, 'revocations under way').toBe(0);
  for (const row of ledger.links) {
    const link = history.links.find(({ id }) => id === row.id);
    await expectCarried(row, ledger, link, world);
  }
  await expectDelivered(history, ledger);
  await expectSameApp(history, ledger, world);
  for (const { name, end, id, kind } of history.links) {
    const row = ledger.links.find((link) => link.id === id);
    if (!row || end === 'none' || end === 'perhaps') continue;
    const isOver = row.ended_at !== null || row.expires_at <= Date.now();
    expect(isOver, `the end of ${name} (${kind})`).toBe(true);
  }
}

/** As the platform does: whatever is armed rings when its time has come, the earliest first. */
async function followAlarms({ webhooks }: History, world: World): Promise<void> {
  const until = Date.now() + HORIZON;
  // What KV had read before is forgotten by then.
  vi.setSystemTime(Date.now() + 10 * MINUTE);
  for (let rings = 0; ; rings++) {
    expect(rings, 'alarms that never rest').toBeLessThan(MOST_RINGS);
    const { links } = await seeLedger(world);
    const objects = [
      world.ledger(),
      directoryOf(),
      ...links.map(({ id }) => stubOf('GATES', id)),
      ...webhooks.map(({ id }) => stubOf('OUTBOXES', id)),
    ];
    const armed = await Promise.all(
      objects.map(async (stub) => ({ stub, at: await alarmOf(stub) })),
    );
    const [next] = armed
      .flatMap(({ stub, at }) => (at === null ? [] : { stub, at }))
      .sort((a, b) => a.at - b.at);
    if (!next || next.at > until) return;
    vi.setSystemTime(Math.max(Date.now(), next.at));
    await runDurableObjectAlarm(next.stub);
    await world.platform.rest();
  }
}

/** Ledger, gate and KV agree, and each use is exactly one event. */
async function expectCarried(
  row: LinkRow,
  { events }: LedgerSeen,
  link: LinkSeen | undefined,
  { platform }: World,
): Promise<void> {
  expect(row, `${row.key} is carried`).toMatchObject({ settled: 1 });
  expect(row.status).not.toBe('pending');
  const { record, uses, givenBack } = await seeGate(row.id);
  const { limits } = JSON.parse(row.terms);
  const ofLedger = { version: row.version, endedAt: row.ended_at ?? undefined, limits };
  // A link may expire at the ledger without its gate being told.
  expect(record && JSON.parse(JSON.stringify(record)), `the gate of ${row.key}`).toMatchObject(
    JSON.parse(JSON.stringify(ofLedger)),
  );
  const own = events.filter(({ subject }) => subject === row.id);
  const redeemed = own.filter(({ type }) => type === 'link.redeemed');
  const told = redeemed.map(({ data }) => (JSON.parse(data) as { use: number }).use);
  expect(told, `uses of ${row.key}`).toEqual(Array.from({ length: uses }, (_, at) => at + 1));
  const arrived = own.filter(({ type }) => type === 'link.uploaded').length;
  expect(arrived, `uploads of ${row.key}`).toBeGreaterThanOrEqual(link?.uploaded.size ?? 0);
  // The store may have been silent about it: what arrived is given back to nobody.
  if (link?.isSent) expect(uses - givenBack, `use of ${row.key}`).toBeGreaterThan(0);
  // A mint that was ended before its gate had it was never live.
  const mints = own.filter(({ type }) => type === 'link.minted').length;
  const isLive = ['active', 'expired'].includes(row.status);
  if (isLive) expect(mints, `mint of ${row.key}`).toBe(1);
  if (row.status === 'failed') expect(mints, `mint of ${row.key}, which failed`).toBe(0);
  const ends = own.filter(({ type }) => type === `link.${row.status}`).length;
  if (row.status !== 'active') expect(ends, `${row.status} of ${row.key}`).toBe(1);
  if (!platform.lostInKv.has(row.id)) await expectInKv(row, limits.expiresAt);
}

async function expectInKv(row: LinkRow, expiresAt: number): Promise<void> {
  if (Date.now() >= expiresAt) return;
  const kept = (await realEnv.GRANTS.get(row.id, { type: 'json' })) as {
    edge?: { endedAt?: number };
  } | null;
  if (!kept?.edge) return;
  expect(kept.edge.endedAt, `KV of ${row.key}`).toBe(row.ended_at ?? undefined);
}

/** Each event that a webhook may hear was delivered to it, or is dead where everybody can see it. */
async function expectDelivered(
  { webhooks }: History,
  { events, webhooks: rows }: LedgerSeen,
): Promise<void> {
  for (const row of rows) expect(row, `webhook ${row.id} is told`).toMatchObject({ settled: 1 });
  for (const { id, after, isInterrupted } of webhooks) {
    const { deliveries } = await seeOutbox(id);
    const status = new Map(deliveries.map((delivery) => [delivery.id, delivery.status]));
    for (const [event, state] of status) {
      expect(['delivered', 'dead'], `${event} at ${id}`).toContain(state);
    }
    if (isInterrupted) continue;
    const count = wanted(events, after).length;
    expect(deliveries.length, `events at ${id}`).toBeGreaterThanOrEqual(count);
  }
}

function wanted(events: readonly EventRow[], after: number): EventRow[] {
  return events.filter(({ seq, type }) => seq > after && type.startsWith('link.'));
}

/** The directory, which is asked, and the ledger, which acts, know the same app. */
async function expectSameApp(history: History, { app }: LedgerSeen, world: World): Promise<void> {
  const response = await world.operate('GET', `/v1/apps/${world.app.id}`);
  const text = await response.clone().text();
  expect(response.status, text).toBe(200);
  const shown = (await response.json()) as { suspendedAt: string | null };
  const suspendedAt = app?.suspendedAt;
  expect(shown.suspendedAt).toBe(
    suspendedAt === undefined ? null : new Date(suspendedAt).toISOString(),
  );
  if (history.suspended !== 'perhaps') {
    expect(suspendedAt !== undefined).toBe(history.suspended === 'yes');
  }
}
