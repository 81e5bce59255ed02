// Webhooks and their deliveries on the wire.

import * as z from 'zod';
import { EVENT_TYPES } from '../events/event.ts';
import { type Instant, toIso } from '../lib/time.ts';
import { DELIVERY_ERRORS } from '../webhooks/deliver.ts';
import { DELIVERY_STATUSES, type Delivery } from '../webhooks/delivery.ts';
import { DISABLED_REASONS, type Webhook } from '../webhooks/webhook.ts';
import { flag, oneOf, pageOf, shownId, shownInstant } from './field.ts';
import { limitFields } from './limits.ts';
import { ownerQuery, pageQuery } from './page.ts';
import { text } from './text.ts';

const MAX_URL_LENGTH = 2_048;

const types = z
  .array(oneOf(EVENT_TYPES), 'must be a list of event types')
  .min(1, 'must have at least one type; leave it out for all')
  .max(EVENT_TYPES.length, `must have at most ${EVENT_TYPES.length} types`)
  .meta({ description: 'The types of events it wants; all without it.' });

const tags = limitFields.tags.min(1, 'must have at least one tag; leave it out for all').meta({
  description: 'Only events of links with one of these tags; of all, and of keys, without it.',
});

const url = text(1, MAX_URL_LENGTH).meta({
  description: 'Where events are sent: https, and an address that anybody can reach.',
  example: 'https://app.example.com/hallpass-events',
});

export const createWebhookBody = z
  .strictObject({
    app: ownerQuery,
    url,
    types: types.optional(),
    tags: tags.optional(),
    note: limitFields.note.optional(),
  })
  .meta({
    id: 'NewWebhook',
    example: { url: 'https://app.example.com/hallpass-events', types: ['link.redeemed'] },
  });

/** A merge patch (RFC 7396): null takes a filter or the note away. */
export const changeWebhookBody = z
  .strictObject({
    url: url.optional(),
    types: types.nullish(),
    tags: tags.nullish(),
    note: limitFields.note.nullish(),
    enabled: flag.optional().meta({ description: 'Whether events are sent.' }),
  })
  .meta({
    id: 'WebhookChange',
    description: 'A merge patch (RFC 7396): null takes a filter or the note away.',
    example: { enabled: true },
  });

export const webhookQuery = z.strictObject({ app: ownerQuery });

export const webhooksQuery = pageQuery.extend({ app: ownerQuery });

export const deliveriesQuery = pageQuery.extend({
  app: ownerQuery,
  status: oneOf(DELIVERY_STATUSES).optional().meta({ description: 'How it stands.' }),
});

export const webhookShown = z
  .object({
    id: shownId('wh'),
    url: z.string(),
    types: z.array(z.enum(EVENT_TYPES)).nullable(),
    tags: z.array(z.string()).nullable(),
    note: z.string().nullable(),
    enabled: z.boolean(),
    disabledAt: shownInstant.nullable(),
    disabledReason: z
      .enum(DISABLED_REASONS)
      .nullable()
      .meta({ description: 'Gone: its endpoint answered 410.' }),
    createdAt: shownInstant,
    createdBy: z.string(),
    rotatedAt: shownInstant.nullable(),
  })
  .meta({ id: 'Webhook' });

export const createdWebhook = webhookShown
  .extend({
    secret: z.string().meta({
      description:
        'With which deliveries are signed (Standard Webhooks): shown here and never again.',
    }),
  })
  .meta({ id: 'CreatedWebhook' });

export const webhookPage = pageOf(webhookShown).meta({ id: 'WebhookPage' });

export const deliveryShown = z
  .object({
    id: z.string().meta({ description: 'The webhook-id: the same for every attempt.' }),
    type: z.string(),
    status: z.enum(DELIVERY_STATUSES),
    createdAt: shownInstant,
    attempts: z.int(),
    lastAttemptAt: shownInstant.nullable(),
    lastStatus: z.int().nullable().meta({ description: 'The HTTP status of the last answer.' }),
    lastError: z.enum(DELIVERY_ERRORS).nullable(),
    nextAttemptAt: shownInstant.nullable(),
  })
  .meta({ id: 'Delivery' });

export const deliveryPage = pageOf(deliveryShown).meta({ id: 'DeliveryPage' });

/** @internal The client’s declarations leave it out. */
export function webhookOnWire(webhook: Webhook): z.input<typeof webhookShown> {
  return {
    id: webhook.id,
    url: webhook.url,
    types: webhook.types ? [...webhook.types] : null,
    tags: webhook.tags ? [...webhook.tags] : null,
    note: webhook.note ?? null,
    enabled: webhook.disabledAt === undefined,
    disabledAt: isoOrNull(webhook.disabledAt),
    disabledReason: webhook.disabledReason ?? null,
    createdAt: toIso(webhook.createdAt),
    createdBy: webhook.createdBy,
    rotatedAt: isoOrNull(webhook.rotatedAt),
  };
}

/** @internal The client’s declarations leave it out. */
export function createdWebhookOnWire(
  webhook: Webhook,
  secret: string,
): z.input<typeof createdWebhook> {
  const { id, ...shown } = webhookOnWire(webhook);
  return { id, secret, ...shown };
}

/** @internal The client’s declarations leave it out. */
export function deliveryOnWire(delivery: Delivery): z.input<typeof deliveryShown> {
  return {
    id: delivery.id,
    type: delivery.type,
    status: delivery.status,
    createdAt: toIso(delivery.createdAt),
    attempts: delivery.attempts,
    lastAttemptAt: isoOrNull(delivery.lastAttemptAt),
    lastStatus: delivery.lastStatus ?? null,
    lastError: delivery.lastError ?? null,
    nextAttemptAt: isoOrNull(delivery.nextAttemptAt),
  };
}

function isoOrNull(instant: Instant | undefined): string | null {
  return instant === undefined ? null : toIso(instant);
}
