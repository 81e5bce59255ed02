import {
  evictDurableObject,
  reset,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LinkGate, WebhookOutbox } from '../../../src/index.ts';
import {
  json,
  type MintedOnWire,
  makeApp,
  makeKey,
  mint,
  minted,
  OPERATOR,
  open,
  realEnv,
  request,
  revoke,
  type TestApp,
  withKey,
} from '../../support/api.ts';
import {
  createEndpoint,
  deliveriesOf,
  HOOK_URL,
  makeWebhook,
  patch as patchWebhook,
  verify,
} from '../../support/webhooks.ts';

const SECOND = 1_000;
const DAY = 86_400_000;
const EDGE = { consistency: 'edge' };

type Line = { readonly kind: string; readonly data: Record<string, unknown>; signature: string };
type Imported = { imported: number; unchanged: number; dropped: number; unsettled: number };
type EventOnWire = { id: string; type: string; at: string; data: Record<string, unknown> };

let app: TestApp;

beforeEach(async () => {
  // So far ahead that no alarm rings by itself.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2040, 0, 1) });
  app = await makeApp();
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const ledger = () => realEnv.LEDGERS.getByName(app.id) as unknown as DurableObjectStub;
const gateOf = (id: string) => realEnv.GATES.getByName(id) as unknown as DurableObjectStub;
const ofLedger = (query: string, ...bindings: (string | number)[]) =>
  runInDurableObject(ledger(), (_, ctx) => ctx.storage.sql.exec(query, ...bindings).toArray());
const askExport = (cursor = '', bearer = OPERATOR, id = app.id) =>
  request('GET', `/v1/apps/${id}/export${cursor && `?cursor=${cursor}`}`, { bearer });
const askImport = (records: readonly Line[], bearer = OPERATOR, id = app.id) =>
  request('POST', `/v1/apps/${id}/import`, { bearer, body: { records } });
const patch = (link: MintedOnWire, body: object) =>
  request('PATCH', `/v1/links/${link.id}`, { bearer: app.apiKey, body });
const shown = async ({ id }: MintedOnWire) =>
  json(await request('GET', `/v1/links/${id}`, { bearer: app.apiKey }));
const stateOf = async (link: MintedOnWire) => (await shown(link)).state;
const redeem = (link: MintedOnWire, claim: string) =>
  open(link.url, { headers: { 'Hallpass-Claim': `claim-of-the-backup-test-${claim}` } });
const events = async () =>
  (
    await json<{ items: EventOnWire[] }>(
      await request('GET', `/v1/events?app=${app.id}&limit=200`, { bearer: OPERATOR }),
    )
  ).items;
const typesOf = async (link: MintedOnWire) => {
  const response = await request('GET', `/v1/events?linkId=${link.id}`, { bearer: app.apiKey });
  return (await json<{ items: EventOnWire[] }>(response)).items.map(({ type }) => type);
};

async function exported(): Promise<Line[]> {
  const lines: Line[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { records: Line[]; nextCursor: string | null } = await json(
      await askExport(cursor),
    );
    lines.push(...page.records);
    cursor = page.nextCursor;
  }
  return lines;
}

/** As the client does it, in parts that one request may have. */
async function imported(lines: readonly Line[]): Promise<Imported> {
  let sum: Imported = { imported: 0, unchanged: 0, dropped: 0, unsettled: 0 };
  for (let from = 0; from < lines.length; from += 10) {
    const response = await askImport(lines.slice(from, from + 10));
    if (response.status !== 200) throw new Error(`import answered ${await response.text()}`);
    const some = await json<Imported>(response);
    sum = {
      imported: sum.imported + some.imported,
      unchanged: sum.unchanged + some.unchanged,
      dropped: sum.dropped + some.dropped,
      unsettled: sum.unsettled + some.unsettled,
    };
  }
  return sum;
}

/** The gate tells its ledger what it has counted. */
async function reported(id: string): Promise<void> {
  vi.setSystemTime(Date.now() + 10 * SECOND);
  await runInDurableObject(gateOf(id), (gate) => (gate as LinkGate).alarm());
}

/** All that an object keeps is gone, and so is what it has in memory. */
async function empty(object: DurableObjectStub): Promise<void> {
  await runInDurableObject(object, (_, ctx) => ctx.storage.deleteAll());
  await evictDurableObject(object);
}

/** The ledger and the directory are lost, and gates and KV are not. */
async function loseLedger(): Promise<void> {
  await empty(ledger());
  await empty(realEnv.DIRECTORY.getByName('directory') as unknown as DurableObjectStub);
}

/** The links of the ledger as they are now, to be put back later. */
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

const NOTHING_NEW = { imported: 0, dropped: 0, unsettled: 0 };

describe('into a fresh deployment', () => {
  it('links open again within what is left of them, and ended ones stay ended', async () => {
    const plain = await minted(app, { note: 'plain', tags: ['kept'] });
    const limited = await minted(app, { maxUses: 3 });
    const changed = await minted(app, { maxUses: 9 });
    const secret = await minted(app, { password: 'open sesame' });
    const edge = await minted(app, EDGE);
    const [revoked, revokedEdge] = [await minted(app), await minted(app, EDGE)];
    const short = await minted(app, { ttlSeconds: 60 });
    for (const claim of ['one', 'two']) expect((await redeem(limited, claim)).status).toBe(302);
    await open(plain.url);
    for (const { id } of [limited, plain]) await reported(id);
    await patch(changed, { maxUses: 1 });
    for (const { id } of [revoked, revokedEdge]) await revoke(app, id);
    vi.setSystemTime(Date.now() + 60 * SECOND);
    await runDurableObjectAlarm(ledger());
    const before = {
      links: await json(await request('GET', '/v1/links', { bearer: app.apiKey })),
      events: await events(),
      app: await json(await request('GET', `/v1/apps/${app.id}`, { bearer: OPERATOR })),
    };

    const lines = await exported();
    await reset();
    expect((await open(plain.url)).status).toBe(404);
    expect(await imported(lines)).toMatchObject({ unchanged: 0, dropped: 0, unsettled: 0 });

    expect({
      links: await json(await request('GET', '/v1/links', { bearer: app.apiKey })),
      events: await events(),
      app: await json(await request('GET', `/v1/apps/${app.id}`, { bearer: OPERATOR })),
    }).toEqual(before);
    expect((await open(plain.url)).status).toBe(302);
    expect((await open(edge.url)).status).toBe(302);
    for (const { url } of [revoked, revokedEdge, short]) expect((await open(url)).status).toBe(410);
    expect((await open(secret.url, { method: 'POST' })).status).toBe(403);
    const body = { password: 'open sesame' };
    expect((await open(secret.url, { method: 'POST', body })).status).toBe(303);
    // Two of three uses are spent, and the claims that stood for them are not known any more.
    expect((await redeem(limited, 'one')).status).toBe(302);
    expect((await redeem(limited, 'two')).status).toBe(410);
    expect((await redeem(changed, 'one')).status).toBe(302);
    expect((await redeem(changed, 'two')).status).toBe(410);
    expect((await redeem(changed, 'one')).status).toBe(302);
    expect(await json(await check())).toMatchObject({ findings: [] });
  });

  it('may be repeated, also after it was interrupted', async () => {
    const links = [await minted(app, { maxUses: 2 }), await minted(app), await minted(app, EDGE)];
    const [limited, ended] = links as [MintedOnWire, MintedOnWire];
    await redeem(limited, 'one');
    await reported(limited.id);
    await revoke(app, ended.id);
    const lines = await exported();
    await reset();
    const half = await imported(lines.slice(0, -3));
    expect(half.unchanged).toBe(0);
    const whole = await imported(lines);
    expect(whole.imported + half.imported).toBe(lines.length - 2);
    expect(whole.unchanged).toBe(half.imported);
    expect((await redeem(limited, 'two')).status).toBe(302);
    const rows = await ofLedger('SELECT * FROM links ORDER BY id');
    expect(await imported(lines)).toEqual({ ...NOTHING_NEW, unchanged: lines.length - 2 });
    expect(await ofLedger('SELECT * FROM links ORDER BY id')).toEqual(rows);
    expect((await redeem(limited, 'three')).status).toBe(410);
    expect((await open(ended.url)).status).toBe(410);
  });

  it('goes on by the alarm where gates were down, and gives no use back', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const link = await minted(app, { maxUses: 1 });
    await redeem(link, 'only');
    await reported(link.id);
    const lines = await exported();
    await reset();
    const gates = vi.spyOn(LinkGate.prototype, 'write').mockRejectedValue(new Error('gate down'));
    expect(await imported(lines)).toMatchObject({ unsettled: 1 });
    gates.mockRestore();
    await runDurableObjectAlarm(ledger());
    expect((await redeem(link, 'another')).status).toBe(410);
    expect(await stateOf(link)).toBe('used_up');
  });

  it('gives no event the id of one that was lost', async () => {
    const link = await minted(app);
    const lines = await exported();
    for (const note of ['a', 'b']) await patch(link, { note });
    const known = (await events()).map(({ id }) => id);
    await reset();
    await imported(lines);
    await imported(lines);
    await patch(link, { note: 'c' });
    const [last] = (await events()).slice(-1);
    expect(last).toMatchObject({ type: 'link.changed' });
    expect(known).not.toContain(last?.id);
    expect(await ofLedger('SELECT max(seq) seq FROM events')).toEqual([{ seq: 1_000_003 }]);
  });

  it('goes on with events of uses and uploads', async () => {
    const link = await minted(app, { maxUses: 3 });
    const inbox = await mintedInbox();
    await redeem(link, 'one');
    await reported(link.id);
    await uploaded(inbox, 'one');
    const lines = await exported();
    await reset();
    await imported(lines);
    await redeem(link, 'two');
    await reported(link.id);
    await uploaded(inbox, 'two');
    const uses = (await events()).filter(({ type }) => type === 'link.redeemed');
    expect(uses.map(({ data }) => data.use)).toEqual([1, 1, 2, 2]);
    expect((await typesOf(inbox)).filter((type) => type === 'link.uploaded')).toHaveLength(2);
  });

  it('ends the links of an app that was suspended', async () => {
    const link = await minted(app);
    const live = await exported();
    const body = { suspended: true };
    await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });
    const suspended = await exported();
    await reset();
    await imported([...suspended.filter(({ kind }) => kind !== 'link')]);
    await imported(live);
    expect((await open(link.url)).status).toBe(410);
    expect(await stateOf(link)).toBe('revoked');
  });

  it('brings keys back with what became of them', async () => {
    const [rotated, revoked] = [await makeKey(app), await makeKey(app)];
    await request('POST', `/v1/keys/${rotated.id}/rotate?app=${app.id}`, { bearer: OPERATOR });
    await request('DELETE', `/v1/keys/${revoked.id}?app=${app.id}`, { bearer: OPERATOR });
    const keys = async () =>
      json(await request('GET', `/v1/keys?app=${app.id}`, { bearer: OPERATOR }));
    const before = await keys();
    const lines = await exported();
    await reset();
    await imported(lines);
    expect(await keys()).toEqual(before);
    expect((await mintWith(withKey(app, revoked))).status).toBe(401);
    expect((await mintWith(withKey(app, rotated))).status).toBe(201);
    vi.setSystemTime(Date.now() + DAY);
    expect((await mintWith(withKey(app, rotated))).status).toBe(401);
  });

  it('brings webhooks back that send nothing until they are enabled, with the secret they had', async () => {
    const endpoint = createEndpoint();
    const query = `?app=${app.id}`;
    const body = { app: app.id, url: HOOK_URL };
    const made = await request('POST', '/v1/webhooks', { bearer: OPERATOR, body });
    const { id, secret } = await json<{ id: string; secret: string }>(made);
    await minted(app);
    await endpoint.wait(1, 'link.minted');
    const lines = await exported();
    await reset();
    await imported(lines);
    endpoint.received.length = 0;
    const hook = `/v1/webhooks/${id}`;
    const restored = await request('GET', hook + query, { bearer: OPERATOR });
    expect(await json(restored)).toMatchObject({ enabled: false, disabledReason: 'imported' });
    await minted(app);
    await request('PATCH', hook + query, { bearer: OPERATOR, body: { enabled: true } });
    const link = await minted(app);
    const sent = await endpoint.wait(1, 'link.minted');
    expect(sent.map(({ event }) => event.data.linkId)).toEqual([link.id]);
    for (const received of sent) verify(secret, received);
    expect(await imported(lines)).toMatchObject(NOTHING_NEW);
    expect(JSON.stringify(lines)).not.toContain('whsec_');
  });
});

