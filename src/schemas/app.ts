// Apps and API keys on the wire.

import { z } from 'zod';
import type { App } from '../apps/app.ts';
import type { CreatedKey } from '../apps/manage.ts';
import { toIso } from '../lib/time.ts';
import { rateLimit } from './limits.ts';
import { text } from './text.ts';

const MAX_KEY_PREFIXES = 50;

export const createAppBody = z.strictObject({
  name: text(1, 100),
  stores: z
    .array(text(1, 32), 'must be a list of store aliases')
    .min(1, 'must name at least one store'),
  keyPrefixes: z
    .array(
      text(2, 1_024).refine((prefix) => prefix.endsWith('/'), 'must end in "/"'),
      'must be a list of key prefixes',
    )
    .min(1, 'must have at least one prefix; leave it out for the whole store')
    .max(MAX_KEY_PREFIXES, `must have at most ${MAX_KEY_PREFIXES} prefixes`)
    .optional(),
  defaults: z.strictObject({ rateLimit: rateLimit.optional() }, 'must be an object').default({}),
});

export const createKeyBody = z.strictObject({
  app: z
    .string('must be the id of an app')
    .regex(/^[0-9A-Za-z]{1,32}$/, 'must be the id of an app'),
});

export function appOnWire({ createdAt, ...app }: App) {
  return { ...app, createdAt: toIso(createdAt) };
}

export function keyOnWire({ createdAt, ...key }: CreatedKey) {
  return { ...key, createdAt: toIso(createdAt) };
}
