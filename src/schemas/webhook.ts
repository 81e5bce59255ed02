// Webhooks and their deliveries on the wire.

import { z } from 'zod';
import { EVENT_TYPES } from '../events/event.ts';
import { type Instant, toIso } from '../lib/time.ts';
import { DELIVERY_ERRORS } from '../webhooks/deliver.ts';
import { DELIVERY_STATUSES, type Delivery } from '../webhooks/delivery.ts';
import { DISABLED_REASONS, type Webhook } from '../webhooks/webhook.ts';
import { limitFields } from './limits.ts';
import { pageQuery } from './page.ts';
import { text } from './text.ts';

const MAX_URL_LENGTH = 2_048;

const app = z
  .string('must be the id of an app')
  .regex(/^[0-9A-Za-z]{1,32}$/, 'must be the id of an app')
  .optional();

const types = z
  .array(
    z.enum(EVENT_TYPES, `must be one of ${EVENT_TYPES.join(', ')}`),
    'must be a list of event types',
  )
  .min(1, 'must have at least one type; leave it out for all')
  .max(EVENT_TYPES.length, `must have at most ${EVENT_TYPES.length} types`);

const tags = limitFields.tags.min(1, 'must have at least one tag; leave it out for all');

export const createWebhookBody = z.strictObject({
  app,
  url: text(1, MAX_URL_LENGTH),
  types: types.optional(),
  tags: tags.optional(),
  note: limitFields.note.optional(),
});

/** A merge patch (RFC 7396): null takes a filter or the note away. */
export const changeWebhookBody = z.strictObject({
  url: text(1, MAX_URL_LENGTH).optional(),
  types: types.nullish(),
  tags: tags.nullish(),
  note: limitFields.note.nullish(),
  enabled: z.boolean('must be true or false').optional(),
});

/** Of an operator: whose webhook is meant. */
export const webhookQuery = z.strictObject({ app });

export const webhooksQuery = pageQuery.extend({ app });

export const deliveriesQuery = pageQuery.extend({
  app,
  status: z.enum(DELIVERY_STATUSES, `must be one of ${DELIVERY_STATUSES.join(', ')}`).optional(),
});

const shownInstant = z.iso.datetime();

export const webhookShown = z.object({
  id: z.string(),
  url: z.string(),
  /** Null means events of every type. */
  types: z.array(z.enum(EVENT_TYPES)).nullable(),
  /** Null means events of all links, and of keys. */
  tags: z.array(z.string()).nullable(),
  note: z.string().nullable(),
  enabled: z.boolean(),
  disabledAt: shownInstant.nullable(),
  disabledReason: z.enum(DISABLED_REASONS).nullable(),
  createdAt: shownInstant,
  createdBy: z.string(),
  rotatedAt: shownInstant.nullable(),
});

export const createdWebhook = webhookShown.extend({
  /** Shown this once. */
  secret: z.string(),
});

export const deliveryShown = z.object({
  /** The `webhook-id`. */
  id: z.string(),
  type: z.string(),
  status: z.enum(DELIVERY_STATUSES),
  createdAt: shownInstant,
  attempts: z.int(),
  lastAttemptAt: shownInstant.nullable(),
  /** The HTTP status of the last answer. */
  lastStatus: z.int().nullable(),
  lastError: z.enum(DELIVERY_ERRORS).nullable(),
  nextAttemptAt: shownInstant.nullable(),
});

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

export function createdWebhookOnWire(
  webhook: Webhook,
  secret: string,
): z.input<typeof createdWebhook> {
  const { id, ...shown } = webhookOnWire(webhook);
  return { id, secret, ...shown };
}

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