describe('where some of it is there already', () => {
  it('a link that was revoked after the export stays revoked', async () => {
    for (const terms of [{}, EDGE]) {
      const link = await minted(app, terms);
      const lines = await exported();
      await revoke(app, link.id);
      expect(await imported(lines)).toMatchObject(NOTHING_NEW);
      expect(await stateOf(link)).toBe('revoked');
      expect((await open(link.url)).status).toBe(410);
    }
  });

  it('it stays revoked though the ledger was lost, by its gate', async () => {
    for (const terms of [{}, EDGE]) {
      const link = await minted(app, terms);
      const lines = await exported();
      await revoke(app, link.id);
      await loseLedger();
      await imported(lines);
      expect(await stateOf(link)).toBe('revoked');
      expect((await open(link.url)).status).toBe(410);
      expect(await typesOf(link)).toContain('link.revoked');
      expect(await imported(lines)).toMatchObject(NOTHING_NEW);
    }
  });

  it('and also where the alarm finds its gate', async () => {
    const link = await minted(app, EDGE);
    const lines = await exported();
    await revoke(app, link.id);
    await loseLedger();
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const gates = vi.spyOn(LinkGate.prototype, 'write').mockRejectedValue(new Error('gate down'));
    vi.spyOn(LinkGate.prototype, 'state').mockRejectedValue(new Error('gate down'));
    await imported(lines);
    gates.mockRestore();
    await runDurableObjectAlarm(ledger());
    expect(await stateOf(link)).toBe('revoked');
    expect((await open(link.url)).status).toBe(410);
  });

  it('a link that was ended before the export is ended', async () => {
    for (const terms of [{}, EDGE]) {
      const link = await minted(app, terms);
      const restore = await backUp();
      await revoke(app, link.id);
      const lines = await exported();
      await restore();
      await empty(gateOf(link.id));
      expect(await stateOf(link)).toBe('active');
      expect((await imported(lines)).imported).toBe(1);
      expect(await stateOf(link)).toBe('revoked');
      expect((await open(link.url)).status).toBe(410);
      expect(await imported(lines)).toMatchObject(NOTHING_NEW);
    }
  });

  it('the higher version wins, whichever it is', async () => {
    const link = await minted(app, { note: 'first', tags: ['old'] });
    const restore = await backUp();
    const older = await exported();
    await patch(link, { note: 'second', tags: ['new'], maxUses: 1 });
    const newer = await exported();
    expect(await imported(older)).toMatchObject(NOTHING_NEW);
    expect(await shown(link)).toMatchObject({ note: 'second', maxUses: 1 });

    await restore();
    expect((await imported(newer)).imported).toBe(1);
    expect(await shown(link)).toMatchObject({ note: 'second', maxUses: 1 });
    const byTag = await request('GET', '/v1/links?tag=new', { bearer: app.apiKey });
    expect((await json<{ items: object[] }>(byTag)).items).toHaveLength(1);
    expect((await redeem(link, 'one')).status).toBe(302);
    expect((await redeem(link, 'two')).status).toBe(410);
  });

  it('a link that was shortened after the export stays shortened, though the ledger was lost', async () => {
    const link = await minted(app);
    const lines = await exported();
    await patch(link, { expiresAt: new Date(Date.now() + 30 * SECOND).toISOString() });
    await loseLedger();
    await imported(lines);
    vi.setSystemTime(Date.now() + 31 * SECOND);
    expect((await open(link.url)).status).toBe(410);
    expect(await stateOf(link)).toBe('expired');
  });

  it('uses that were spent after the export stay spent', async () => {
    const link = await minted(app, { maxUses: 2 });
    await redeem(link, 'one');
    await reported(link.id);
    const lines = await exported();
    await redeem(link, 'two');
    await reported(link.id);
    expect(await imported(lines)).toMatchObject(NOTHING_NEW);
    expect((await redeem(link, 'three')).status).toBe(410);
    expect((await redeem(link, 'two')).status).toBe(302);
    await loseLedger();
    await imported(lines);
    expect((await redeem(link, 'three')).status).toBe(410);
    expect(await shown(link)).toMatchObject({ usesLeft: 0 });
  });

  it('a gate that forgot its uses is told of them, by what was exported', async () => {
    const link = await minted(app, { maxUses: 1 });
    const restore = await backUp();
    await redeem(link, 'one');
    await reported(link.id);
    const lines = await exported();
    await restore();
    await empty(gateOf(link.id));
    await imported(lines);
    expect((await redeem(link, 'two')).status).toBe(410);
  });

  it('a link that a suspension took for one that was over is ended', async () => {
    const link = await minted(app, { ttlSeconds: 600 });
    const putBack = await backUp();
    const lines = await exported();
    await patch(link, { expiresAt: new Date(Date.now() + DAY).toISOString() });
    await putBack();
    vi.setSystemTime(Date.now() + 3_600 * SECOND);
    await runDurableObjectAlarm(ledger());
    await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body: { suspended: true } });
    await imported(lines);
    expect((await open(link.url)).status).toBe(410);
  });

  it('a key that a revoked one made stays revoked, though the ledger forgot it', async () => {
    const leaked = await makeKey(app, { scopes: ['keys:manage', 'links:mint'] });
    const body = { scopes: ['links:mint'] };
    const made = await request('POST', '/v1/keys', { bearer: leaked.apiKey, body });
    const child = await json<{ id: string; apiKey: string }>(made);
    const lines = await exported();
    await ofLedger('DELETE FROM api_keys WHERE id = ?', child.id);
    await request('DELETE', `/v1/keys/${leaked.id}?app=${app.id}`, { bearer: OPERATOR });
    await imported(lines);
    expect((await mint({ ...app, apiKey: child.apiKey })).status).toBe(401);
  });

  it('a webhook is what it is said to be, whatever its outbox has heard since', async () => {
    const endpoint = createEndpoint();
    const hook = await makeWebhook(app);
    const lines = await exported();
    for (const to of ['2', '3', '4'])
      await patchWebhook(app, hook.id, { url: `${HOOK_URL}/${to}` });
    await loseLedger();
    await imported(lines);
    expect((await patchWebhook(app, hook.id, { enabled: true })).status).toBe(200);
    endpoint.answer = () => 500;
    await minted(app);
    const [sent] = await endpoint.wait(1, 'link.minted');
    expect(sent?.url).toBe(HOOK_URL);

    await patchWebhook(app, hook.id, { enabled: false });
    const [delivery] = await deliveriesOf(app, hook.id);
    expect(delivery).toMatchObject({ type: 'link.minted', status: 'dead' });
  });

  it('a webhook that was deleted since is one again, once somebody enables it', async () => {
    const endpoint = createEndpoint();
    const hook = await makeWebhook(app);
    const lines = await exported();
    await request('DELETE', `/v1/webhooks/${hook.id}`, { bearer: app.apiKey });
    vi.setSystemTime(Date.now() + SECOND);
    await imported(lines);
    await patchWebhook(app, hook.id, { enabled: true });
    await minted(app);
    await endpoint.wait(1, 'link.minted');
  });

  it('a webhook whose deletion its outbox has not heard of stays deleted', async () => {
    const hook = await makeWebhook(app);
    const lines = await exported();
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const take = vi.spyOn(WebhookOutbox.prototype, 'take').mockRejectedValue(new Error('down'));
    await request('DELETE', `/v1/webhooks/${hook.id}`, { bearer: app.apiKey });
    await imported(lines);
    take.mockRestore();
    expect((await request('GET', `/v1/webhooks/${hook.id}`, { bearer: app.apiKey })).status).toBe(
      404,
    );
  });

  it('no secret comes back that was rotated away after the export', async () => {
    const hook = await makeWebhook(app);
    const lines = await exported();
    const rotate = async () => {
      vi.setSystemTime(Date.now() + SECOND);
      const path = `/v1/webhooks/${hook.id}/rotate`;
      const { secret } = await json<{ secret: string }>(
        await request('POST', path, { bearer: app.apiKey }),
      );
      return secret;
    };
    const since = [await rotate(), await rotate()];
    await loseLedger();
    await imported(lines);
    expect(since).not.toContain(await rotate());
  });

  it('a ledger that was put back says so of a webhook that it knows no more, and sends nothing', async () => {
    const endpoint = createEndpoint();
    const hook = await makeWebhook(app);
    const [row] = await ofLedger('SELECT * FROM webhooks');
    await patchWebhook(app, hook.id, { url: `${HOOK_URL}/2` });
    await patchWebhook(app, hook.id, { enabled: false });
    await ofLedger('DELETE FROM webhooks');
    const values = Object.values(row ?? {}) as (string | number)[];
    const marks = values.map(() => '?').join(', ');
    await ofLedger(`INSERT INTO webhooks VALUES (${marks})`, ...values);
    await minted(app);
    await vi.waitFor(async () => {
      const shown = await request('GET', `/v1/webhooks/${hook.id}`, { bearer: app.apiKey });
      expect(await json(shown)).toMatchObject({ enabled: false, disabledReason: 'imported' });
    });
    expect(endpoint.received).toEqual([]);
  });

  it('a webhook made before the events were imported hears of none of them', async () => {
    const endpoint = createEndpoint();
    await minted(app);
    const lines = await exported();
    await loseLedger();
    await imported(lines.slice(0, 2));
    const body = { app: app.id, url: HOOK_URL };
    await request('POST', '/v1/webhooks', { bearer: OPERATOR, body });
    await imported(lines);
    const link = await minted(app);
    const sent = await endpoint.wait(1);
    expect(sent.map(({ event }) => event.data.linkId)).toEqual([link.id]);
  });

  it('an event whose place another has is dropped, and told', async () => {
    await minted(app);
    const lines = await exported();
    await ofLedger("UPDATE events SET type = 'link.denied' WHERE type = 'link.minted'");
    expect(await imported(lines)).toMatchObject({ imported: 0, dropped: 1 });
  });

  it('a key that was revoked after the export stays revoked, and a narrower app narrow', async () => {
    const key = await makeKey(app);
    const lines = await exported();
    await request('DELETE', `/v1/keys/${key.id}?app=${app.id}`, { bearer: OPERATOR });
    const body = { keyPrefixes: ['only/here/'] };
    await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });
    expect(await imported(lines)).toMatchObject(NOTHING_NEW);
    expect((await mintWith(withKey(app, key))).status).toBe(401);
    expect((await mintWith(app)).status).toBe(403);
  });
});

