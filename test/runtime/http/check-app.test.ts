import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LinkGate } from '../../../src/index.ts';
import type { GateRecord } from '../../../src/links/ports.ts';
import {
  json,
  type MintedOnWire,
  makeApp,
  minted,
  OPERATOR,
  open,
  realEnv,
  request,
  revoke,
  type TestApp,
} from '../../support/api.ts';
import { countedEnv } from '../../support/counted-env.ts';

const SECOND = 1_000;
const DAY = 86_400_000;
const EDGE = { consistency: 'edge' };

type Page = {
  readonly checked: number;
  readonly findings: readonly { linkId: string; kind: string; repaired: boolean }[];
  readonly nextCursor: string | null;
};

let app: TestApp;

beforeEach(async () => {
  // So far ahead that no alarm rings by itself.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2040, 0, 1) });
  app = await makeApp();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const ask = (body: object = {}, bearer = OPERATOR, id = app.id) =>
  request('POST', `/v1/apps/${id}/check`, { bearer, body });
const check = async (body: object = {}) => json<Page>(await ask(body));
const kinds = async (body: object = {}) =>
  (await check(body)).findings.map(({ kind, repaired }) => `${kind}${repaired ? ' repaired' : ''}`);
const gateOf = (id: string) => realEnv.GATES.getByName(id) as unknown as DurableObjectStub;
const ledger = () => realEnv.LEDGERS.getByName(app.id) as unknown as DurableObjectStub;
const ofLedger = (query: string, ...bindings: (string | number)[]) =>
  runInDurableObject(ledger(), (_, ctx) => ctx.storage.sql.exec(query, ...bindings).toArray());
const patch = (link: MintedOnWire, body: object) =>
  request('PATCH', `/v1/links/${link.id}`, { bearer: app.apiKey, body });
const shown = async ({ id }: MintedOnWire) =>
  json(await request('GET', `/v1/links/${id}`, { bearer: app.apiKey }));
const redeem = (link: MintedOnWire, claim: string) =>
  open(link.url, { headers: { 'Hallpass-Claim': `claim-of-the-check-test-${claim}` } });

/** As if the gate had another record; it is read anew. */
async function changeGate(id: string, change: (record: GateRecord) => GateRecord): Promise<void> {
  await runInDurableObject(gateOf(id), (_, { storage }) => {
    const record = storage.kv.get<GateRecord>('record');
    if (!record) throw new Error('the gate has no record');
    storage.kv.put('record', change(record));
  });
  await evictDurableObject(gateOf(id));
}

async function emptyGate(id: string): Promise<void> {
  await runInDurableObject(gateOf(id), (_, ctx) => ctx.storage.deleteAll());
  await evictDurableObject(gateOf(id));
}

/** The row and events of the ledger as they are now, to be put back later: an older backup. */
async function backUp(): Promise<() => Promise<void>> {
  const links = await ofLedger('SELECT * FROM links');
  return async () => {
    await ofLedger('DELETE FROM links');
    for (const link of links) {
      const marks = Object.keys(link).map(() => '?');
      const values = Object.values(link) as (string | number)[];
      await ofLedger(`INSERT INTO links VALUES (${marks.join(', ')})`, ...values);
    }
  };
}

describe('the check of an app', () => {
  it('finds nothing where all is well, whatever state links are in', async () => {
    await minted(app);
    await minted(app, EDGE);
    const changed = await minted(app);
    await patch(changed, { maxUses: 3, note: 'n' });
    await redeem(changed, 'well');
    for (const ended of [await minted(app), await minted(app, EDGE)]) await revoke(app, ended.id);
    expect(await check()).toEqual({ checked: 5, findings: [], nextCursor: null });
    vi.setSystemTime(Date.now() + DAY);
    expect(await kinds()).toEqual([]);
    vi.setSystemTime(Date.now() + 8 * DAY);
    for (const { id } of await ofLedger('SELECT id FROM links')) await emptyGate(String(id));
    expect(await kinds()).toEqual([]);
  });

  it('is for operators, and of an app that there is', async () => {
    expect((await ask({}, app.apiKey)).status).toBe(403);
    expect((await ask({}, OPERATOR, 'nobody')).status).toBe(404);
    expect((await ask({ cursor: 'mine' })).status).toBe(400);
  });

  it('goes through every link, some at a time, within the calls that a request may make', async () => {
    const links: string[] = [];
    for (let count = 0; count < 23; count++) {
      const link = await minted(app, EDGE);
      links.push(link.id);
      await changeGate(link.id, (record) => ({ ...record, version: 0 }));
      await realEnv.GRANTS.delete(link.id);
    }
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const calls = callsOfLedger();
      const page = await check({ repair: true, ...(cursor ? { cursor } : {}) });
      expect(calls()).toBeLessThan(50);
      expect(page.findings.every(({ repaired }) => repaired)).toBe(true);
      found.push(...page.findings.map(({ linkId }) => linkId));
      cursor = page.nextCursor ?? undefined;
      vi.restoreAllMocks();
    } while (cursor);
    expect(new Set(found)).toEqual(new Set(links));
    const { env, operations } = countedEnv();
    await request('POST', `/v1/apps/${app.id}/check`, { bearer: OPERATOR, body: {}, env });
    expect(operations).toEqual(['ledger.check']);
  });

  it('tells of what it can’t see, and of the others all the same', async () => {
    const [silent, behind] = [await minted(app), await minted(app)];
    await changeGate(behind.id, (record) => ({ ...record, version: 0 }));
    const state = LinkGate.prototype.state;
    vi.spyOn(LinkGate.prototype, 'state').mockImplementation(async function (this: LinkGate) {
      const { id } = Reflect.get(this, 'ctx') as DurableObjectState;
      if (id.name === silent.id) throw new Error('gate down');
      return state.call(this);
    });
    const { findings } = await check({ repair: true });
    expect(findings).toContainEqual({
      linkId: silent.id,
      kind: 'gate_unavailable',
      repaired: false,
    });
    expect(findings).toContainEqual({ linkId: behind.id, kind: 'gate_behind', repaired: true });
  });

  it('says nothing of a link that changes while it is looked at', async () => {
    const link = await minted(app);
    const state = LinkGate.prototype.state;
    vi.spyOn(LinkGate.prototype, 'state').mockImplementation(async function (this: LinkGate) {
      await patch(link, { maxUses: 1 });
      return state.call(this);
    });
    expect(await kinds({ repair: true })).toEqual([]);
    vi.restoreAllMocks();
    expect(await kinds()).toEqual([]);
    expect((await open(link.url)).status).toBe(428);
  });

  it('leaves a mint alone that is under way, and ends one that was given up', async () => {
    await minted(app);
    await ofLedger("UPDATE links SET status = 'pending', settled = 0");
    expect(await kinds({ repair: true })).toEqual([]);
    vi.setSystemTime(Date.now() + 31 * SECOND);
    expect(await kinds({ repair: true })).toEqual(['unsettled repaired']);
    expect(await ofLedger('SELECT status, settled FROM links')).toEqual([
      { status: 'failed', settled: 1 },
    ]);
  });
});

describe('a repair', () => {
  it('only happens when it is asked for', async () => {
    const link = await minted(app);
    await emptyGate(link.id);
    expect(await kinds()).toEqual(['gate_missing']);
    expect((await open(link.url)).status).toBe(404);
    expect(await kinds({ repair: true })).toEqual(['gate_missing repaired']);
    expect((await open(link.url)).status).toBe(302);
    expect(await kinds({ repair: true })).toEqual([]);
  });

  it('carries what was not carried', async () => {
    const link = await minted(app);
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const gates = vi.spyOn(LinkGate.prototype, 'write').mockRejectedValue(new Error('gate down'));
    expect((await revoke(app, link.id)).status).toBe(202);
    expect(await kinds({ repair: true })).toEqual(['unsettled']);
    gates.mockRestore();
    expect(await kinds({ repair: true })).toEqual(['unsettled repaired']);
    expect((await open(link.url)).status).toBe(410);
    expect(await kinds()).toEqual([]);
  });

  it('gives a gate that lost everything no use back', async () => {
    const link = await minted(app, { maxUses: 2 });
    await redeem(link, 'first');
    await reported(link.id);
    await emptyGate(link.id);
    expect(await kinds({ repair: true })).toEqual(['gate_missing repaired']);
    expect(await shown(link)).toMatchObject({ usesLeft: 1, opens: 1 });
    expect((await redeem(link, 'second')).status).toBe(302);
    expect((await redeem(link, 'third')).status).toBe(410);
    await reported(link.id);
    const { items } = await json<{ items: { data: { use: number } }[] }>(
      await request('GET', `/v1/events?linkId=${link.id}&type=link.redeemed`, {
        bearer: app.apiKey,
      }),
    );
    expect(items.map(({ data }) => data.use)).toEqual([1, 2]);
  });

  it('leaves a gate in peace that counts a use of which it can tell nothing', async () => {
    const link = await minted(app, { maxUses: 1 });
    await redeem(link, 'lost');
    await reported(link.id);
    await ofLedger("UPDATE links SET reported = json_set(reported, '$.usesUpTo', 0)");
    await emptyGate(link.id);
    await kinds({ repair: true });
    expect((await redeem(link, 'another')).status).toBe(410);
    await reported(link.id);
    const rings = await runInDurableObject(gateOf(link.id), (_, ctx) => ctx.storage.getAlarm());
    expect(rings).toBe(Date.parse(link.expiresAt) + 7 * DAY);
  });

  it('tells a gate that forgot uses of them', async () => {
    const link = await minted(app, { maxUses: 1 });
    await redeem(link, 'only');
    await reported(link.id);
    await runInDurableObject(gateOf(link.id), (_, { storage }) => {
      storage.kv.delete('activity');
      storage.sql.exec('DROP TABLE uses');
    });
    await evictDurableObject(gateOf(link.id));
    expect(await kinds({ repair: true })).toEqual(['uses_forgotten repaired']);
    expect((await redeem(link, 'another')).status).toBe(410);
  });

  it('brings a gate that is behind to what the ledger says', async () => {
    const link = await minted(app);
    const before = await stateOf(link.id);
    await patch(link, { maxUses: 1 });
    await changeGate(link.id, () => before);
    expect((await open(link.url)).status).toBe(302);
    expect(await kinds({ repair: true })).toEqual(['gate_behind repaired']);
    expect((await open(link.url)).status).toBe(428);
  });

  it('ends a gate that is open although the ledger has ended it, whatever version it has', async () => {
    for (const version of [1, 2, 9]) {
      const link = await minted(app);
      await revoke(app, link.id);
      await changeGate(link.id, ({ endedAt: _, ...record }) => ({ ...record, version }));
      expect((await open(link.url)).status).toBe(302);
      expect(await kinds({ repair: true })).toEqual(['gate_revived repaired']);
      expect((await open(link.url)).status).toBe(410);
      expect(await kinds()).toEqual([]);
    }
  });

  it('leaves the tombstone of a revoked link where its gate is gone', async () => {
    const link = await minted(app);
    await revoke(app, link.id);
    await emptyGate(link.id);
    expect(await kinds({ repair: true })).toEqual(['gate_missing repaired']);
    expect((await open(link.url)).status).toBe(410);
  });

  it('writes again what differs at the same version', async () => {
    const link = await minted(app);
    await changeGate(link.id, (record) => ({
      ...record,
      limits: { ...record.limits, maxUses: 1 },
    }));
    expect(await kinds({ repair: true })).toEqual(['gate_differs repaired']);
    expect((await open(link.url)).status).toBe(302);
    expect(await kinds()).toEqual([]);
  });
});

describe('of a ledger that was restored from an older backup', () => {
  it('a link that its gate has ended is ended, with an event', async () => {
    for (const terms of [{}, EDGE]) {
      const link = await minted(app, terms);
      const restore = await backUp();
      await revoke(app, link.id);
      await restore();
      expect(await shown(link)).toMatchObject({ state: 'active' });
      expect(await kinds({ repair: true })).toContain('gate_ended repaired');
      expect(await shown(link)).toMatchObject({ state: 'revoked' });
      expect((await open(link.url)).status).toBe(410);
      expect(await kinds()).toEqual([]);
    }
  });

  it('a newer version of a gate is not undone, and later changes reach it', async () => {
    const link = await minted(app, { maxUses: 5 });
    const restore = await backUp();
    await patch(link, { maxUses: 1 });
    await patch(link, { note: 'n' });
    await restore();
    expect(await kinds({ repair: true })).toEqual(['gate_ahead repaired']);
    expect(await shown(link)).toMatchObject({ maxUses: 1 });
    expect((await redeem(link, 'first')).status).toBe(302);
    expect((await redeem(link, 'second')).status).toBe(410);
    expect(await kinds()).toEqual([]);
    await patch(link, { maxUses: 2 });
    expect((await redeem(link, 'second')).status).toBe(302);
    const changes = await ofLedger("SELECT data FROM events WHERE type = 'link.changed'");
    expect(changes).toContainEqual({ data: '{"fields":["maxUses"]}' });
  });

  it('a revocation reaches its gate, though the gate has a newer version', async () => {
    const link = await minted(app);
    const restore = await backUp();
    for (const note of ['a', 'b', 'c']) await patch(link, { note });
    await restore();
    expect((await revoke(app, link.id)).status).toBe(200);
    expect((await open(link.url)).status).toBe(410);
  });

  it('a link that was shortened since stays shortened', async () => {
    const link = await minted(app);
    const restore = await backUp();
    const expiresAt = new Date(Date.now() + 30 * SECOND).toISOString();
    await patch(link, { expiresAt });
    await restore();
    await kinds({ repair: true });
    vi.setSystemTime(Date.now() + 31 * SECOND);
    expect((await open(link.url)).status).toBe(410);
  });
});

describe('KV', () => {
  it('is written again for edge links that it lacks or has otherwise', async () => {
    const link = await minted(app, EDGE);
    const before = await realEnv.GRANTS.get(link.id, 'json');
    await realEnv.GRANTS.delete(link.id);
    expect(await kinds({ repair: true })).toEqual(['kv_missing repaired']);
    expect(await realEnv.GRANTS.get(link.id, 'json')).toEqual(before);

    await revoke(app, link.id);
    await realEnv.GRANTS.put(link.id, JSON.stringify(before));
    expect((await open(link.url)).status).toBe(302);
    expect(await kinds({ repair: true })).toEqual(['kv_stale repaired']);
    expect((await open(link.url)).status).toBe(410);
    expect(await kinds()).toEqual([]);
  });

  it('may lack a strong link, and may not have another grant or limits of it', async () => {
    const link = await minted(app);
    const kept = await realEnv.GRANTS.get<{ grant: object }>(link.id, 'json');
    await realEnv.GRANTS.delete(link.id);
    expect(await kinds()).toEqual([]);
    for (const wrong of [
      { grant: { ...kept?.grant, key: 'another.pdf' } },
      { ...kept, edge: { limits: { expiresAt: Date.now() + DAY } } },
    ]) {
      await realEnv.GRANTS.put(link.id, JSON.stringify(wrong));
      expect(await kinds({ repair: true })).toEqual(['kv_stale repaired']);
      expect(await realEnv.GRANTS.get(link.id, 'json')).toEqual(kept);
    }
  });

  it('that gives no answer is told', async () => {
    await minted(app, EDGE);
    const { GRANTS } = realEnv;
    vi.spyOn(Object.getPrototypeOf(GRANTS), 'get').mockRejectedValue(new Error('KV is down'));
    expect(await kinds({ repair: true })).toEqual(['kv_unavailable']);
  });
});

/** Lets a gate report what it has counted. */
async function reported(id: string): Promise<void> {
  vi.setSystemTime(Date.now() + 10 * SECOND);
  await runInDurableObject(gateOf(id), (gate) => (gate as LinkGate).alarm());
}

async function stateOf(id: string): Promise<GateRecord> {
  const state = await realEnv.GATES.getByName(id).state();
  if (!state) throw new Error('the gate has no record');
  return state.record;
}

/** How often the ledger has called another object or KV. */
function callsOfLedger(): () => number {
  const { GRANTS } = realEnv;
  const spies = [
    vi.spyOn(LinkGate.prototype, 'state'),
    vi.spyOn(LinkGate.prototype, 'write'),
    vi.spyOn(Object.getPrototypeOf(GRANTS), 'get'),
    vi.spyOn(Object.getPrototypeOf(GRANTS), 'put'),
  ];
  return () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
}
