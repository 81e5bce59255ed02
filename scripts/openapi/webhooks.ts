// The operations on webhooks, as the OpenAPI document has them.

import * as z from 'zod';
import {
  changeWebhookBody,
  createdWebhook,
  createWebhookBody,
  deliveriesQuery,
  deliveryPage,
  deliveryShown,
  webhookPage,
  webhookQuery,
  webhookShown,
  webhooksQuery,
} from '../../src/schemas/webhook.ts';
import type { Paths } from './paths.ts';

const byId = z.object({ id: z.string().meta({ description: 'The id of the webhook.' }) });
const byDelivery = byId.extend({
  delivery: z.string().meta({ description: 'The id of the delivery.' }),
});

const COMMON = { tag: 'Webhooks', access: 'webhooks:manage' } as const;
const REACH = ['webhook_not_found', 'outside_bounds', 'app_not_found'] as const;

export const webhookPaths: Paths = {
  '/v1/webhooks': {
    post: {
      ...COMMON,
      operationId: 'createWebhook',
      summary: 'Have events sent',
      description:
        'Signed by Standard Webhooks 1.0.0, retried for three days, until the endpoint answers 2xx. The key needs the scope `events:read` too, and sees no more by it than by reading.',
      body: createWebhookBody,
      isIdempotent: true,
      answers: [
        {
          status: 201,
          description: 'The webhook, with its secret this once.',
          schema: createdWebhook,
          headers: z.object({ Location: z.string().meta({ description: 'Where it is shown.' }) }),
        },
      ],
      reasons: ['too_many_webhooks', 'app_not_found', 'webhook_not_found', 'outside_bounds'],
    },
    get: {
      ...COMMON,
      operationId: 'listWebhooks',
      summary: 'List webhooks',
      query: webhooksQuery,
      answers: [{ status: 200, description: 'A page of webhooks.', schema: webhookPage }],
      reasons: ['app_not_found'],
    },
  },
  '/v1/webhooks/{id}': {
    get: {
      ...COMMON,
      operationId: 'inspectWebhook',
      summary: 'Inspect a webhook',
      path: byId,
      query: webhookQuery,
      answers: [{ status: 200, description: 'The webhook.', schema: webhookShown }],
      reasons: REACH,
    },
    patch: {
      ...COMMON,
      operationId: 'changeWebhook',
      summary: 'Change, enable or disable a webhook',
      path: byId,
      query: webhookQuery,
      body: changeWebhookBody,
      answers: [
        { status: 200, description: 'Changed.', schema: webhookShown },
        { status: 202, description: 'Deliveries follow the change shortly.', schema: webhookShown },
      ],
      reasons: REACH,
    },
    delete: {
      ...COMMON,
      operationId: 'deleteWebhook',
      summary: 'Delete a webhook',
      path: byId,
      query: webhookQuery,
      answers: [
        { status: 202, description: 'Deliveries end shortly.' },
        { status: 204, description: 'Nothing is sent any more.' },
      ],
      reasons: REACH,
    },
  },
  '/v1/webhooks/{id}/rotate': {
    post: {
      ...COMMON,
      operationId: 'rotateWebhook',
      summary: 'Replace the secret of a webhook',
      description: 'For 24 hours deliveries are signed with both.',
      path: byId,
      query: webhookQuery,
      isIdempotent: true,
      answers: [
        { status: 200, description: 'The new secret, this once.', schema: createdWebhook },
        { status: 202, description: 'The same; it signs shortly.', schema: createdWebhook },
      ],
      reasons: REACH,
    },
  },
  '/v1/webhooks/{id}/test': {
    post: {
      ...COMMON,
      operationId: 'testWebhook',
      summary: 'Send a test event',
      path: byId,
      query: webhookQuery,
      isIdempotent: true,
      answers: [{ status: 202, description: 'Its delivery.', schema: deliveryShown }],
      reasons: [...REACH, 'webhook_disabled'],
    },
  },
  '/v1/webhooks/{id}/deliveries': {
    get: {
      ...COMMON,
      operationId: 'listDeliveries',
      summary: 'See how deliveries went',
      path: byId,
      query: deliveriesQuery,
      answers: [{ status: 200, description: 'A page, newest first.', schema: deliveryPage }],
      reasons: REACH,
    },
  },
  '/v1/webhooks/{id}/deliveries/{delivery}/redeliver': {
    post: {
      ...COMMON,
      operationId: 'redeliver',
      summary: 'Deliver again',
      path: byDelivery,
      query: webhookQuery,
      answers: [{ status: 202, description: 'The delivery.', schema: deliveryShown }],
      reasons: [...REACH, 'webhook_disabled', 'delivery_not_found'],
    },
  },
};
