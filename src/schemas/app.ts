// Apps on the wire.

import { z } from 'zod';
import type { App } from '../apps/app.ts';
import { DEFAULT_RETENTION_DAYS } from '../events/event.ts';
import { toIso } from '../lib/time.ts';
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

const defaults = z.strictObject({ rateLimit: rateLimit.optional() }, 'must be an object');

const MAX_QUOTA = 100_000_000;
const quota = wholeNumber(0, MAX_QUOTA);
const quotas = z.strictObject(
  { liveLinks: quota.optional(), mintsPerDay: quota.optional() },
  'must be an object with liveLinks or mintsPerDay',
);

const recordIp = z.boolean('must be true or false');
const eventRetentionDays = wholeNumber(1, 3_650);

export const createAppBody = z.strictObject({
  name: text(1, 100),
  stores: storeAliases,
  keyPrefixes: keyPrefixes.optional(),
  defaults: defaults.default({}),
  quotas: quotas.default({}),
  recordIp: recordIp.default(false),
  eventRetentionDays: eventRetentionDays.default(DEFAULT_RETENTION_DAYS),
});

/** A merge patch (RFC 7396): null takes a bound, a default or a quota away. */
export const changeAppBody = z.strictObject({
  name: text(1, 100).optional(),
  stores: storeAliases.optional(),
  keyPrefixes: keyPrefixes.nullish(),
  defaults: z.strictObject({ rateLimit: rateLimit.nullish() }, 'must be an object').optional(),
  quotas: z
    .strictObject({ liveLinks: quota.nullish(), mintsPerDay: quota.nullish() }, 'must be an object')
    .optional(),
  recordIp: recordIp.optional(),
  eventRetentionDays: eventRetentionDays.optional(),
  suspended: z.boolean('must be true or false').optional(),
});

export function appOnWire({ createdAt, suspendedAt, ...app }: App) {
  return {
    ...app,
    createdAt: toIso(createdAt),
    suspendedAt: suspendedAt === undefined ? null : toIso(suspendedAt),
  };
}
