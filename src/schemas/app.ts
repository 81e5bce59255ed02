// Apps on the wire.

import { z } from 'zod';
import type { App } from '../apps/app.ts';
import { toIso } from '../lib/time.ts';
import { rateLimit } from './limits.ts';
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

export const createAppBody = z.strictObject({
  name: text(1, 100),
  stores: storeAliases,
  keyPrefixes: keyPrefixes.optional(),
  defaults: defaults.default({}),
});

export const changeAppBody = z.strictObject({
  name: text(1, 100).optional(),
  stores: storeAliases.optional(),
  keyPrefixes: keyPrefixes.optional(),
  defaults: defaults.optional(),
  suspended: z.boolean('must be true or false').optional(),
});

export function appOnWire({ createdAt, suspendedAt, ...app }: App) {
  return {
    ...app,
    createdAt: toIso(createdAt),
    suspendedAt: suspendedAt === undefined ? null : toIso(suspendedAt),
  };
}
