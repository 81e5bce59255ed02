// What a mint and a change of a link may ask for.

import * as z from 'zod';
import { CONSISTENCIES, DELIVERIES, DISPOSITIONS, OPERATIONS } from '../links/grant.ts';
import { objectKeyFault } from '../links/object-key.ts';
import { MAX_UPLOAD_BYTES } from '../links/part-plan.ts';
import { flag, oneOf } from './field.ts';
import { instant, limitFields, wholeNumber } from './limits.ts';
import { text } from './text.ts';

export const objectKey = z.string('must be a string').superRefine((key, context) => {
  const fault = objectKeyFault(key);
  if (fault) context.addIssue({ code: 'custom', message: fault });
});

const filename = text(1, 255).refine((name) => !/[/\\]/.test(name), 'must not contain "/" or "\\"');

export const contentType = z
  .string('must be a string')
  .max(255, 'must have at most 255 characters')
  // RFC 9110, 8.3.1: type "/" subtype, then parameters.
  .regex(
    /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:; ?[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[ !#-[\]-~]*"))*$/,
    'must be a media type such as "application/pdf"',
  );

const expiresAt = instant.meta({
  description: 'When the link ends; the whole second before it counts. Or give ttlSeconds.',
});

const MAX_CONTENT_TYPES = 50;

/** What an upload has to be like, as a mint says it. */
export const uploadTerms = z
  .strictObject(
    {
      maxBytes: wholeNumber(1, MAX_UPLOAD_BYTES).meta({
        description: 'The largest file that is taken.',
        example: 104_857_600,
      }),
      contentTypes: z
        .array(
          z
            .string('must be a string')
            .regex(
              /^[\w!#$&^.+-]+\/(?:\*|[\w!#$&^.+-]+)$/,
              'must be such as "image/png" or "image/*"',
            ),
          'must be a list of media types',
        )
        .min(1, 'must have at least one type')
        .max(MAX_CONTENT_TYPES, `must have at most ${MAX_CONTENT_TYPES} types`)
        .optional()
        .meta({ description: 'The types that are taken; any without it.', example: ['image/*'] }),
      overwrite: flag
        .default(false)
        .meta({ description: 'Whether a file that is there already may be replaced.' }),
      checksum: z
        .literal('required', 'must be "required", or left out')
        .optional()
        .meta({ description: 'Whether senders have to say the SHA-256 of what they send.' }),
    },
    'must be an object with maxBytes',
  )
  .meta({ id: 'UploadTerms', example: { maxBytes: 104_857_600, contentTypes: ['image/*'] } });

const mintFields = {
  store: text(1, 32).meta({ description: 'The alias of a configured store.', example: 'main' }),
  key: objectKey.meta({
    description: 'The object’s key, up to 1,024 bytes, without the segments "." and "..".',
    example: 'reports/q3.pdf',
  }),
  versionId: text(1, 1_024).optional().meta({
    description: 'The version of the object to give out, where the store keeps versions.',
  }),
  verifyObject: flag.default(false).meta({
    description: 'Refuse with 422 unless the object is there now, and record what it is.',
  }),
  operation: oneOf(OPERATIONS).meta({ description: 'What the link is for.' }),
  consistency: oneOf(CONSISTENCIES).default('strong').meta({
    description:
      'Strong: a revocation holds everywhere at once. Edge: no gate is asked, for very hot links without uses, password, confirm and rate; a revocation then takes typically up to 60 s, without a bound.',
  }),
  ttlSeconds: z
    .int('must be a whole number of seconds')
    .min(1, 'must be at least 1')
    .optional()
    .meta({ description: 'How long the link lives. Or give expiresAt.', example: 600 }),
  expiresAt: expiresAt.optional(),
  upload: uploadTerms.optional().meta({
    description:
      'Of uploads: what is taken. A key that ends in "/" takes many files, each under a name of its own.',
  }),
  filename: filename.optional().meta({
    description: 'The name under which it is saved; by default the last part of the key.',
  }),
  delivery: oneOf(DELIVERIES).optional().meta({
    description:
      'Redirect (the default): to a presigned URL of the storage. Stream: through the gateway, so that the storage stays hidden and a revocation ends even a transfer under way.',
  }),
  disposition: oneOf(DISPOSITIONS).optional().meta({
    description:
      'Saved (the default), or shown in the browser: only types that can’t run script, by contentType.',
  }),
  contentType: contentType
    .optional()
    .meta({ description: 'The type it is served as.', example: 'application/pdf' }),
};

export const mintBody = z
  .strictObject({
    ...mintFields,
    ...z.object(limitFields).partial().shape,
    tags: limitFields.tags.default([]),
  })
  .superRefine((body, context) => {
    if ((body.ttlSeconds === undefined) === (body.expiresAt === undefined)) {
      const message = 'must be given, or expiresAt, but not both';
      context.addIssue({ code: 'custom', path: ['ttlSeconds'], message });
    }
  })
  .meta({
    id: 'Mint',
    description: 'A link to be, with exactly one of ttlSeconds and expiresAt.',
    example: { store: 'main', key: 'reports/q3.pdf', operation: 'download', ttlSeconds: 600 },
  });

const MAX_BATCH = 100;

/** Each mint is checked for itself, so that one fault spoils no other. */
export const batchBody = z
  .strictObject({
    links: z
      .array(z.unknown(), 'must be a list of mints')
      .min(1, 'must have at least one mint')
      .max(MAX_BATCH, `must have at most ${MAX_BATCH} mints`),
  })
  .meta({ id: 'Batch' });

/** A merge patch (RFC 7396): null takes a limit away. */
export const changeBody = z
  .strictObject({
    expiresAt: expiresAt.optional(),
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
  })
  .meta({
    id: 'LinkChange',
    description: 'A merge patch (RFC 7396): null takes a limit away.',
    example: { maxUses: 5, notBefore: null },
  });
