// API keys on the wire.

import * as z from 'zod';
import { DEFAULT_REQUESTS_PER_MINUTE, SCOPES, type Scope } from '../apps/bounds.ts';
import type { ShownKey } from '../apps/ports.ts';
import { toIso } from '../lib/time.ts';
import { OPERATIONS } from '../links/grant.ts';
import { keyPrefixes, storeAliases } from './app.ts';
import { oneOf, pageOf, shownId, shownInstant } from './field.ts';
import { instant, wholeNumber } from './limits.ts';
import { ownerQuery, pageQuery } from './page.ts';
import { text } from './text.ts';

const MAX_REQUESTS_PER_MINUTE = 60_000;
/** As long as the longest life of a link may be configured. */
const MAX_TTL_SECONDS = 31_536_000;
/** Of a key for which none are named. */
export const DEFAULT_SCOPES: Scope[] = ['links:mint', 'links:read', 'links:revoke'];

/** Ten years, after which nobody knows what a key was for. */
const MAX_EXPIRY_DAYS = 3_650;

const boundFields = {
  scopes: z
    .array(oneOf(SCOPES), 'must be a list of scopes')
    .min(1, 'must have at least one scope')
    .meta({ description: 'What it may do.' }),
  stores: storeAliases.meta({ description: 'The stores it may use; as its app without it.' }),
  keyPrefixes: keyPrefixes.meta({
    description: 'Under which object keys it may act, each ending in "/"; as its app without it.',
  }),
  operations: z
    .array(oneOf(OPERATIONS), 'must be a list of operations')
    .min(1, 'must have at least one operation')
    .meta({ description: 'What its links may be for; anything without it.' }),
  maxTtlSeconds: wholeNumber(1, MAX_TTL_SECONDS).meta({
    description: 'The longest life of its links.',
  }),
  requestsPerMinute: wholeNumber(1, MAX_REQUESTS_PER_MINUTE).meta({
    description: 'How many requests it may send in any minute.',
  }),
  note: text(0, 500).meta({ description: 'Yours to know it by.' }),
};

export const createKeyBody = z
  .strictObject({
    app: ownerQuery,
    ...z.object(boundFields).partial().shape,
    scopes: boundFields.scopes.default(DEFAULT_SCOPES),
    requestsPerMinute: boundFields.requestsPerMinute.optional().meta({
      description: `How many requests it may send in any minute; ${DEFAULT_REQUESTS_PER_MINUTE} without it, or its maker’s if those are fewer.`,
    }),
    expiresAt: instant.optional().meta({ description: 'When it stops working; never without it.' }),
  })
  .meta({ id: 'NewKey', example: { scopes: ['links:mint'], keyPrefixes: ['invoices/'] } });

/** As the dashboard's form has it. */
export const keyForm = createKeyBody
  .omit({ app: true, expiresAt: true })
  .extend({ expiresInDays: wholeNumber(1, MAX_EXPIRY_DAYS).optional() });

export const keyQuery = pageQuery.extend({ app: ownerQuery });

export const rotateQuery = z.strictObject({ app: ownerQuery });

export const revokeKeyQuery = z.strictObject({
  app: ownerQuery,
  revokeLinks: z
    .enum(['true', 'false'], 'must be true or false')
    .optional()
    .meta({ description: 'Whether every link that it, or a key it made, has minted ends too.' }),
});

export const keyShown = z
  .object({
    id: shownId('key'),
    ...z.object(boundFields).partial().shape,
    scopes: boundFields.scopes,
    requestsPerMinute: boundFields.requestsPerMinute,
    createdAt: shownInstant,
    createdBy: z.string().meta({ description: 'The id of the key that made it, or "operator".' }),
    expiresAt: shownInstant.nullable(),
    revokedAt: shownInstant.nullable(),
    rotatedTo: shownId('key').optional().meta({ description: 'The key that takes its place.' }),
  })
  .meta({ id: 'Key' });

export const createdKey = keyShown
  .extend({
    apiKey: z.string().meta({ description: 'The key itself: shown here and never again.' }),
  })
  .meta({ id: 'CreatedKey' });

export const keyPage = pageOf(keyShown).meta({ id: 'KeyPage' });

/**
 * How an API key is shown, without what it could be used with.
 * @internal
 */
export function keyOnWire({ createdAt, expiresAt, revokedAt, ...key }: ShownKey) {
  return {
    ...key,
    createdAt: toIso(createdAt),
    expiresAt: expiresAt === undefined ? null : toIso(expiresAt),
    revokedAt: revokedAt === undefined ? null : toIso(revokedAt),
  };
}
