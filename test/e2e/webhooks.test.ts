// Webhooks by HTTP, from the API to a real endpoint: verified, retried, and never lost.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ask,
  type DeliveryOnWire,
  deliveriesOf,
  makeWebhook,
  type Receiver,
  startReceiver,
  type WebhookOnWire,
  waitUntil,
} from './receiver.ts';
import {
  makeFolder,
  mintLink,
  portsOf,
  removeFolder,
  revokeLink,
  type Stack,
  startStack,
} from './stack.ts';

const folder = makeFolder();
const running: Stack[] = [];
let stack: Stack;
let receiver: Receiver;

async function start(where: string, ports?: { gateway: number; s3: number }): Promise<Stack> {
  const started = await startStack(where, ports);
  running.push(started);
  return started;
}

beforeAll(async () => {
  stack = await start(folder);
});
afterAll(async () => {
  for (const started of running.splice(0)) await started.interrupt();
  removeFolder(folder);
});
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => {
  receiver.close();
  expect(receiver.refused).toEqual([]);
  for (const secret of receiver.secrets) {
    expect(running.map((one) => one.output()).join()).not.toContain(secret);
  }
});

/** Each test has a tag of its own, so that none hears of another's links. */
const mint = (tag: string) => mintLink(stack, { key: stack.objects[0], tags: [tag] });
const of = (path: string) => receiver.received.filter((received) => received.path === path);
const settled = (id: string, status: string) =>
  waitUntil(async () => {
    const [delivery] = await deliveriesOf(stack, id);
    return delivery?.status === status && delivery;
  });

describe('an endpoint', () => {
  it('gets each event, verified by the standardwebhooks library', async () => {
    const { id } = await makeWebhook(stack, receiver, { path: '/all', tags: ['all'] });
    const link = await mint('all');
    await revokeLink(stack, link.id);
    const received = await waitUntil(() => of('/all').length === 2 && of('/all'));
    expect(received.map(({ event }) => event.type).sort()).toEqual(['link.minted', 'link.revoked']);
    expect(received.every(({ event }) => event.data.linkId === link.id)).toBe(true);
    await settled(id, 'delivered');
    const { items } = await ask<{ items: { id: string }[] }>(
      stack,
      'GET',
      `/v1/events?linkId=${link.id}`,
    );
    expect(received.map((one) => one.id).sort()).toEqual(items.map((one) => one.id).sort());
  });

  it('that answers 500 gets it again after five seconds, under the same id', async () => {
    receiver.answer = (_, response) => {
      response.writeHead(receiver.received.length === 1 ? 500 : 200).end();
    };
    const { id } = await makeWebhook(stack, receiver, { path: '/500', tags: ['500'] });
    const startedAt = Date.now();
    await mint('500');
    const delivery = await settled(id, 'delivered');
    expect(Date.now() - startedAt).toBeGreaterThan(4_900);
    expect(delivery).toMatchObject({ attempts: 2, lastStatus: 200 });
    expect(new Set(receiver.received.map((one) => one.id)).size).toBe(1);
    expect(receiver.received).toHaveLength(2);
  });

  it('that hangs is given up after 15 s, and delays neither links nor other deliveries', async () => {
    const hanging = new Set<string>();
    receiver.answer = ({ id, path }, response) => {
      // Its first message gets no answer at all.
      if (path === '/hangs' && hanging.size === 0) hanging.add(id);
      else response.writeHead(204).end();
    };
    const hangs = await makeWebhook(stack, receiver, { path: '/hangs', tags: ['hang'] });
    await makeWebhook(stack, receiver, { path: '/other', tags: ['hang'] });
    const startedAt = Date.now();
    await mint('hang');
    await waitUntil(() => hanging.size === 1 && of('/other').length === 1);
    const late = await mint('hang');
    await waitUntil(() => of('/other').length === 2 && of('/hangs').length === 2);
    expect((await revokeLink(stack, late.id)).status).toBe(200);
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    const timedOut = await waitUntil(async () => {
      const deliveries = await deliveriesOf(stack, hangs.id);
      return deliveries.find(({ lastError }) => lastError === 'timeout');
    });
    expect(Date.now() - startedAt).toBeGreaterThan(14_900);
    expect(hanging).toContain(timedOut.id);
    // By the schedule it comes again five seconds later.
    await waitUntil(async () => {
      const deliveries = await deliveriesOf(stack, hangs.id);
      return deliveries.every(({ status }) => status === 'delivered');
    });
  });

  it('that redirects is not followed', async () => {
    receiver.answer = (_, response) => {
      response.writeHead(307, { Location: `${receiver.url}/elsewhere` }).end();
    };
    const { id } = await makeWebhook(stack, receiver, { path: '/moved', tags: ['moved'] });
    await mint('moved');
    const failed = await waitUntil(async () => {
      const [delivery] = await deliveriesOf(stack, id);
      return delivery?.lastStatus === 307 && delivery;
    });
    expect(failed).toMatchObject({ status: 'pending', attempts: 1 });
    expect(of('/elsewhere')).toEqual([]);
  });

  it('that answers 410 gets nothing more', async () => {
    receiver.answer = (_, response) => response.writeHead(410).end();
    const { id } = await makeWebhook(stack, receiver, { path: '/gone', tags: ['gone'] });
    await mint('gone');
    const disabled = await waitUntil(async () => {
      const webhook = await ask<WebhookOnWire>(stack, 'GET', `/v1/webhooks/${id}`);
      return !webhook.enabled && webhook;
    });
    expect(disabled.disabledReason).toBe('gone');
    await mint('gone');
    expect(await deliveriesOf(stack, id)).toMatchObject([{ status: 'dead', attempts: 1 }]);
    expect(of('/gone')).toHaveLength(1);
  });

  it('gets a test, and a delivery again, by hand', async () => {
    const { id } = await makeWebhook(stack, receiver, { path: '/hand', tags: ['hand'] });
    const test = await ask<DeliveryOnWire>(stack, 'POST', `/v1/webhooks/${id}/test`);
    await waitUntil(() => of('/hand').length === 1);
    expect(of('/hand')).toMatchObject([{ id: test.id, event: { type: 'webhook.test' } }]);
    await settled(id, 'delivered');
    await ask(stack, 'POST', `/v1/webhooks/${id}/deliveries/${test.id}/redeliver`);
    await waitUntil(() => of('/hand').length === 2);
    expect(of('/hand')[1]).toEqual(of('/hand')[0]);
  });

  it('verifies with its old secret and its new one after a rotation', async () => {
    const { id } = await makeWebhook(stack, receiver, { path: '/old', tags: ['rotated'] });
    const rotated = await ask<WebhookOnWire>(stack, 'POST', `/v1/webhooks/${id}/rotate`);
    await mint('rotated');
    await waitUntil(() => of('/old').length === 1);
    // Another one knows the new secret alone.
    const newer = await startReceiver();
    newer.trust(rotated.secret);
    await ask(stack, 'PATCH', `/v1/webhooks/${id}`, { url: `${newer.url}/new` });
    await mint('rotated');
    await waitUntil(() => newer.received.length === 1);
    newer.close();
    expect(newer.refused).toEqual([]);
  });
});

