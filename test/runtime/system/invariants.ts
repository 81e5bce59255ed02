// What holds after every command, whatever went wrong in it: the promises of ARCHITECTURE.md that can be
// seen without waiting for anything.

import { expect } from 'vitest';
import { type History, type LinkSeen, MINUTE } from './history.ts';
import {
  type GateSeen,
  type LedgerSeen,
  type LinkRow,
  seeGate,
  seeLedger,
  seeOutbox,
} from './look.ts';
import type { World } from './world.ts';

/** By the latest of all clocks: of a ledger that carries or sends, and of a gate that reports. */
const LONGEST_WAIT = 2 * MINUTE;
const LONGEST_REPORT_WAIT = 11 * MINUTE;

/** Of what is told only once. */
const ONCE = ['link.minted', 'link.expired', 'link.revoked', 'link.failed'];

export async function expectInvariants(history: History, world: World): Promise<void> {
  history.latest = Math.max(history.latest, Date.now());
  const ledger = await seeLedger(world);
  const rows = new Map(ledger.links.map((row) => [row.id, row]));
  for (const link of history.links) {
    if (link.id === undefined) continue;
    const row = rows.get(link.id);
    if (!row) throw new Error(`the ledger lost ${link.name}, which was answered with 201`);
    expectNothingLost(link, row);
    const gate = await seeGate(link.id);
    expectOnlyForward(history, row, gate);
    expectUses(link, gate);
    expectGateWakes(history, gate);
    await expectOpens(history, link, world);
  }
  expectEvents(ledger);
  expectLedgerWakes(history, ledger);
  await expectDeliveries(ledger, world);
  await expectRevokedKeys(history, world);
}

/** What was accepted is there for ever. */
function expectNothingLost(link: LinkSeen, row: LinkRow): void {
  expect(['active', 'expired', 'revoked'], `state of ${link.name}`).toContain(row.status);
  if (link.end === 'none') expect(row.status, `nobody ended ${link.name}`).not.toBe('revoked');
  if (link.end !== 'accepted' && link.end !== 'in force') return;
  const isOver = row.ended_at !== null || row.expires_at <= Date.now();
  expect(isOver, `the end of ${link.name} that was accepted`).toBe(true);
}

/** Versions and uses only go up, an end is final, and no gate is ahead of its ledger. */
function expectOnlyForward({ known }: History, row: LinkRow, gate: GateSeen): void {
  const seen = {
    version: row.version,
    gateVersion: gate.record?.version ?? 0,
    uses: gate.uses,
    isEnded: row.ended_at !== null,
    isGateEnded: gate.record?.endedAt !== undefined,
  };
  const before = known.get(row.id) ?? seen;
  for (const name of ['version', 'gateVersion', 'uses'] as const) {
    expect(seen[name], `${name} of ${row.key}`).toBeGreaterThanOrEqual(before[name]);
  }
  expect(seen.isEnded || !before.isEnded, `the end of ${row.key} is final`).toBe(true);
  expect(seen.isGateEnded || !before.isGateEnded, `the end of ${row.key} is final`).toBe(true);
  expect(seen.gateVersion, `gate of ${row.key}`).toBeLessThanOrEqual(seen.version);
  const isInGate = row.settled === 1 && gate.record !== undefined;
  if (isInGate) expect(seen.gateVersion, `what counts as carried of ${row.key}`).toBe(seen.version);
  known.set(row.id, seen);
}

/** Never more than were allowed, and each that was granted is on disk by then. */
function expectUses(link: LinkSeen, { uses, givenBack }: GateSeen): void {
  const { name, mostUses, granted, uploaded } = link;
  expect(uses - givenBack, `uses of ${name}`).toBeLessThanOrEqual(mostUses);
  expect(uploaded.size, `uploads of ${name}`).toBeLessThanOrEqual(uses - givenBack);
  expect(granted.size, `claims granted of ${name}`).toBeLessThanOrEqual(uses);
}

