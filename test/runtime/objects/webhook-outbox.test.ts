// How an outbox delivers: again by the schedule until delivered or dead, each for itself, and whatever
// happens to the object, the endpoint or the ledger meanwhile.

import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppLedger } from '../../../src/index.ts';
import { makeApp, minted, realEnv, request, revoke, type TestApp } from '../../support/api.ts';
import {
  createEndpoint,
  deliveriesOf,
  type Endpoint,
  inspect,
  ledgerOf,
  makeWebhook,
  outboxOf,
  patch,
  post,
  ring,
  verify,
  type WebhookOnWire,
  waitForDeliveries,
} from '../../support/webhooks.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The schedule with the longest jitter. */
const DELAYS = [5 * SECOND, 5 * MINUTE, HOUR / 2, ...[2, 5, 10, 14, 20, 24].map((h) => h * HOUR)];
const LATEST = DELAYS.map((delay) => delay * 1.1);

let app: TestApp;
let endpoint: Endpoint;
let webhook: WebhookOnWire;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  endpoint = createEndpoint();
  app = await makeApp();
  webhook = await makeWebhook(app);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const outbox = () => outboxOf(webhook.id);
const deliveries = (query = '') => deliveriesOf(app, webhook.id, query);
const waitFor = (expected: object[]) => waitForDeliveries(app, webhook.id, expected);
const armed = () => runInDurableObject(outbox(), (_, ctx) => ctx.storage.getAlarm());
const idsOf = () => endpoint.received.map(({ headers }) => headers['webhook-id']);

/** Takes the outbox's memory in the middle of whatever it does. */
async function die(): Promise<void> {
  const dying = runInDurableObject(outbox(), (_, ctx) => ctx.abort('died'));
  await dying.catch(() => {});
}

/** An answer that comes only when it is told to. */
function held() {
  const { promise, resolve } = Promise.withResolvers<number>();
  return { promise, resolve };
}

