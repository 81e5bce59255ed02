// Events on the wire.

import * as z from 'zod';
import { EVENT_TYPES, type Event } from '../events/event.ts';
import { shownEvent } from '../events/shown-event.ts';
import { count, oneOf, shownId, shownInstant } from './field.ts';
import { limit, ownerQuery } from './page.ts';
import { text } from './text.ts';

export const eventQuery = z.strictObject({
  app: ownerQuery,
  after: text(1, 500)
    .optional()
    .meta({ description: 'The nextCursor of an earlier answer: what came later.' }),
  type: oneOf(EVENT_TYPES).optional(),
  linkId: text(1, 64).optional().meta({ description: 'The link they are about.' }),
  limit,
});

/** Long enough for a place in each of many apps. */
const cursorOfApps = text(1, 8_000).optional();
const filterOfApps = eventQuery.pick({ app: true, type: true, linkId: true });

/** @internal The dashboard’s own: events of one app or of all, the newest first. */
export const latestEventsQuery = filterOfApps.extend({ before: cursorOfApps });
/** @internal */
export const eventsSinceQuery = filterOfApps.extend({ after: cursorOfApps.unwrap() });

const counts = z.record(z.string(), count);

const summary = z
  .object({
    count: count,
    byReason: counts.optional(),
    byCountry: counts.meta({ description: 'By ISO 3166-1 code; XX where none is known.' }),
    from: shownInstant,
    to: shownInstant,
  })
  .meta({ description: 'Of link.opened and link.denied: what the gate has added up.' });

const redemption = z
  .object({
    use: z.int().min(1).meta({ description: 'The first use of a link is 1.' }),
    country: z.string().optional(),
    addressHash: z.string().meta({ description: 'A keyed hash of the address, IPv6 by its /64.' }),
    address: z.string().optional().meta({ description: 'Only where the app has recordIp.' }),
  })
  .meta({ description: 'Of link.redeemed.' });

const uploadedFile = z
  .object({
    key: z.string(),
    size: z.int().min(0),
    contentType: z.string().optional(),
    etag: z.string().optional(),
    sha256: z.string().optional().meta({ description: 'Base64; of parts, their composite.' }),
  })
  .meta({ description: 'Of link.uploaded and link.upload_rejected: what the store has.' });

const changedFields = z
  .object({ fields: z.array(z.string()).readonly() })
  .meta({ description: 'Of link.changed: the fields that were named, without their values.' });

export const eventShown = z
  .object({
    id: shownId('evt'),
    type: z.enum(EVENT_TYPES),
    at: shownInstant,
    actor: z.string().meta({
      description: 'The id of an API key, "operator", "recipient" or "hallpass".',
    }),
    linkId: shownId('lnk').optional(),
    keyId: shownId('key').optional(),
    data: z.union([summary, redemption, uploadedFile, changedFields, z.strictObject({})]),
  })
  .meta({ id: 'Event' });

export const eventPage = z
  .object({
    items: z.array(eventShown),
    nextCursor: z
      .string()
      .meta({ description: 'Always there: what happens later comes after it.' }),
    upToDate: z.boolean().meta({
      description:
        'Whether there is nothing more for now; a page may be empty and yet not the last.',
    }),
  })
  .meta({ id: 'EventPage' });

/** @internal The client’s declarations leave it out. */
export function eventOnWire(app: string, event: Event): z.output<typeof eventShown> {
  return shownEvent(app, event);
}
