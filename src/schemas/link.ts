// How a link is shown to its app and to operators.

import * as z from 'zod';
import { type Instant, toIso } from '../lib/time.ts';
import { type Activity, NO_ACTIVITY, spentUses } from '../links/activity.ts';
import { CONSISTENCIES, DELIVERIES, DISPOSITIONS, OPERATIONS } from '../links/grant.ts';
import { LINK_STATES, type Link, linkState } from '../links/link.ts';
import { count, pageOf, shownId, shownInstant } from './field.ts';
import { rateLimit } from './limits.ts';
import { uploadTerms } from './mint.ts';
import { problemShown } from './problem.ts';

/** How soon a revocation takes effect, by consistency. */
const REVOCATION = {
  strong: 'effective everywhere once DELETE has answered 200',
  edge: 'typically effective within 60 seconds of DELETE, without a bound',
} as const;

const storedObject = z
  .object({
    size: count.meta({ description: 'In bytes.' }),
    contentType: z.string().optional(),
    etag: z.string().optional(),
  })
  .meta({ description: 'The object as it was at the mint, where verifyObject asked for it.' });

export const linkShown = z
  .object({
    id: shownId('lnk').meta({ description: 'Safe in logs and lists; it leads nowhere.' }),
    state: z.enum(LINK_STATES),
    store: z.string(),
    key: z.string(),
    versionId: z.string().optional(),
    object: storedObject.optional(),
    operation: z.enum(OPERATIONS),
    consistency: z.enum(CONSISTENCIES),
    revocation: z
      .enum([REVOCATION.strong, REVOCATION.edge])
      .meta({ description: 'How soon a revocation takes effect.' }),
    delivery: z.enum(DELIVERIES),
    disposition: z.enum(DISPOSITIONS),
    upload: uploadTerms.optional(),
    filename: z.string().optional(),
    contentType: z.string().optional(),
    createdAt: shownInstant,
    expiresAt: shownInstant,
    revokedAt: shownInstant.optional(),
    notBefore: shownInstant.optional(),
    maxUses: count.optional(),
    usesLeft: count.optional().meta({ description: 'Only of links with maxUses.' }),
    confirm: z.boolean(),
    claimSeconds: count,
    rateLimit: rateLimit.optional(),
    allowCidrs: z.array(z.string()).readonly().optional(),
    allowCountries: z.array(z.string()).readonly().optional(),
    hasPassword: z.boolean(),
    opens: count.nullable().meta({
      description:
        'Redirects and streams given. In lists as of about 10 s ago; null for edge links, which no gate counts.',
    }),
    denials: z
      .record(z.string(), count)
      .nullable()
      .meta({ description: 'Refusals by their reason.', example: { expired: 1 } }),
    lastOpenedAt: shownInstant.nullable(),
    note: z.string().optional(),
    tags: z.array(z.string()).readonly(),
    mintedBy: z.string().meta({ description: 'The id of the API key that minted it.' }),
  })
  .meta({ id: 'Link' });

type LinkShown = z.output<typeof linkShown>;

export const mintedLink = linkShown
  .extend({
    url: z.string().meta({
      description: 'The link itself: shown here and never again. Whoever has it gets the object.',
      example: 'https://files.example.com/4mWQ0kXvTtPzB7cJr2LsYd',
    }),
  })
  .meta({ id: 'MintedLink' });

export const linkPage = pageOf(linkShown).meta({ id: 'LinkPage' });

export const batchShown = z
  .object({
    results: z.array(
      z.union([
        z.object({ status: z.literal(201), link: mintedLink }),
        z.object({ status: z.int(), problem: problemShown }),
      ]),
    ),
  })
  .meta({ id: 'BatchResults', description: 'In the order of the mints.' });

/**
 * How an app sees its link. The counts are the gate's where it was asked, else what it reported last;
 * an edge link has none, since its gate is not asked either.
 * @internal
 */
export function linkOnWire(link: Link, activity: Activity | undefined, now: Instant): LinkShown {
  const { grant, limits } = link;
  const { maxUses } = limits;
  const isCounted = grant.consistency === 'strong';
  const totals = activity ?? link.reported?.totals ?? (isCounted ? NO_ACTIVITY : undefined);
  return {
    id: link.id,
    state: linkState(link, now, totals && spentUses(totals)),
    store: grant.store,
    key: grant.key,
    versionId: grant.versionId,
    object: grant.object,
    operation: grant.operation,
    consistency: grant.consistency,
    revocation: REVOCATION[grant.consistency],
    delivery: grant.delivery ?? 'redirect',
    disposition: grant.disposition,
    upload: grant.upload && { ...grant.upload, contentTypes: grant.upload.contentTypes?.slice() },
    filename: grant.filename,
    contentType: grant.contentType,
    createdAt: toIso(link.createdAt),
    expiresAt: toIso(limits.expiresAt),
    revokedAt: link.status === 'revoked' ? isoOf(link.endedAt) : undefined,
    notBefore: isoOf(limits.notBefore),
    maxUses,
    usesLeft: maxUses && totals ? Math.max(0, maxUses - spentUses(totals)) : undefined,
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