describe('where ledger and directory are of different times', () => {
  const directory = () => realEnv.DIRECTORY.getByName('directory') as unknown as DurableObjectStub;
  const change = (body: object) =>
    request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });

  /** As it stands now, to be put back later. */
  async function backUpDirectory(): Promise<() => Promise<void>> {
    const kept = await runInDurableObject(directory(), (_, { storage }) => [
      ...storage.kv.list<unknown>(),
    ]);
    return async () => {
      await runInDurableObject(directory(), async (_, { storage }) => {
        await storage.deleteAll();
        for (const [key, value] of kept) storage.kv.put(key, value);
      });
      await evictDurableObject(directory());
    };
  }

  it.each(['an import', 'a point in time'])(
    'a suspension after %s brought it back is one',
    async (how) => {
      const restore = await backUpDirectory();
      const link = await minted(app);
      const lines = await exported();
      for (const name of ['one', 'two', 'three']) await change({ name });
      if (how === 'an import') {
        await runInDurableObject(directory(), (_, { storage }) => storage.deleteAll());
        await evictDurableObject(directory());
        await imported(lines);
      } else await restore();

      const suspended = await change({ suspended: true });
      // What was changed after the backup is the ledger's to tell.
      expect(await json(suspended)).toMatchObject({
        suspendedAt: expect.any(String),
        name: 'three',
      });
      expect((await mint(app)).status).toBe(403);
      expect((await open(link.url)).status).toBe(410);
    },
  );

  it('a suspension that it forgot goes on, until somebody resumes', async () => {
    const restore = await backUpDirectory();
    await change({ suspended: true });
    await restore();
    expect(await json(await change({ name: 'later' }))).toMatchObject({
      name: 'later',
      suspendedAt: expect.any(String),
    });
    expect((await mint(app)).status).toBe(403);
    expect(await json(await change({ suspended: false }))).toMatchObject({ suspendedAt: null });
    expect((await mint(app)).status).toBe(201);
  });

  it('a repair suspends a ledger again that forgot its suspension', async () => {
    const link = await minted(app);
    const known = await runInDurableObject(ledger(), (_, { storage }) => storage.kv.get('app'));
    const putBack = await backUp();
    await change({ suspended: true });
    await putBack();
    await runInDurableObject(ledger(), (_, { storage }) => storage.kv.put('app', known));
    await evictDurableObject(ledger());
    expect((await mint(app)).status).toBe(201);
    const body = { repair: true };
    await request('POST', `/v1/apps/${app.id}/check`, { bearer: OPERATOR, body });
    expect((await mint(app)).status).toBe(403);
    expect((await open(link.url)).status).toBe(410);
  });

  it('a repair brings it what its ledger knows', async () => {
    const restore = await backUpDirectory();
    await change({ name: 'later', suspended: true });
    await restore();
    const body = { repair: true };
    const checked = await request('POST', `/v1/apps/${app.id}/check`, { bearer: OPERATOR, body });
    expect(checked.status).toBe(200);
    const known = await request('GET', `/v1/apps/${app.id}`, { bearer: OPERATOR });
    expect(await json(known)).toMatchObject({ name: 'later', suspendedAt: expect.any(String) });
  });
});