/** Nothing that a gate has still to tell is left to chance. */
function expectGateWakes({ latest }: History, gate: GateSeen): void {
  const { record, uses, usesReported, alarm } = gate;
  if (record) expect(alarm, 'the alarm of a gate').not.toBeNull();
  if (uses <= usesReported) return;
  expect(alarm, 'the next report of uses').toBeLessThanOrEqual(latest + LONGEST_REPORT_WAIT);
}

/** What is over opens nowhere; what nobody ended opens, or can't be told. */
async function expectOpens(history: History, link: LinkSeen, world: World): Promise<void> {
  const { visit, platform } = world;
  if (link.url === undefined || link.kind === 'edge') return;
  if (link.kind === 'strong' && link.end === 'in force') {
    const headers = {
      'Hallpass-Claim': `claim-of-the-fault-test-${history.claims++}`,
      Accept: 'application/json',
    };
    const claimed = { 'Hallpass-Claim': link.lastClaim ?? headers['Hallpass-Claim'] };
    for (const how of [
      { method: 'POST', headers },
      { method: 'GET', headers: claimed },
    ]) {
      const { status } = await visit(link.url, how);
      expect([403, 404, 410, 503], `${how.method} of ${link.name}, which is revoked`).toContain(
        status,
      );
    }
  }
  if (link.kind !== 'strong' || link.end !== 'none' || Date.now() >= link.soonestEnd) return;
  const response = await visit(link.url, { method: 'GET' });
  const { status } = response;
  if (status === 503 && platform.outages.has('gate')) return;
  const isUsedUp = status === 410 && (await response.text()).includes('"used_up"');
  const isOpen = isUsedUp || [302, 428].includes(status);
  expect(isOpen, `${link.name}, which nobody ended, is ${status}`).toBe(true);
}

function expectEvents({ events }: LedgerSeen): void {
  const told = new Set<string>();
  const uses = new Set<string>();
  for (const { type, subject, data } of events) {
    if (ONCE.includes(type)) {
      expect(told.has(`${type} ${subject}`), `${type} of ${subject}, twice`).toBe(false);
      told.add(`${type} ${subject}`);
    }
    if (type !== 'link.redeemed') continue;
    const use = `${subject} ${(JSON.parse(data) as { use: number }).use}`;
    expect(uses.has(use), `use ${use}, twice`).toBe(false);
    uses.add(use);
  }
}

function expectLedgerWakes(
  { latest }: History,
  { links, events, webhooks, revocations, alarm }: LedgerSeen,
): void {
  const last = events.at(-1)?.seq ?? 0;
  const isLate = webhooks.some(
    ({ settled, sent_up_to, hears_up_to, deleted_at }) =>
      settled === 0 || (deleted_at === null && sent_up_to < Math.min(hears_up_to ?? last, last)),
  );
  const isToBeCarried = links.some(({ settled }) => settled === 0);
  if (!isLate && !isToBeCarried && revocations === 0) return;
  expect(alarm, 'the alarm of a ledger with something to do').not.toBeNull();
  // An expiry of some hours later would not do.
  expect(alarm, 'the next try of a ledger').toBeLessThanOrEqual(latest + LONGEST_WAIT);
}

/** What counts as delivered was accepted; what is to be delivered will be tried. */
async function expectDeliveries({ webhooks }: LedgerSeen, { network }: World): Promise<void> {
  for (const { id } of webhooks) {
    const { deliveries, alarm } = await seeOutbox(id);
    for (const { id: event, status } of deliveries) {
      if (status !== 'delivered') continue;
      const accepted = network.received.get(event)?.accepted ?? 0;
      expect(accepted, `${event}, which counts as delivered`).toBeGreaterThan(0);
    }
    if (!deliveries.some(({ status }) => status === 'pending')) continue;
    expect(alarm, 'the alarm of an outbox with something to deliver').not.toBeNull();
  }
}

async function expectRevokedKeys({ keys }: History, { ask }: World): Promise<void> {
  for (const { apiKey, revoked } of keys) {
    if (revoked !== 'yes') continue;
    const { status } = await ask('GET', '/v1/links?limit=1', { bearer: apiKey });
    expect([401, 503], 'a revoked key').toContain(status);
  }
}
