import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OpenFacts } from '../../../src/links/decide.ts';
import type { GateRecord, LinkGateObject } from '../../../src/links/ports.ts';
import { realEnv } from '../../support/api.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2030, 0, 1);
const EXPIRES_AT = NOW + 600_000;

const RECORD: GateRecord = {
  version: 1,
  limits: { expiresAt: EXPIRES_AT, claimSeconds: 3_600, confirm: false },
  grant: {
    app: 'App1',
    operation: 'download',
    consistency: 'strong',
    store: 'demo',
    endpoint: 'https://s3.example.com',
    bucket: 'private-bucket',
    key: 'a.pdf',
    disposition: 'attachment',
  },
};

let gates = 0;
let gate: DurableObjectStub & LinkGateObject;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  gate = realEnv.GATES.getByName(`lnk_gate_test_${gates++}`) as typeof gate;
});
afterEach(() => {
  vi.useRealTimers();
});

const LOOK: OpenFacts = { method: 'GET', site: '' };
const open = () => gate.open(LOOK, false);
const refusal = (reason: string) => ({ kind: 'deny', denial: { reason } });

describe('a gate', () => {
  it('knows nothing of a link it was never told of, and keeps nothing of the question', async () => {
    expect(await open()).toEqual(refusal('not_found'));
    const size = await runInDurableObject(gate, (_, ctx) => [...ctx.storage.kv.list()].length);
    expect(size).toBe(0);
  });

  it('permits an open until the very end', async () => {
    await gate.write(RECORD);
    vi.setSystemTime(EXPIRES_AT - 1);
    expect(await open()).toEqual({ kind: 'allow', expiresAt: EXPIRES_AT });
    vi.setSystemTime(EXPIRES_AT);
    expect(await open()).toEqual(refusal('expired'));
  });

  it('gives the grant when it is asked for', async () => {
    await gate.write(RECORD);
    const answer = await gate.open(LOOK, true);
    expect(answer).toMatchObject({ kind: 'allow', grant: RECORD.grant });
  });

  it('ignores a write that is older than what it has', async () => {
    await gate.write({
      ...RECORD,
      version: 3,
      limits: { ...RECORD.limits, expiresAt: EXPIRES_AT + 1_000 },
    });
    await gate.write({ ...RECORD, version: 2 });
    expect(await open()).toMatchObject({ expiresAt: EXPIRES_AT + 1_000 });
  });

  it('stays revoked when the mint arrives after the revoke', async () => {
    await gate.write({ ...RECORD, version: 2, endedAt: NOW });
    await gate.write(RECORD);
    expect(await open()).toEqual(refusal('revoked'));
  });

  it('is not brought back by any later version', async () => {
    await gate.write({ ...RECORD, version: 2, endedAt: NOW });
    await gate.write({ ...RECORD, version: 9 });
    expect(await open()).toEqual(refusal('revoked'));
  });

  it('keeps what it knows through an eviction', async () => {
    await gate.write({ ...RECORD, version: 2, endedAt: NOW });
    await evictDurableObject(gate);
    expect(await open()).toEqual(refusal('revoked'));
  });

  it('answers expired for a week after the end and forgets everything then', async () => {
    await gate.write(RECORD);
    vi.setSystemTime(EXPIRES_AT + 7 * DAY - 1);
    expect(await runDurableObjectAlarm(gate)).toBe(true);
    expect(await open()).toEqual(refusal('expired'));

    vi.setSystemTime(EXPIRES_AT + 7 * DAY);
    expect(await runDurableObjectAlarm(gate)).toBe(true);
    expect(await open()).toEqual(refusal('not_found'));
    expect(await runDurableObjectAlarm(gate)).toBe(false);
  });
});

describe('what a gate counts', () => {
  const LIMITED = { ...RECORD, limits: { ...RECORD.limits, maxUses: 2 } };
  const redeem = (hash: string) =>
    gate.open({ method: 'GET', site: '', claim: { hash, redeems: true } }, false);

  it('is on disk before the redeemer hears of it: uses and claims', async () => {
    await gate.write(LIMITED);
    expect(await redeem('one')).toMatchObject({ kind: 'allow' });
    await evictDurableObject(gate);
    expect(await redeem('one')).toMatchObject({ kind: 'allow' });
    await evictDurableObject(gate);
    expect(await redeem('two')).toMatchObject({ kind: 'allow' });
    await evictDurableObject(gate);
    expect(await redeem('three')).toEqual(refusal('used_up'));
    expect(await gate.inspect()).toMatchObject({ uses: 2 });
  });

  it('is written behind within seconds: opens, denials and the rate', async () => {
    const rateLimit = { limit: 1, windowSeconds: 600 };
    await gate.write({ ...RECORD, limits: { ...RECORD.limits, rateLimit } });
    await open();
    expect(await open()).toMatchObject({ denial: { reason: 'rate_limited' } });
    const armed = await runInDurableObject(gate, (_, ctx) => ctx.storage.getAlarm());
    expect(armed).toBe(NOW + 5_000);

    expect(await runDurableObjectAlarm(gate)).toBe(true);
    const purge = await runInDurableObject(gate, (_, ctx) => ctx.storage.getAlarm());
    expect(purge).toBe(EXPIRES_AT + 7 * DAY);
    await evictDurableObject(gate);
    expect(await gate.inspect()).toMatchObject({ opens: 1, denials: { rate_limited: 1 } });
    expect(await open()).toMatchObject({ denial: { reason: 'rate_limited' } });
  });

  it('is forgotten with the link', async () => {
    await gate.write(LIMITED);
    await redeem('one');
    vi.setSystemTime(EXPIRES_AT + 7 * DAY);
    await runDurableObjectAlarm(gate);
    expect(await gate.inspect()).toBeUndefined();
    await evictDurableObject(gate);
    expect(await gate.inspect()).toBeUndefined();
  });
});
