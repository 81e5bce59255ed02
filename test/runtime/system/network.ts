// What answers outside: the endpoint of every webhook, and the store. Both are as bad as they like.

import { expect, vi } from 'vitest';
import { TEST_BINDINGS } from '../../support/bindings.ts';
import { HOOK_URL } from '../../support/webhooks.ts';
import type { Platform } from './platform.ts';

/** `unanswered` takes the event and breaks off; `redirect` points to the gateway's own machine. */
export const ENDPOINT_MODES = [
  'up',
  'failing',
  'gone',
  'hanging',
  'redirect',
  'unreachable',
  'unanswered',
] as const;
export type EndpointMode = (typeof ENDPOINT_MODES)[number];

export const STORE_MODES = ['up', 'failing', 'hanging', 'forbidding'] as const;
export type StoreMode = (typeof STORE_MODES)[number];

export type Received = {
  readonly body: string;
  /** What the endpoint did: only what was accepted is its own affair from then on. */
  accepted: number;
};

export type Network = {
  endpoint: EndpointMode;
  store: StoreMode;
  /** By event id. */
  readonly received: Map<string, Received>;
  /** Size of each object, by key. */
  readonly objects: Map<string, number>;
};

const ABSENT = '<Error><Code>NoSuchKey</Code></Error>';
const FORBIDDEN = '<Error><Code>AccessDenied</Code></Error>';

export function createNetwork(platform: Platform): Network {
  const network: Network = {
    endpoint: 'up',
    store: 'up',
    received: new Map(),
    objects: new Map(),
  };

  function note(site: string, mode: string): void {
    const name = `${site}: ${mode}`;
    platform.seen.set(name, (platform.seen.get(name) ?? 0) + 1);
  }

  function atEndpoint(init: RequestInit): number {
    const id = new Headers(init.headers).get('webhook-id') ?? '';
    const body = String(init.body);
    const known = network.received.get(id) ?? { body, accepted: 0 };
    network.received.set(id, known);
    // Whatever is sent under an id is the very same thing.
    expect(body).toBe(known.body);
    // The fetch of the platform would go where an answer points to.
    expect(init.redirect).toBe('manual');
    if (network.endpoint === 'up') known.accepted += 1;
    return { up: 204, gone: 410, redirect: 302 }[network.endpoint as string] ?? 500;
  }

  function atStore(url: URL, method: string): Response {
    const key = decodeURIComponent(url.pathname).slice(`/${BUCKET}/`.length);
    if (network.store === 'failing') return new Response('', { status: 503 });
    if (network.store === 'forbidding') return new Response(FORBIDDEN, { status: 403 });
    if (method === 'DELETE') {
      network.objects.delete(key);
      return new Response(null, { status: 204 });
    }
    const size = network.objects.get(key);
    if (size === undefined) return new Response(ABSENT, { status: 404 });
    const headers = {
      'Content-Type': 'image/png',
      ETag: '"e"',
      'Last-Modified': new Date().toUTCString(),
      'Content-Range': `bytes 0-0/${size}`,
      'x-amz-checksum-sha256': `${'A'.repeat(43)}=`,
    };
    return new Response('x', { status: 206, headers });
  }

  vi.spyOn(globalThis, 'fetch').mockImplementation((input, init = {}) =>
    platform.during(async () => {
      const url = new URL(String(input));
      if (url.href.startsWith(HOOK_URL)) {
        note('fetch endpoint', network.endpoint);
        if (network.endpoint === 'hanging') return hang(init);
        const status = atEndpoint(init);
        if (network.endpoint === 'unreachable') throw new TypeError('no route');
        if (network.endpoint === 'unanswered') throw new TypeError('the connection broke off');
        const headers: HeadersInit = status === 302 ? { Location: 'http://127.0.0.1:8787/' } : {};
        return new Response(null, { status, headers });
      }
      expect(url.origin).toBe(new URL(TEST_BINDINGS.STORES.demo.endpoint).origin);
      note('fetch store', network.store);
      if (network.store === 'hanging') return hang(init);
      return atStore(url, init.method ?? 'GET');
    }),
  );

  platform.isHanging = () => network.endpoint === 'hanging' || network.store === 'hanging';
  return network;
}

const BUCKET = TEST_BINDINGS.STORES.demo.bucket;

/** For as long as anybody waits. */
function hang({ signal }: RequestInit): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal?.addEventListener('abort', () => reject(new DOMException('given up', 'AbortError')));
  return promise;
}
