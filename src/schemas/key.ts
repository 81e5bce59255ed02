// API keys on the wire.

import { z } from 'zod';
import { DEFAULT_REQUESTS_PER_MINUTE, SCOPES } from '../apps/bounds.ts';
import type { ShownKey } from '../apps/ports.ts';
import { toIso } from '../lib/time.ts';
import { keyPrefixes, storeAliases } from './app.ts';
import { instant, wholeNumber } from './limits.ts';
import { pageQuery } from './page.ts';
import { text } from './text.ts';

const MAX_REQUESTS_PER_MINUTE = 60_000;
/** As long as the longest life of a link may be configured. */
const MAX_TTL_SECONDS = 31_536_000;

export const createKeyBody = z.strictObject({
  app: z
    .string('must be the id of an app')
    .regex(/^[0-9A-Za-z]{1,32}$/, 'must be the id of an app')
    .optional(),
  scopes: z
    .array(z.enum(SCOPES, `must be one of ${SCOPES.join(', ')}`), 'must be a list of scopes')
    .min(1, 'must have at least one scope')
    .default(['links:mint', 'links:read', 'links:revoke']),
  stores: storeAliases.optional(),
  keyPrefixes: keyPrefixes.optional(),
  operations: z
    .array(z.literal('download', 'must be "download"'), 'must be a list of operations')
    .min(1, 'must have at least one operation')
    .optional(),
  maxTtlSeconds: wholeNumber(1, MAX_TTL_SECONDS).optional(),
  requestsPerMinute: wholeNumber(1, MAX_REQUESTS_PER_MINUTE).default(DEFAULT_REQUESTS_PER_MINUTE),
  expiresAt: instant.optional(),
  note: text(0, 500).optional(),
});

export const keyQuery = pageQuery.extend({ app: text(1, 32).optional() });

/** How an API key is shown, without what it could be used with. */
export function keyOnWire({ createdAt, expiresAt, revokedAt, ...key }: ShownKey) {
  return {
    ...key,
    createdAt: toIso(createdAt),
    expiresAt: expiresAt === undefined ? null : toIso(expiresAt),
    revokedAt: revokedAt === undefined ? null : toIso(revokedAt),
  };
}