describe('an export', () => {
  it('holds no token, key, password or claim in clear', async () => {
    const link = await minted(app, { password: 'open sesame', maxUses: 2 });
    const claim = { 'Hallpass-Claim': 'claim-of-the-backup-test-clear' };
    await open(link.url, { method: 'POST', headers: claim, body: { password: 'open sesame' } });
    await reported(link.id);
    const text = JSON.stringify(await exported());
    expect(text).toContain(link.id);
    const secrets = [new URL(link.url).pathname.slice(1), app.apiKey.slice(-29), 'open sesame'];
    for (const secret of [...secrets, claim['Hallpass-Claim'], OPERATOR]) {
      expect(text).not.toContain(secret);
    }
  });

  it('goes page by page through more than one page holds', async () => {
    const link = await minted(app);
    // Of one time, so that a page ends among them.
    await ofLedger(
      `WITH RECURSIVE more(n) AS (SELECT 1 UNION SELECT n + 1 FROM more WHERE n < 449)
       INSERT INTO links SELECT id || n, status, version, settled, ended_at, created_at, minted_by,
         store, key, terms, expires_at, reported FROM links, more`,
    );
    await ofLedger(
      `WITH RECURSIVE more(n) AS (SELECT 1 UNION SELECT n + 1 FROM more WHERE n < 449)
       INSERT INTO events (type, at, subject, actor) SELECT 'link.minted', 0, ? || n, '' FROM more`,
      link.id,
    );
    const lines = await exported();
    const ids = lines.filter(({ kind }) => kind === 'link').map(({ data }) => data.id);
    expect(ids).toHaveLength(450);
    expect(new Set(ids).size).toBe(450);
    const places = lines.filter(({ kind }) => kind === 'event').map(({ data }) => data.seq);
    expect(places).toEqual(Array.from({ length: 451 }, (_, index) => index + 1));
    expect(lines.at(0)?.kind).toBe('header');
    expect(lines.at(-1)?.kind).toBe('end');
  });

  it('waits until links are live no more that are revoked', async () => {
    await minted(app);
    await ofLedger("INSERT INTO revocations (terms) VALUES ('{}')");
    const refused = await askExport();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('Retry-After')).toBe('5');
  });

  it('leaves mints out that are under way', async () => {
    await minted(app);
    await ofLedger("UPDATE links SET status = 'pending', settled = 0");
    expect((await exported()).filter(({ kind }) => kind === 'link')).toEqual([]);
  });

  it('and import are for operators, and of an app that there is', async () => {
    const lines = await exported();
    expect((await askExport('', app.apiKey)).status).toBe(403);
    expect((await askImport(lines.slice(0, 2), app.apiKey)).status).toBe(403);
    expect((await askExport('', OPERATOR, 'nobody')).status).toBe(404);
    expect((await askExport('mine')).status).toBe(400);
    await reset();
    const [header] = lines;
    expect((await askImport(header ? [header] : [])).status).toBe(404);
  });
});

