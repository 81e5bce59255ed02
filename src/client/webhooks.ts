// Webhooks and their deliveries, as apps and operators manage them.

import type { Api, CallOptions, CreateOptions } from './api.ts';
import { pages } from './paging.ts';
import type {
  CreatedWebhook,
  Delivery,
  DeliveryStatus,
  NewWebhook,
  Webhook,
  WebhookChange,
} from './types.ts';

const PAGE = 200;

/** Operators name the app whose webhooks are meant; an API key has one. */
type OfApp = CallOptions & { readonly app?: string | undefined };

export function createWebhooks(api: Api) {
  const path = (id: string, ...rest: string[]) =>
    ['/v1/webhooks', ...[id, ...rest].map(encodeURIComponent)].join('/');

  return {
    /** Makes a webhook; `secret` is in this answer and nowhere else. */
    create(webhook: NewWebhook, options: CreateOptions = {}): Promise<CreatedWebhook> {
      return api({
        method: 'POST',
        path: '/v1/webhooks',
        body: webhook,
        idempotencyKey: crypto.randomUUID(),
        ...options,
      });
    },
    list({ app, ...options }: OfApp = {}): AsyncGenerator<Webhook, void> {
      const query = { app, limit: PAGE };
      return pages((cursor) =>
        api({ method: 'GET', path: '/v1/webhooks', query: { ...query, cursor }, ...options }),
      );
    },
    inspect(id: string, { app, ...options }: OfApp = {}): Promise<Webhook> {
      return api({ method: 'GET', path: path(id), query: { app }, ...options });
    },
    change(id: string, change: WebhookChange, { app, ...options }: OfApp = {}): Promise<Webhook> {
      return api({ method: 'PATCH', path: path(id), query: { app }, body: change, ...options });
    },
    /** Deletes a webhook; what is still to be delivered to it is dropped. */
    remove(id: string, { app, ...options }: OfApp = {}): Promise<void> {
      return api({ method: 'DELETE', path: path(id), query: { app }, ...options });
    },
    /** Makes another secret; for a while deliveries are signed with both. */
    rotate(id: string, { app, ...options }: OfApp & CreateOptions = {}): Promise<CreatedWebhook> {
      return api({
        method: 'POST',
        path: path(id, 'rotate'),
        query: { app },
        idempotencyKey: crypto.randomUUID(),
        ...options,
      });
    },
    /** Sends it a message that is no event. */
    sendTest(id: string, { app, ...options }: OfApp & CreateOptions = {}): Promise<Delivery> {
      return api({
        method: 'POST',
        path: path(id, 'test'),
        query: { app },
        idempotencyKey: crypto.randomUUID(),
        ...options,
      });
    },
    /** What was sent to it, and is to be sent, newest first. */
    deliveries(
      id: string,
      { app, status, ...options }: OfApp & { readonly status?: DeliveryStatus | undefined } = {},
    ): AsyncGenerator<Delivery, void> {
      const query = { app, status, limit: PAGE };
      return pages((cursor) =>
        api({
          method: 'GET',
          path: path(id, 'deliveries'),
          query: { ...query, cursor },
          ...options,
        }),
      );
    },
    /** Sends a delivery once more, with the same id. */
    redeliver(id: string, delivery: string, { app, ...options }: OfApp = {}): Promise<Delivery> {
      const there = path(id, 'deliveries', delivery, 'redeliver');
      return api({ method: 'POST', path: there, query: { app }, ...options });
    },
  };
}
