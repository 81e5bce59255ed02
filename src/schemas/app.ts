// Apps on the wire.

import * as z from 'zod';
import type { App } from '../apps/app.ts';
import { DEFAULT_RETENTION_DAYS } from '../events/event.ts';
import { toIso } from '../lib/time.ts';
import { count, flag, pageOf, shownInstant } from './field.ts';
import { rateLimit, wholeNumber } from './limits.ts';
import { text } from './text.ts';

const MAX_KEY_PREFIXES = 50;

export const storeAliases = z
  .array(text(1, 32), 'must be a list of store aliases')
  .min(1, 'must name at least one store');

export const keyPrefixes = z
  .array(
    text(2, 1_024).refine((prefix) => prefix.endsWith('/'), 'must end in "/"'),
    'must be a list of key prefixes',
  )
  .min(1, 'must have at least one prefix; leave it out for the whole store')
  .max(MAX_KEY_PREFIXES, `must have at most ${MAX_KEY_PREFIXES} prefixes`);

const MAX_QUOTA = 100_000_000;
const liveLinks = wholeNumber(0, MAX_QUOTA).meta({
  description: 'How many links it may have that have not ended.',
});
const mintsPerDay = wholeNumber(0, MAX_QUOTA).meta({
  description: 'How many links it may mint from midnight to midnight, UTC.',
});

const fields = {
  name: text(1, 100).meta({ description: 'Its name.', example: 'billing' }),
  publicName: text(1, 100).meta({
    description: 'From whom its links are, as recipients see it; without it they see nobody.',
    example: 'Example Ltd.',
  }),
  stores: storeAliases.meta({ description: 'The stores it may mint links in.', example: ['main'] }),
  keyPrefixes: keyPrefixes.meta({
    description: 'Under which object keys, each ending in "/"; the whole of its stores without it.',
  }),
  defaults: z
    .strictObject({ rateLimit: rateLimit.optional() }, 'must be an object')
    .meta({ description: 'What its links have unless their mint says otherwise.' }),
  quotas: z
    .strictObject(
      { liveLinks: liveLinks.optional(), mintsPerDay: mintsPerDay.optional() },
      'must be an object with liveLinks or mintsPerDay',
    )
    .meta({ description: 'How much it may have and do; without a bound where one is absent.' }),
  recordIp: flag.meta({ description: 'Whether events keep the addresses of redeemers in clear.' }),
  eventRetentionDays: wholeNumber(1, 3_650).meta({ description: 'For how long events are kept.' }),
};

export const createAppBody = z
  .strictObject({
    ...fields,
    publicName: fields.publicName.optional(),
    keyPrefixes: fields.keyPrefixes.optional(),
    defaults: fields.defaults.default({}),
    quotas: fields.quotas.default({}),
    recordIp: fields.recordIp.default(false),
    eventRetentionDays: fields.eventRetentionDays.default(DEFAULT_RETENTION_DAYS),
  })
  .meta({ id: 'NewApp', example: { name: 'billing', stores: ['main'] } });

/** A merge patch (RFC 7396): null takes a bound, a default or a quota away. */
export const changeAppBody = z
  .strictObject({
    ...z.object(fields).partial().shape,
    publicName: fields.publicName.nullish(),
    keyPrefixes: fields.keyPrefixes.nullish(),
    defaults: z.strictObject({ rateLimit: rateLimit.nullish() }, 'must be an object').optional(),
    quotas: z
      .strictObject(
        { liveLinks: liveLinks.nullish(), mintsPerDay: mintsPerDay.nullish() },
        'must be an object',
      )
      .optional(),
    suspended: flag.optional().meta({
      description: 'Suspending it stops its mints at once and revokes its links.',
    }),
  })
  .meta({
    id: 'AppChange',
    description: 'A merge patch (RFC 7396): null takes a bound, a default or a quota away.',
    example: { suspended: true },
  });

export const appShown = z
  .object({
    id: z.string(),
    ...fields,
    publicName: fields.publicName.optional(),
    keyPrefixes: fields.keyPrefixes.optional(),
    createdAt: shownInstant,
    suspendedAt: shownInstant.nullable(),
  })
  .meta({ id: 'App' });

export const countedApp = appShown
  .extend({
    links: z.object({
      live: count.meta({ description: 'Links that have not ended.' }),
      revoking: count.meta({ description: 'Ended links whose gates are still to be told.' }),
    }),
  })
  .meta({ id: 'CountedApp' });

export const appPage = pageOf(appShown).meta({ id: 'AppPage' });

export const metricsQuery = z.strictObject({
  app: text(1, 64).optional().meta({ description: 'The id of one app; every app without it.' }),
});

/** @internal The client’s declarations leave it out. */
export function appOnWire({ createdAt, suspendedAt, version: _version, ...app }: App) {
  return {
    ...app,
    createdAt: toIso(createdAt),
    suspendedAt: suspendedAt === undefined ? null : toIso(suspendedAt),
  };
}