describe('an import refuses', () => {
  const refusal = async (records: readonly Line[], id = app.id) => {
    const response = await askImport(records, OPERATOR, id);
    expect(response.status).toBe(400);
    return (await json<{ errors: { pointer: string }[] }>(response)).errors[0]?.pointer;
  };

  it('what was tampered with, or is another app’s', async () => {
    await minted(app);
    const lines = await exported();
    const links = lines.filter(({ kind }) => kind === 'link');
    const forged = links.map((line) => ({
      ...line,
      data: { ...line.data, limits: { expiresAt: Date.now() + DAY, claimSeconds: 1 } },
    }));
    expect(await refusal([...lines.slice(0, 2), ...forged])).toBe('/records/2');
    expect(await refusal(links.map((line) => ({ ...line, kind: 'event' })))).toBe('/records/0');
    const other = await makeApp();
    expect(await refusal(links, other.id)).toBe('/records/0');
    const unsigned = links.map((line) => ({ ...line, signature: '0'.repeat(64) }));
    expect(await refusal(unsigned)).toBe('/records/0');
  });

  it('more than one request may have', async () => {
    for (let count = 0; count < 11; count++) await minted(app);
    const lines = await exported();
    expect(await refusal(lines.filter(({ kind }) => kind === 'link'))).toBe('/records');
    expect(await refusal(Array(101).fill(lines[0]))).toBe('/records');
    expect(await refusal([])).toBe('/records');
  });
});

