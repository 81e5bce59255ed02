// What a sender announces, asks for and is told about an upload.

import * as z from 'zod';
import { MAX_UPLOAD_BYTES } from '../links/part-plan.ts';
import type { Upload } from '../links/upload.ts';
import { count, shownInstant } from './field.ts';
import { contentType } from './mint.ts';
import { text } from './text.ts';

const SHA256_FAULT = 'must be a SHA-256 as 64 hex digits or as base64';

const sha256 = z
  .string(SHA256_FAULT)
  .regex(/^(?:[0-9A-Fa-f]{64}|[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)$/, SHA256_FAULT)
  .meta({ description: 'Of the whole file: 64 hex digits or base64.' })
  .transform(asBase64);

const SIZE_FAULT = `must be a whole number of bytes from 0 to ${MAX_UPLOAD_BYTES}`;

/** A form has text only, and `wc -c` puts spaces before it. */
const size = z
  .union(
    [z.number(SIZE_FAULT), z.string(SIZE_FAULT).regex(/^ *\d{1,16} *$/, SIZE_FAULT)],
    SIZE_FAULT,
  )
  .transform(Number)
  .refine((value) => Number.isInteger(value) && value >= 0 && value <= MAX_UPLOAD_BYTES, SIZE_FAULT)
  .meta({
    description: 'Of the file, in bytes.',
    override: { type: 'integer', minimum: 0, maximum: MAX_UPLOAD_BYTES },
  });

const filename = text(1, 255)
  .refine((name) => !/[/\\]/.test(name), 'must not contain "/" or "\\"')
  .refine((name) => !/^[\s.]*$/.test(name), 'must be a name');

export const beginUploadBody = z
  .strictObject({
    size,
    contentType: contentType
      .optional()
      .meta({ description: 'The type of the file, which it is then sent and kept as.' }),
    filename: filename.optional().meta({
      description: 'Where the link takes many files: the name that this one’s is made of.',
    }),
    sha256: sha256.optional().meta({
      description:
        'Of a file that goes in one request: the store then takes no other. Where it goes in parts each may have its own, and of a store that checks none it is left out.',
    }),
    password: z
      .string('must be a string')
      .max(256, 'must have at most 256 characters')
      .optional()
      .meta({ description: 'The link’s password, if it has one.' }),
  })
  .meta({
    id: 'Announcement',
    example: { size: 1_048_576, contentType: 'image/png', filename: 'photo.png' },
  });

const MAX_PART_NUMBERS = 100;

export const partsBody = z
  .strictObject({
    partNumbers: z
      .array(z.int('must be a whole number'), 'must be a list of part numbers')
      .min(1, 'must have at least one part number')
      .max(MAX_PART_NUMBERS, `must have at most ${MAX_PART_NUMBERS} part numbers`)
      .refine((numbers) => new Set(numbers).size === numbers.length, 'must not repeat a number')
      .meta({ description: 'Which parts to send next, from 1.' }),
    sha256: z
      .array(sha256, 'must be a list of checksums')
      .max(MAX_PART_NUMBERS, `must have at most ${MAX_PART_NUMBERS} checksums`)
      .optional()
      .meta({ description: 'Of each of these parts, where checksums are required.' }),
  })
  .superRefine(({ partNumbers, sha256: sums }, context) => {
    if (sums !== undefined && sums.length !== partNumbers.length) {
      const message = 'must have one checksum for each part number';
      context.addIssue({ code: 'custom', path: ['sha256'], message });
    }
  })
  .meta({ id: 'Parts', example: { partNumbers: [1, 2, 3, 4] } });

const id = z.string().meta({
  description: 'The upload’s claim: whoever has it goes on with the upload. Keep it for a resume.',
});
const headers = z
  .record(z.string(), z.string())
  .meta({ description: 'Send exactly these; browsers send Content-Length by themselves.' });
const url = z.string().meta({ description: 'A presigned URL, good for seconds.' });
const method = z.literal('PUT');

export const begunUpload = z
  .object({
    id,
    state: z.enum(['begun', 'uploaded']),
    method: method.optional(),
    url: url.optional(),
    headers: headers.optional(),
    partSize: count.optional().meta({ description: 'Of every part but the last, in bytes.' }),
    parts: count.optional().meta({ description: 'How many parts to send: ask for their URLs.' }),
    expiresAt: shownInstant.meta({ description: 'When the URL ends, or else the link.' }),
  })
  .meta({
    id: 'BegunUpload',
    description: 'A URL to send the file to, or, for a large one, a plan of parts.',
  });

export const signedParts = z
  .object({
    parts: z.array(
      z.object({ partNumber: z.int(), method, url, headers, expiresAt: shownInstant }),
    ),
  })
  .meta({ id: 'SignedParts' });

export const uploadShown = z
  .object({
    id,
    state: z.enum(['begun', 'uploaded', 'rejected', 'aborted', 'lost', 'given_back']),
    size: count,
    contentType: z.string().optional(),
    partSize: count.optional(),
    parts: count.optional(),
    arrived: z
      .array(z.object({ partNumber: z.int(), size: count }))
      .optional()
      .meta({ description: 'The parts that the store has: the others are still to be sent.' }),
  })
  .meta({ id: 'Upload' });

type ArrivedPart = { readonly partNumber: number; readonly size: number };

/** Nothing of where it is kept. */
export function uploadOnWire(
  claim: string,
  { state, size: bytes, contentType: type, plan }: Upload,
  arrived?: readonly ArrivedPart[],
): z.output<typeof uploadShown> {
  const isMultipart = plan.partCount > 1;
  return {
    id: claim,
    state,
    size: bytes,
    contentType: type,
    ...(isMultipart ? { partSize: plan.partSize, parts: plan.partCount } : {}),
    ...(isMultipart && arrived
      ? { arrived: arrived.map(({ partNumber, size: own }) => ({ partNumber, size: own })) }
      : {}),
  };
}

/** Stores have checksums in base64. */
function asBase64(value: string): string {
  if (value.length !== 64) return value;
  const bytes = value.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return btoa(String.fromCharCode(...bytes));
}