describe('a delivery', () => {
  it('that fails is tried by the schedule, the same each time, and dead after ten attempts', async () => {
    endpoint.answer = () => 500;
    await minted(app);
    await waitFor([{ status: 'pending', attempts: 1, lastStatus: 500 }]);
    for (const [index, delay] of DELAYS.entries()) {
      const [delivery] = await deliveries();
      const dueAt = Date.parse(String(delivery?.nextAttemptAt));
      const waits = dueAt - Date.parse(String(delivery?.lastAttemptAt));
      expect(waits).toBeGreaterThanOrEqual(delay);
      expect(waits).toBeLessThanOrEqual(Number(LATEST[index]) + 1);
      // Not before its time.
      await ring(outbox());
      expect(endpoint.received).toHaveLength(index + 1);
      await ring(outbox(), dueAt - Date.now());
      await waitFor([{ attempts: index + 2 }]);
    }
    expect(await deliveries()).toMatchObject([
      { status: 'dead', attempts: 10, lastStatus: 500, nextAttemptAt: null },
    ]);
    expect(new Set(idsOf()).size).toBe(1);
    expect(new Set(endpoint.received.map(({ body }) => body)).size).toBe(1);
    const [last] = endpoint.received.slice(-1);
    expect(last && verify(webhook.secret, last)).toBeDefined();
  });

  it('is not followed to where a redirect points, which is a failure', async () => {
    endpoint.answer = () => 302;
    await minted(app);
    await waitFor([{ status: 'pending', lastStatus: 302 }]);
    expect(endpoint.received).toHaveLength(1);
  });

  it('without an answer is tried again', async () => {
    endpoint.answer = () => new TypeError('no route to https://hooks.example.com');
    await minted(app);
    await waitFor([{ status: 'pending', lastError: 'unreachable', lastStatus: null }]);
    endpoint.answer = () => 200;
    await ring(outbox(), 6 * SECOND);
    await waitFor([{ status: 'delivered', attempts: 2, lastStatus: 200, lastError: null }]);
  });

  it('that was interrupted is made again under the same id', async () => {
    endpoint.answer = () => held().promise;
    await minted(app);
    await endpoint.wait(1);
    expect(await armed()).toBeLessThanOrEqual(Date.now() + 20 * SECOND);
    await die();
    endpoint.answer = () => 200;
    await ring(outbox(), 20 * SECOND);
    await waitFor([{ status: 'delivered', attempts: 1 }]);
    expect(endpoint.received).toHaveLength(2);
    expect(new Set(idsOf()).size).toBe(1);
  });

  it('keeps its place in the schedule when its outbox is evicted', async () => {
    endpoint.answer = () => 500;
    await minted(app);
    await waitFor([{ attempts: 1 }]);
    await ring(outbox(), 6 * SECOND);
    await evictDurableObject(outbox());
    const [delivery] = await deliveries();
    expect(delivery).toMatchObject({ status: 'pending', attempts: 2 });
    expect(await armed()).toBe(Date.parse(String(delivery?.nextAttemptAt)));
  });

  it('that hangs holds up no other', async () => {
    const hanging = held();
    const other = await makeWebhook(app, { url: 'https://other.example.com' });
    let calls = 0;
    endpoint.answer = ({ url }) => {
      if (url.includes('other')) return 200;
      calls += 1;
      return calls === 1 ? hanging.promise : 200;
    };
    await minted(app);
    await waitForDeliveries(app, other.id, [{ status: 'delivered' }]);
    await minted(app);
    await waitFor([{ status: 'delivered' }, { status: 'pending', attempts: 0 }]);
    // Nor does the alarm that waits for it.
    const alarm = ring(outbox(), 20 * SECOND);
    await minted(app);
    await waitFor([{ status: 'delivered' }, { status: 'delivered' }, { status: 'pending' }]);
    hanging.resolve(200);
    await alarm;
    await waitFor(Array(3).fill({ status: 'delivered', attempts: 1 }));
  });

  it('waits its turn when ten are under way', async () => {
    let underway = 0;
    let most = 0;
    endpoint.answer = async () => {
      underway += 1;
      most = Math.max(most, underway);
      await new Promise((resolve) => setTimeout(resolve, 5));
      underway -= 1;
      return 200;
    };
    const test = () => post(app, `/${webhook.id}/test`);
    await Promise.all(Array.from({ length: 25 }, test));
    await waitFor(Array(25).fill({ status: 'delivered', attempts: 1 }));
    expect(most).toBe(10);
  });

  it('is begun anew by hand, whatever became of it, with the schedule from its start', async () => {
    endpoint.answer = () => 500;
    await minted(app);
    await waitFor([{ attempts: 1 }]);
    for (const delay of LATEST) await ring(outbox(), delay);
    const [dead] = await deliveries();
    expect(dead).toMatchObject({ status: 'dead', attempts: 10 });
    const redeliver = () => post(app, `/${webhook.id}/deliveries/${dead?.id}/redeliver`);
    const response = await redeliver();
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ id: dead?.id, status: 'pending' });
    await waitFor([{ status: 'pending', attempts: 11 }]);
    endpoint.answer = () => 200;
    await ring(outbox(), 6 * SECOND);
    await waitFor([{ status: 'delivered', attempts: 12 }]);
    await redeliver();
    await waitFor([{ status: 'delivered', attempts: 13 }]);
    expect(new Set(idsOf()).size).toBe(1);
  });

  it('goes nowhere that is not allowed any more', async () => {
    await runInDurableObject(ledgerOf(app), (_, ctx) => {
      ctx.storage.sql.exec(
        "UPDATE webhooks SET version = version + 1, terms = replace(terms, 'hooks.example.com', '10.0.0.1')",
      );
    });
    await minted(app);
    await waitFor([{ status: 'pending', lastError: 'target_not_allowed' }]);
    expect(endpoint.received).toEqual([]);
  });

  it('is not signed with another secret when its root key is gone', async () => {
    await runInDurableObject(ledgerOf(app), (_, ctx) => {
      ctx.storage.sql.exec(
        `UPDATE webhooks SET version = version + 1,
           terms = json_set(terms, '$.secret.rootKeyId', 'removed')`,
      );
    });
    await minted(app);
    await waitFor([{ status: 'pending', lastError: 'secret_not_available' }]);
    expect(endpoint.received).toEqual([]);
    const rotated = await post(app, `/${webhook.id}/rotate`);
    const { secret } = (await rotated.json()) as WebhookOnWire;
    await ring(outbox(), 6 * SECOND);
    const [received] = await endpoint.wait(1);
    expect(received && verify(secret, received)).toBeDefined();
  });

  it('is forgotten after 7 days when delivered, after 30 when dead', async () => {
    await minted(app);
    await waitFor([{ status: 'delivered' }]);
    endpoint.answer = () => 410;
    await minted(app);
    await waitFor([{ status: 'dead' }, { status: 'delivered' }]);
    await ring(outbox(), 7 * DAY - MINUTE);
    expect(await deliveries()).toHaveLength(2);
    await ring(outbox(), HOUR);
    await waitFor([{ status: 'dead' }]);
    await ring(outbox(), 23 * DAY);
    expect(await deliveries()).toEqual([]);
  });
});

