// Links on the wire: what a mint may ask for and how a link is shown.

import { z } from 'zod';
import { type Instant, toIso } from '../lib/time.ts';
import { type Link, linkState } from '../links/link.ts';
import { objectKeyFault } from '../links/object-key.ts';
import { text } from './text.ts';

const MAX_TAGS = 20;

const instant = z
  .string('must be an ISO 8601 instant such as "2030-01-31T12:00:00Z"')
  .refine((value) => z.iso.datetime({ offset: true }).safeParse(value).success, {
    error: 'must be an ISO 8601 instant such as "2030-01-31T12:00:00Z"',
  })
  .transform((value) => Date.parse(value));

const objectKey = z.string('must be a string').superRefine((key, context) => {
  const fault = objectKeyFault(key);
  if (fault) context.addIssue({ code: 'custom', message: fault });
});

export const mintBody = z
  .strictObject({
    store: text(1, 32),
    key: objectKey,
    operation: z.literal('download', 'must be "download"'),
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
    note: text(0, 500).optional(),
    tags: z
      .array(text(1, 64), 'must be a list of strings')
      .max(MAX_TAGS, `must have at most ${MAX_TAGS} tags`)
      .default([]),
  })
  .superRefine((body, context) => {
    if ((body.ttlSeconds === undefined) === (body.expiresAt === undefined)) {
      const message = 'must be given, or expiresAt, but not both';
      context.addIssue({ code: 'custom', path: ['ttlSeconds'], message });
    }
  });

/** How an app sees its link. */
export function linkOnWire(link: Link, now: Instant) {
  const { grant } = link;
  return {
    id: link.id,
    state: linkState(link, now),
    store: grant.store,
    key: grant.key,
    operation: grant.operation,
    disposition: grant.disposition,
    filename: grant.filename,
    contentType: grant.contentType,
    note: link.note,
    tags: link.tags,
    createdAt: toIso(link.createdAt),
    expiresAt: toIso(link.limits.expiresAt),
    revokedAt: link.status === 'revoked' && link.endedAt ? toIso(link.endedAt) : undefined,
    mintedBy: link.mintedBy,
  };
}
