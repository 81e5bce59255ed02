// How events come from the ledger to outboxes: none is lost, whatever dies or can't be reached, and an
// app without a webhook pays nothing for it.

import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebhookOutbox } from '../../../src/index.ts';
import {
  json,
  makeApp,
  makeKey,
  minted,
  OPERATOR,
  open,
  realEnv,
  request,
  revoke,
  type TestApp,
} from '../../support/api.ts';
import {
  createEndpoint,
  deliveriesOf,
  type Endpoint,
  inspect,
  ledgerOf,
  makeWebhook,
  patch,
  ring,
  waitForDeliveries,
} from '../../support/webhooks.ts';

const SECOND = 1_000;
const DAY = 86_400 * SECOND;

let app: TestApp;
let endpoint: Endpoint;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  endpoint = createEndpoint();
  app = await makeApp({ stores: ['demo', 'other'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const take = WebhookOutbox.prototype.take;

/** What befalls calls of outboxes: they never arrive, or their answers are lost. */
function outboxesFail(fault: 'lost' | 'unanswered') {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const taken = vi.spyOn(WebhookOutbox.prototype, 'take').mockImplementation(async function (
    this: WebhookOutbox,
    ...call
  ) {
    if (fault === 'unanswered') await take.apply(this, call);
    throw new Error('the outbox is down');
  });
  return {
    warned,
    taken,
    recover() {
      taken.mockImplementation(function (this: WebhookOutbox, ...call) {
        return take.apply(this, call);
      });
    },
  };
}

const armed = () => runInDurableObject(ledgerOf(app), (_, ctx) => ctx.storage.getAlarm());
const eventIds = async () => {
  const response = await request('GET', '/v1/events', { bearer: app.apiKey });
  const { items } = await json<{ items: { id: string; type: string }[] }>(response);
  return items.filter(({ type }) => type.startsWith('link.')).map(({ id }) => id);
};
const typesOf = () => endpoint.received.map(({ event }) => event.type);

describe('an event', () => {
  it('is sent at once and as it can be read, under its own id', async () => {
    await makeWebhook(app);
    const link = await minted(app);
    const [received] = await endpoint.wait(1);
    const response = await request('GET', '/v1/events?type=link.minted', { bearer: app.apiKey });
    const { items } = await json<{ items: { id: string; at: string }[] }>(response);
    expect(received?.event).toEqual({
      type: 'link.minted',
      timestamp: link.createdAt,
      data: items[0],
    });
    expect(received?.headers['webhook-id']).toBe(items[0]?.id);
  });

  it.each([
    [{ types: ['link.revoked'] }, ['link.revoked']],
    [{ types: ['link.minted', 'key.created'] }, ['link.minted', 'link.minted', 'key.created']],
    [{ tags: ['a', 'c'] }, ['link.minted', 'link.revoked']],
    [{ tags: ['none'] }, []],
    [{ types: ['link.minted'], tags: ['a'] }, ['link.minted']],
    [{}, ['link.minted', 'link.minted', 'link.revoked', 'key.created']],
  ])('is sent where it is asked for: %j', async (filters, expected) => {
    const { id } = await makeWebhook(app, filters);
    const tagged = await minted(app, { tags: ['a', 'b'] });
    await minted(app, { tags: ['b'] });
    await revoke(app, tagged.id);
    await makeKey(app, {}, app.apiKey);
    await endpoint.wait(expected.length);
    await waitForDeliveries(
      app,
      id,
      expected.map(() => ({ status: 'delivered' })),
    );
    expect(typesOf().sort()).toEqual([...expected].sort());
  });

  it('before a webhook was made is none of its', async () => {
    await minted(app);
    await makeWebhook(app);
    const link = await minted(app);
    const [first] = await endpoint.wait(1);
    expect(first?.event.data.linkId).toBe(link.id);
  });

  it('of a gate’s report and of a link’s end by time is sent too', async () => {
    await makeWebhook(app, { types: ['link.redeemed', 'link.expired'] });
    const link = await minted(app, { maxUses: 2, ttlSeconds: 60 });
    await open(link.url, { headers: { 'Hallpass-Claim': 'claim-of-the-webhook-test' } });
    await ring(realEnv.GATES.getByName(link.id) as unknown as DurableObjectStub, 10 * SECOND);
    await endpoint.wait(1, 'link.redeemed');
    await ring(ledgerOf(app), 60 * SECOND);
    await endpoint.wait(1, 'link.expired');
  });
});

describe('the ledger’s alarm', () => {
  it('is armed before what may add an event, so that a crash strands none', async () => {
    await makeWebhook(app);
    let alarmAt: number | null = null;
    // As if the ledger died after the commit: what it would have sent right after never leaves.
    const { taken, recover } = outboxesFail('lost');
    await runInDurableObject(ledgerOf(app), (_, ctx) => ctx.storage.deleteAlarm());
    const link = await minted(app);
    await vi.waitFor(() => expect(taken).toHaveBeenCalled());
    await revoke(app, link.id);
    alarmAt = await armed();
    await evictDurableObject(ledgerOf(app));
    expect(alarmAt).toBeLessThanOrEqual(Date.now() + 5 * SECOND);

    recover();
    await ring(ledgerOf(app), 5 * SECOND);
    const received = await endpoint.wait(2);
    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual(await eventIds());
  });

  it('is armed while the work is still under way', async () => {
    await makeWebhook(app);
    const link = await minted(app);
    await endpoint.wait(1);
    await runInDurableObject(ledgerOf(app), (_, ctx) => ctx.storage.deleteAlarm());
    const armedMeanwhile: (number | null)[] = [];
    const gate = vi.spyOn(realEnv.GATES, 'getByName');
    await runInDurableObject(ledgerOf(app), async (instance, ctx) => {
      const { storage } = ctx;
      const commit = storage.transactionSync.bind(storage);
      vi.spyOn(storage, 'transactionSync').mockImplementation((work) => {
        storage.getAlarm().then((at) => armedMeanwhile.push(at));
        return commit(work);
      });
      expect(instance).toBeDefined();
    });
    await revoke(app, link.id);
    gate.mockRestore();
    expect(armedMeanwhile[0]).not.toBeNull();
    expect(armedMeanwhile[0]).toBeLessThanOrEqual(Date.now() + 5 * SECOND);
    await endpoint.wait(2);
  });

  it('tries again what an outbox did not take, ever later, and loses nothing', async () => {
    const { id } = await makeWebhook(app);
    const { taken, warned, recover } = outboxesFail('lost');
    for (let count = 0; count < 3; count++) await minted(app);
    await vi.waitFor(() => expect(warned).toHaveBeenCalled());
    const calls = taken.mock.calls.length;
    await ring(ledgerOf(app), 60 * SECOND);
    expect(taken.mock.calls.length).toBe(calls + 1);
    // It was said a moment ago when to come back.
    await ring(ledgerOf(app));
    expect(taken.mock.calls.length).toBe(calls + 1);
    expect(await armed()).toBeGreaterThan(Date.now());
    expect(JSON.stringify(warned.mock.calls)).toContain(id);

    recover();
    await ring(ledgerOf(app), 60 * SECOND);
    const received = await endpoint.wait(3);
    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual(await eventIds());
  });

  it('is not stopped by an outbox out of reach: the rest is done, and it comes back', async () => {
    await makeWebhook(app);
    const reachable = await makeWebhook(app, { url: 'https://other.example.com' });
    const link = await minted(app, { ttlSeconds: 60 });
    await endpoint.wait(2);
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    vi.spyOn(WebhookOutbox.prototype, 'take').mockImplementation(async function (
      this: WebhookOutbox,
      record,
      messages,
    ) {
      if (record.webhook?.id !== reachable.id) throw new Error('the outbox is down');
      return take.call(this, record, messages);
    });
    await ring(ledgerOf(app), 61 * SECOND);
    const shown = await request('GET', `/v1/links/${link.id}`, { bearer: app.apiKey });
    expect(await shown.json()).toMatchObject({ state: 'expired' });
    await endpoint.wait(1, 'link.expired');
    expect(await armed()).not.toBeNull();
  });

  it('sends once what an outbox took though its answer was lost', async () => {
    const { id } = await makeWebhook(app);
    const { warned, recover } = outboxesFail('unanswered');
    await minted(app);
    await vi.waitFor(() => expect(warned).toHaveBeenCalled());
    await endpoint.wait(1);
    recover();
    await evictDurableObject(ledgerOf(app));
    await ring(ledgerOf(app), 60 * SECOND);
    await waitForDeliveries(app, id, [{ status: 'delivered', attempts: 1 }]);
    expect(endpoint.received).toHaveLength(1);
  });

  it('brings a change to an outbox that could not be told', async () => {
    const { id } = await makeWebhook(app);
    await minted(app);
    await endpoint.wait(1);
    const { recover } = outboxesFail('lost');
    const url = 'https://elsewhere.example.com/';
    expect((await patch(app, id, { url })).status).toBe(202);
    const removed = await makeWebhook(app);
    const deleted = await request('DELETE', `/v1/webhooks/${removed.id}`, { bearer: app.apiKey });
    expect(deleted.status).toBe(202);
    recover();
    await evictDurableObject(ledgerOf(app));
    await ring(ledgerOf(app), 60 * SECOND);
    endpoint.received.length = 0;
    await request('POST', `/v1/webhooks/${id}/test`, { bearer: app.apiKey });
    expect(await endpoint.wait(1)).toMatchObject([{ url }]);
    const left = await runInDurableObject(ledgerOf(app), (_, ctx) =>
      ctx.storage.sql.exec('SELECT id FROM webhooks').toArray(),
    );
    expect(left).toEqual([{ id }]);
  });

  it('sends a long backlog in batches', async () => {
    const { id } = await makeWebhook(app, { types: ['link.failed'] });
    const link = await minted(app);
    const { taken, recover } = outboxesFail('lost');
    await runInDurableObject(ledgerOf(app), (_, ctx) => {
      for (let count = 0; count < 250; count++) {
        ctx.storage.sql.exec(
          "INSERT INTO events (type, at, subject, actor) VALUES ('link.failed', ?, ?, 'hallpass')",
          Date.now(),
          link.id,
        );
      }
    });
    recover();
    expect(await ring(ledgerOf(app), 60 * SECOND)).toBe(true);
    const batches = taken.mock.calls.map(([, messages]) => messages.length);
    expect(batches).toEqual([100, 100, 50]);
    await vi.waitFor(async () => {
      expect(await deliveriesOf(app, id, '?status=delivered&limit=200')).toHaveLength(200);
    });
  });
});

describe('retention', () => {
  const setRetention = (eventRetentionDays: number) =>
    request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body: { eventRetentionDays } });

  it('keeps what a webhook has still to be sent, until it is', async () => {
    await setRetention(1);
    const { id } = await makeWebhook(app, { types: ['link.minted'] });
    const { recover } = outboxesFail('lost');
    await minted(app);
    await ring(ledgerOf(app), 2 * DAY);
    const [kept] = await eventIds();
    expect(kept).toBeDefined();
    expect(await armed()).toBeGreaterThan(Date.now());
    recover();
    await ring(ledgerOf(app), 60 * SECOND);
    await waitForDeliveries(app, id, [{ id: kept, status: 'delivered' }]);
    await ring(ledgerOf(app), DAY);
    expect(await eventIds()).not.toContain(kept);
  });

  it('keeps nothing for a webhook that is disabled and has been sent everything', async () => {
    await setRetention(1);
    const { id } = await makeWebhook(app);
    await patch(app, id, { enabled: false });
    await minted(app);
    await ring(ledgerOf(app), 2 * DAY);
    await ring(ledgerOf(app), 2 * DAY);
    expect(await inspect(app, id)).toMatchObject({ enabled: false });
    expect(await eventIds()).toHaveLength(0);
  });
});

describe('an app without an enabled webhook', () => {
  /** What a ledger does to its storage in the course of some work. */
  async function operationsOf(work: () => Promise<void>): Promise<string[]> {
    const operations: string[] = [];
    await runInDurableObject(ledgerOf(app), (_, { storage }) => {
      for (const method of ['getAlarm', 'setAlarm', 'transactionSync'] as const) {
        const call = storage[method].bind(storage) as (...inputs: unknown[]) => unknown;
        vi.spyOn(storage, method).mockImplementation(((...inputs: unknown[]) => {
          operations.push(method);
          return call(...inputs);
        }) as never);
      }
    });
    await work();
    return operations;
  }

  const everything = async () => {
    const link = await minted(app);
    await request('PATCH', `/v1/links/${link.id}`, { bearer: app.apiKey, body: { maxUses: 3 } });
    await revoke(app, link.id);
    await makeKey(app, {}, app.apiKey);
  };

  it('arms no more alarms than its links need, and wakes no outbox', async () => {
    const taken = vi.spyOn(WebhookOutbox.prototype, 'take');
    // A mint, a change and a revoke arm the alarm for themselves; a key needs none.
    const expected = [
      ...['getAlarm', 'setAlarm', 'transactionSync', 'transactionSync'],
      ...['getAlarm', 'transactionSync', 'getAlarm'],
      ...['transactionSync'],
      ...['getAlarm', 'transactionSync'],
      ...['transactionSync'],
    ];
    const operations = await operationsOf(everything);
    expect(operations.filter((name) => name !== 'transactionSync')).toEqual(
      expected.filter((name) => name !== 'transactionSync'),
    );
    expect(taken).not.toHaveBeenCalled();
  });

  it('pays no more once its webhook is disabled', async () => {
    await everything();
    const before = await operationsOf(everything);
    vi.restoreAllMocks();
    const { id } = await makeWebhook(app);
    await patch(app, id, { enabled: false });
    expect(await operationsOf(everything)).toEqual(before);
  });
});
