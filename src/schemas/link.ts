// Links on the wire: what a mint and a change may ask for and how a link is shown.

import { z } from 'zod';
import { type Instant, toIso } from '../lib/time.ts';
import { type Activity, NO_ACTIVITY } from '../links/activity.ts';
import { type Link, type LinkState, linkState } from '../links/link.ts';
import { objectKeyFault } from '../links/object-key.ts';
import { instant, limitFields } from './limits.ts';
import { cursor, limit } from './page.ts';
import { text } from './text.ts';

export const objectKey = z.string('must be a string').superRefine((key, context) => {
  const fault = objectKeyFault(key);
  if (fault) context.addIssue({ code: 'custom', message: fault });
});

export const mintBody = z
  .strictObject({
    ...z.object(limitFields).partial().shape,
    store: text(1, 32),
    key: objectKey,
    versionId: text(1, 1_024).optional(),
    verifyObject: z.boolean('must be true or false').default(false),
    operation: z.literal('download', 'must be "download"'),
    consistency: z.enum(['strong', 'edge'], 'must be "strong" or "edge"').default('strong'),
    ttlSeconds: z.int('must be a whole number of seconds').min(1, 'must be at least 1').optional(),
    expiresAt: instant.optional(),
    filename: text(1, 255)
      .refine((name) => !/[/\\]/.test(name), 'must not contain "/" or "\\"')
      .optional(),
    disposition: z.enum(['attachment', 'inline'], 'must be "attachment" or "inline"').optional(),
    contentType: z
      .string('must be a string')
      .max(255, 'must have at most 255 characters')
      // RFC 9110, 8.3.1: type "/" subtype, then parameters.
      .regex(
        /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:; ?[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[ !#-[\]-~]*"))*$/,
        'must be a media type such as "application/pdf"',
      )
      .optional(),
    tags: limitFields.tags.default([]),
  })
  .superRefine((body, context) => {
    if ((body.ttlSeconds === undefined) === (body.expiresAt === undefined)) {
      const message = 'must be given, or expiresAt, but not both';
      context.addIssue({ code: 'custom', path: ['ttlSeconds'], message });
    }
  });

const MAX_BATCH = 100;

/** Many mints; each is checked for itself, so that one fault spoils no other. */
export const batchBody = z.strictObject({
  links: z
    .array(z.unknown(), 'must be a list of mints')
    .min(1, 'must have at least one mint')
    .max(MAX_BATCH, `must have at most ${MAX_BATCH} mints`),
});

/** A merge patch (RFC 7396): null takes a limit away. */
export const changeBody = z.strictObject({
  expiresAt: instant.optional(),
  claimSeconds: limitFields.claimSeconds.optional(),
  confirm: limitFields.confirm.optional(),
  tags: limitFields.tags.optional(),
  notBefore: limitFields.notBefore.nullish(),
  maxUses: limitFields.maxUses.nullish(),
  rateLimit: limitFields.rateLimit.nullish(),
  allowCidrs: limitFields.allowCidrs.nullish(),
  allowCountries: limitFields.allowCountries.nullish(),
  password: limitFields.password.nullish(),
  note: limitFields.note.nullish(),
});

const STATES = [
  'pending',
  'scheduled',
  'active',
  'used_up',
  'expired',
  'revoking',
  'revoked',
  'failed',
] as const satisfies readonly LinkState[];

export const listQuery = z.strictObject({
  app: text(1, 32).optional(),
  state: z.enum(STATES, `must be one of ${STATES.join(', ')}`).optional(),
  store: text(1, 32).optional(),
  key: text(1, 1_024).optional(),
  keyPrefix: text(1, 1_024).optional(),
  tag: text(1, 64).optional(),
  mintedBy: text(1, 64).optional(),
  createdAfter: instant.optional(),
  createdBefore: instant.optional(),
  expiresAfter: instant.optional(),
  expiresBefore: instant.optional(),
  q: text(1, 200).optional(),
  limit,
  cursor,
});

const MAX_SELECTED = 1_000;

/** A bulk revocation: by ids, by URLs, or by a filter of which at least one part is given. */
export const revokeBody = z
  .strictObject({
    ...listQuery.omit({ limit: true, cursor: true }).shape,
    ids: z
      .array(text(1, 64), 'must be a list of link ids')
      .max(MAX_SELECTED, `must have at most ${MAX_SELECTED} ids`)
      .optional(),
    urls: z
      .array(text(1, 2_048), 'must be a list of link URLs')
      .max(MAX_SELECTED, `must have at most ${MAX_SELECTED} URLs`)
      .optional(),
    all: z.literal(true, 'must be true, or left out').optional(),
    dryRun: z.boolean('must be true or false').default(false),
  })
  .superRefine(({ app: _app, dryRun: _dryRun, ids, urls, all, ...filter }, context) => {
    const isFilter = all || Object.values(filter).some((part) => part !== undefined);
    if (Boolean(ids ?? urls) === Boolean(isFilter)) {
      const message = 'must be given, or a filter, or "all": true, but not both';
      context.addIssue({ code: 'custom', path: ['ids'], message });
    }
  });

export const lookupBody = z.strictObject({ url: text(1, 2_048) });

/** How soon a revocation takes effect, by consistency. */
const REVOCATION = {
  strong: 'effective everywhere once DELETE has answered 200',
  edge: 'typically effective within 60 seconds of DELETE, without a bound',
} as const;

/**
 * How an app sees its link. The counts are the gate's where it was asked, else what it reported last;
 * an edge link has none, since its gate is not asked either.
 */
export function linkOnWire(link: Link, activity: Activity | undefined, now: Instant) {
  const { grant, limits } = link;
  const { maxUses } = limits;
  const isCounted = grant.consistency === 'strong';
  const totals = activity ?? link.reported?.totals ?? (isCounted ? NO_ACTIVITY : undefined);
  return {
    id: link.id,
    state: linkState(link, now, totals?.uses),
    store: grant.store,
    key: grant.key,
    versionId: grant.versionId,
    object: link.object,
    operation: grant.operation,
    consistency: grant.consistency,
    revocation: REVOCATION[grant.consistency],
    disposition: grant.disposition,
    filename: grant.filename,
    contentType: grant.contentType,
    createdAt: toIso(link.createdAt),
    expiresAt: toIso(limits.expiresAt),
    revokedAt: link.status === 'revoked' ? isoOf(link.endedAt) : undefined,
    notBefore: isoOf(limits.notBefore),
    maxUses,
    usesLeft: maxUses && totals ? Math.max(0, maxUses - totals.uses) : undefined,
    confirm: limits.confirm,
    claimSeconds: limits.claimSeconds,
    rateLimit: limits.rateLimit,
    allowCidrs: limits.allowCidrs,
    allowCountries: limits.allowCountries,
    hasPassword: limits.password !== undefined,
    opens: totals?.opens ?? null,
    denials: totals?.denials ?? null,
    lastOpenedAt: isoOf(totals?.lastOpenedAt) ?? null,
    note: link.note,
    tags: link.tags,
    mintedBy: link.mintedBy,
  };
}

function isoOf(instant: Instant | undefined): string | undefined {
  return instant === undefined ? undefined : toIso(instant);
}
