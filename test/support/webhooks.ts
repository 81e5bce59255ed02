// An app's view of its webhooks, and the endpoint that they point to, in workerd.

import { runDurableObjectAlarm } from 'cloudflare:test';
import { Webhook as Receiver } from 'standardwebhooks';
import { expect, vi } from 'vitest';
import { type ApiOptions, json, realEnv, request, type TestApp } from './api.ts';

export const HOOK_URL = 'https://hooks.example.com/hallpass';

export type WebhookOnWire = {
  readonly id: string;
  readonly secret: string;
  readonly url: string;
  readonly enabled: boolean;
  readonly disabledReason: string | null;
};

export type DeliveryOnWire = {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly attempts: number;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly lastAttemptAt: string | null;
  readonly nextAttemptAt: string | null;
};

export type Received = {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly event: { type: string; timestamp: string; data: Record<string, unknown> };
};

export type Endpoint = {
  readonly received: Received[];
  /** What it answers: a status, or a failure of the fetch. */
  answer: (received: Received) => number | Error | Promise<number | Error>;
  /** Those of a type, once there are as many. */
  wait(count: number, type?: string): Promise<Received[]>;
};

/** Stands for every endpoint that outboxes reach: `vi.restoreAllMocks` ends that. */
export function createEndpoint(): Endpoint {
  const received: Received[] = [];
  const endpoint: Endpoint = {
    received,
    answer: () => 204,
    wait: (count, type) =>
      vi.waitFor(() => {
        const wanted = received.filter(({ event }) => !type || event.type === type);
        expect(wanted.length).toBeGreaterThanOrEqual(count);
        return wanted;
      }, 5_000),
  };
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const body = String(init?.body);
    const headers = init?.headers as Record<string, string>;
    const call = { url: String(input), headers, body, event: JSON.parse(body) };
    received.push(call);
    const answer = await endpoint.answer(call);
    if (answer instanceof Error) throw answer;
    return new Response(null, { status: answer });
  });
  return endpoint;
}

export function verify(secret: string, { headers, body }: Received): unknown {
  return new Receiver(secret).verify(body, headers);
}

export function post(app: TestApp, path: string, options: ApiOptions = {}): Promise<Response> {
  return request('POST', `/v1/webhooks${path}`, { bearer: app.apiKey, ...options });
}

export function get(app: TestApp, path: string, bearer = app.apiKey): Promise<Response> {
  return request('GET', `/v1/webhooks${path}`, { bearer });
}

export function patch(app: TestApp, id: string, body: object): Promise<Response> {
  return request('PATCH', `/v1/webhooks/${id}`, { bearer: app.apiKey, body });
}

export async function makeWebhook(app: TestApp, body: object = {}): Promise<WebhookOnWire> {
  const response = await post(app, '', { body: { url: HOOK_URL, ...body } });
  if (response.status !== 201) throw new Error(`the webhook was refused: ${await response.text()}`);
  return json<WebhookOnWire>(response);
}

export async function inspect(app: TestApp, id: string): Promise<WebhookOnWire> {
  return json<WebhookOnWire>(await get(app, `/${id}`));
}

export async function deliveriesOf(app: TestApp, id: string, query = '') {
  const response = await get(app, `/${id}/deliveries${query}`);
  return (await json<{ items: DeliveryOnWire[] }>(response)).items;
}

/** Waits until a webhook's deliveries are as expected. */
export async function waitForDeliveries(app: TestApp, id: string, expected: object[]) {
  await vi.waitFor(async () => expect(await deliveriesOf(app, id)).toMatchObject(expected), 5_000);
}

export const ledgerOf = (app: TestApp) =>
  realEnv.LEDGERS.getByName(app.id) as unknown as DurableObjectStub;
export const outboxOf = (id: string) =>
  realEnv.OUTBOXES.getByName(id) as unknown as DurableObjectStub;

/** Lets time pass, then the alarm ring. */
export async function ring(object: DurableObjectStub, afterMs = 0): Promise<boolean> {
  vi.setSystemTime(Date.now() + afterMs);
  return runDurableObjectAlarm(object);
}