describe('an endpoint that answers 410', () => {
  it('has its webhook disabled, and hears no more', async () => {
    endpoint.answer = () => 410;
    await minted(app);
    await vi.waitFor(async () =>
      expect(await inspect(app, webhook.id)).toMatchObject({
        enabled: false,
        disabledReason: 'gone',
      }),
    );
    await waitFor([{ status: 'dead', attempts: 1, lastStatus: 410 }]);
    await minted(app);
    await ring(outbox(), DAY);
    expect(endpoint.received).toHaveLength(1);
  });

  it('has what was pending be dead, visibly', async () => {
    endpoint.answer = () => 500;
    await minted(app);
    await waitFor([{ status: 'pending' }]);
    endpoint.answer = () => 410;
    await minted(app);
    await waitFor([
      { status: 'dead', lastStatus: 410 },
      { status: 'dead', lastStatus: 500, lastError: 'webhook_disabled' },
    ]);
  });

  it('has its webhook disabled though the ledger is out of reach for a while', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const disableGone = vi
      .spyOn(AppLedger.prototype, 'disableGone')
      .mockRejectedValue(new Error('the ledger is down'));
    endpoint.answer = () => 410;
    await minted(app);
    await vi.waitFor(() => expect(disableGone).toHaveBeenCalled());
    await evictDurableObject(outbox());
    // What the ledger sends meanwhile is dead at once, and not lost.
    await minted(app);
    await waitFor([{ status: 'dead', lastError: 'webhook_disabled' }, { status: 'dead' }]);
    expect(endpoint.received).toHaveLength(1);

    disableGone.mockRestore();
    await ring(outbox(), 20 * SECOND);
    expect(await inspect(app, webhook.id)).toMatchObject({ disabledReason: 'gone' });
  });

  it('does not disable a webhook that points elsewhere by now', async () => {
    const answer = held();
    endpoint.answer = ({ url }) => (url.includes('elsewhere') ? 200 : answer.promise);
    await minted(app);
    await endpoint.wait(1);
    await patch(app, webhook.id, { url: 'https://elsewhere.example.com' });
    answer.resolve(410);
    await waitFor([{ status: 'pending', lastStatus: 410 }]);
    expect(await inspect(app, webhook.id)).toMatchObject({ enabled: true });
    await ring(outbox(), 6 * SECOND);
    await waitFor([{ status: 'delivered' }]);
  });

  it('is heard of again once somebody enables its webhook', async () => {
    endpoint.answer = () => 410;
    await minted(app);
    await vi.waitFor(async () =>
      expect(await inspect(app, webhook.id)).toMatchObject({ enabled: false }),
    );
    endpoint.answer = () => 200;
    expect((await patch(app, webhook.id, { enabled: true })).status).toBe(200);
    await minted(app);
    await waitFor([{ status: 'delivered' }, { status: 'dead' }]);
  });
});

describe('a deleted webhook', () => {
  it('delivers no more, and no late message brings it back', async () => {
    const answer = held();
    endpoint.answer = () => answer.promise;
    const link = await minted(app);
    await endpoint.wait(1);
    await request('DELETE', `/v1/webhooks/${webhook.id}`, { bearer: app.apiKey });
    answer.resolve(500);
    await revoke(app, link.id);
    const late = { id: 'evt_late', type: 'link.minted', body: '{}' };
    const record = {
      version: 1,
      app: app.id,
      webhook: { ...webhook, url: 'https://x.example.com' },
    };
    const stub = realEnv.OUTBOXES.getByName(webhook.id);
    for (let count = 0; count < 2; count++) {
      await stub.take(record as never, [late]);
      await ring(outbox(), HOUR);
    }
    expect(endpoint.received).toHaveLength(1);
    expect(await stub.list(undefined, { limit: 10 })).toEqual({ items: [] });
    await ring(outbox(), DAY);
    const left = await runInDurableObject(outbox(), (_, ctx) => [...ctx.storage.kv.list()]);
    expect(left).toEqual([]);
  });
});
