// A webhook endpoint on this machine, which verifies what it gets with the library that receivers use.

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { StartFile } from './stack.ts';

export type Received = {
  readonly id: string;
  readonly path: string;
  readonly event: { readonly type: string; readonly data: Record<string, unknown> };
};

export type Receiver = {
  readonly url: string;
  /** What was verified, in the order in which it came. */
  readonly received: Received[];
  /** What didn't verify; nothing ever should be here. */
  readonly refused: string[];
  /** How it answers: 204 unless a test says otherwise. */
  answer: (received: Received, response: ServerResponse) => void;
  /** The secrets whose messages it takes. */
  readonly secrets: string[];
  trust(secret: string): void;
  close(): void;
};

const WAIT_MS = 45_000;

export async function startReceiver(): Promise<Receiver> {
  const secrets: string[] = [];
  const verified = (body: string, headers: Record<string, string>) =>
    secrets.some((secret) => {
      try {
        new Webhook(secret).verify(body, headers);
        return true;
      } catch {
        return false;
      }
    });
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const headers = request.headers as Record<string, string>;
    if (!verified(body, headers)) {
      receiver.refused.push(`${request.method} ${request.url}`);
      response.writeHead(401).end();
      return;
    }
    const id = String(headers['webhook-id']);
    const received = { id, path: String(request.url), event: JSON.parse(body) };
    receiver.received.push(received);
    receiver.answer(received, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    received: [],
    refused: [],
    secrets,
    answer: (_, response) => response.writeHead(204).end(),
    trust: (secret) => secrets.push(secret),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return receiver;
}

export async function waitUntil<Value>(
  look: () => Value | undefined | false | Promise<Value | undefined | false>,
): Promise<Value> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error('waited in vain');
    await sleep(50);
  }
}

export type WebhookOnWire = {
  readonly id: string;
  readonly secret: string;
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
};

/** Asks the stack's API as its app. */
export async function ask<Body>(
  stack: StartFile,
  method: string,
  path: string,
  body?: object,
): Promise<Body> {
  const response = await fetch(`${stack.url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${stack.apiKey}`, 'Content-Type': 'application/json' },
    body: body ? JSON.stringify(body) : null,
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${await response.text()}`);
  return (await response.json()) as Body;
}

/** A webhook that points to a path of the receiver, which takes its messages. */
export async function makeWebhook(
  stack: StartFile,
  receiver: Receiver,
  terms: { path: string; tags?: string[]; types?: string[] },
): Promise<WebhookOnWire> {
  const { path, ...filters } = terms;
  const body = { url: receiver.url + path, ...filters };
  const webhook = await ask<WebhookOnWire>(stack, 'POST', '/v1/webhooks', body);
  receiver.trust(webhook.secret);
  return webhook;
}

export async function deliveriesOf(stack: StartFile, id: string): Promise<DeliveryOnWire[]> {
  const path = `/v1/webhooks/${id}/deliveries?limit=200`;
  return (await ask<{ items: DeliveryOnWire[] }>(stack, 'GET', path)).items;
}