const MINT = { store: 'demo', key: 'reports/q3.pdf', operation: 'download' };

function mintWith({ apiKey }: TestApp): Promise<Response> {
  return request('POST', '/v1/links', { bearer: apiKey, body: { ...MINT, ttlSeconds: 600 } });
}

function check(): Promise<Response> {
  return request('POST', `/v1/apps/${app.id}/check`, { bearer: OPERATOR, body: {} });
}

function mintedInbox(): Promise<MintedOnWire> {
  const upload = { maxBytes: 1_000 };
  return minted(app, { key: 'inbox/', operation: 'upload', upload, maxUses: 5 });
}

/** Sends a file to a store that has it at once. */
async function uploaded(inbox: MintedOnWire, name: string): Promise<void> {
  const id = `claim-of-the-backup-test-${name}`;
  const path = `${new URL(inbox.url).pathname}/uploads`;
  const body = { size: 10, contentType: 'image/png', filename: `${name}.png` };
  await request('POST', path, { body, headers: { 'Hallpass-Claim': id } });
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
    const headers = { 'Content-Type': 'image/png', ETag: '"e"', 'Content-Length': '10' };
    return new Response('x'.repeat(10), {
      headers: { ...headers, 'Last-Modified': new Date().toUTCString() },
    });
  });
  const completed = await request('POST', `${path}/${id}/complete`);
  if (completed.status !== 200) throw new Error(`complete answered ${await completed.text()}`);
  vi.restoreAllMocks();
  await reported(inbox.id);
}