it('no event is lost by a kill -9 between its commit and its delivery', async () => {
  const own = makeFolder();
  try {
    const first = await start(own);
    // Nothing is delivered before the kill: the endpoint leaves everything without an answer.
    receiver.answer = () => {};
    const { id } = await makeWebhook(first, receiver, { path: '/kill', types: ['link.minted'] });
    const links: string[] = [];
    let killed: Promise<void> | undefined;
    const mintOne = async () => {
      const link = await mintLink(first, { key: first.objects[0], tags: ['kill'] });
      // Others are being committed right now, and some of these have not come to the outbox.
      if (links.push(link.id) === 15) killed ??= first.kill();
    };
    await Promise.allSettled(Array.from({ length: 60 }, mintOne));
    await killed;
    expect(killed).toBeDefined();
    const before = new Set(receiver.received.map((one) => one.id));

    receiver.answer = (_, response) => response.writeHead(204).end();
    receiver.received.length = 0;
    const second = await start(own, portsOf(first));
    const told = () => receiver.received.map(({ event }) => event.data.linkId);
    await waitUntil(() => links.every((link) => told().includes(link)));
    const delivered = await waitUntil(async () => {
      const deliveries = await deliveriesOf(second, id);
      const done = deliveries.filter(({ status }) => status === 'delivered');
      const events = '/v1/events?type=link.minted&limit=200';
      const { items } = await ask<{ items: { id: string }[] }>(second, 'GET', events);
      const ids = new Set(done.map((one) => one.id));
      // One is from before the webhook was made: the sample link of the first start.
      return items.filter((event) => !ids.has(event.id)).length === 1 && ids;
    });
    const after = new Set(receiver.received.map((one) => one.id));
    expect(after).toEqual(delivered);
    expect([...before].filter((sent) => !after.has(sent))).toEqual([]);
  } finally {
    for (const started of running.splice(1)) await started.interrupt();
    removeFolder(own);
  }
});
