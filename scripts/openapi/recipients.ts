// What recipients and monitors ask, as the OpenAPI document has it.

import * as z from 'zod';
import type { Reason } from '../../src/http/problems.ts';
import { metricsQuery } from '../../src/schemas/app.ts';
import { redeemBody, redeemedShown } from '../../src/schemas/redeem.ts';
import {
  beginUploadBody,
  begunUpload,
  partsBody,
  signedParts,
  uploadShown,
} from '../../src/schemas/upload.ts';
import type { Paths } from './paths.ts';

const byToken = z.object({
  token: z.string().meta({ description: 'The last part of the link’s URL.' }),
});
const claimHeader = z.object({
  'Hallpass-Claim': z.string().optional().meta({
    description:
      '22 to 86 random characters of A–Z, a–z, 0–9, "-" and "_" of your own. The same claim again spends nothing.',
  }),
});
const objectHeaders = claimHeader.extend({
  Range: z.string().optional().meta({
    description: 'Of a streamed object: one part of it. Of a redirect it is the storage’s affair.',
    example: 'bytes=1000-',
  }),
  'If-Range': z.string().optional().meta({
    description: 'The part only if the object still has this ETag; all of it otherwise.',
  }),
  'If-None-Match': z.string().optional().meta({ description: '304 if the object has this ETag.' }),
});
const location = z.object({
  Location: z.string().meta({ description: 'A presigned URL, good for seconds.' }),
});

const REFUSALS: readonly Reason[] = [
  'not_found',
  'expired',
  'revoked',
  'used_up',
  'not_yet',
  'address_not_allowed',
  'country_not_allowed',
  'rate_limited',
  'flooded',
  'claim_invalid',
  'wrong_operation',
  'store_unavailable',
  'store_failing',
  'object_missing',
];

const byUpload = byToken.extend({
  id: z.string().meta({ description: 'The id that the beginning of the upload answered.' }),
});

const PASSWORD = ['password_required', 'password_wrong', 'password_locked'] as const;

/** What an announcement is refused with. */
const ANNOUNCED: readonly Reason[] = [
  'upload_too_large',
  'content_type_not_allowed',
  'checksum_required',
  'filename_required',
  'object_exists',
  'upload_differs',
  'upload_gone',
  'upload_not_found',
];

export const recipientPaths: Paths = {
  '/{token}': {
    get: {
      operationId: 'openLink',
      tag: 'Recipients',
      summary: 'Open a link',
      access: 'token',
      path: byToken,
      headers: objectHeaders,
      answers: [
        {
          status: 200,
          description:
            'The object, of a link that streams. For people: a page on which the link is redeemed on purpose.',
          schema: z.string(),
          mediaType: 'text/html',
          orObject: true,
        },
        { status: 206, description: 'The part that was asked for.', orObject: true },
        { status: 302, description: 'Where the object is.', headers: location },
        { status: 304, description: 'The object has not changed.' },
      ],
      reasons: [
        ...REFUSALS,
        'confirm_required',
        'prefetch',
        'range_not_satisfiable',
        'precondition_failed',
      ],
    },
    put: {
      operationId: 'sendFile',
      tag: 'Recipients',
      summary: 'Upload with curl -LT',
      description:
        'Goes on to the store where nothing has to be signed that curl can’t know: one key that may be overwritten, of any type and without a checksum. Else the `detail` of the answer holds the two lines to paste.',
      access: 'token',
      path: byToken,
      headers: claimHeader,
      answers: [
        { status: 200, description: 'It was sent before with this claim.', schema: uploadShown },
        { status: 307, description: 'Where to send the file.', headers: location },
      ],
      reasons: [...REFUSALS, ...PASSWORD, ...ANNOUNCED, 'announce_first', 'length_required'],
    },
    post: {
      operationId: 'redeemLink',
      tag: 'Recipients',
      summary: 'Redeem a link',
      description: 'How links with uses, a password or confirm are opened, on purpose.',
      access: 'token',
      path: byToken,
      headers: claimHeader,
      body: redeemBody,
      formToo: true,
      isBodyOptional: true,
      answers: [
        {
          status: 200,
          description:
            'Where the object is, for who asked for JSON. For other programs the object, of a link that streams.',
          schema: redeemedShown,
          orObject: true,
        },
        {
          status: 303,
          description: 'Where the object is; of a link that streams the link, with a cookie.',
          headers: location,
        },
      ],
      reasons: [...REFUSALS, 'password_required', 'password_wrong', 'password_locked'],
    },
  },
  '/{token}/uploads': {
    post: {
      operationId: 'beginUpload',
      tag: 'Recipients',
      summary: 'Begin an upload',
      description:
        'Answers where to send the file, or for more than 64 MiB a plan of parts. The same claim again goes on with the same upload and spends nothing.',
      access: 'token',
      path: byToken,
      headers: claimHeader,
      body: beginUploadBody,
      formToo: true,
      answers: [
        {
          status: 200,
          description: 'For curl -K, where text/plain was asked for.',
          schema: z.string(),
          mediaType: 'text/plain',
        },
        { status: 201, description: 'Where to send the file.', schema: begunUpload },
      ],
      reasons: [...REFUSALS, ...PASSWORD, ...ANNOUNCED, 'announce_first'],
    },
  },
  '/{token}/uploads/{id}': {
    get: {
      operationId: 'inspectUpload',
      tag: 'Recipients',
      summary: 'See how far an upload is',
      access: 'token',
      path: byUpload,
      answers: [{ status: 200, description: 'The upload.', schema: uploadShown }],
      reasons: [...REFUSALS, 'upload_not_found', 'upload_gone'],
    },
    delete: {
      operationId: 'abortUpload',
      tag: 'Recipients',
      summary: 'Give an upload up',
      access: 'token',
      path: byUpload,
      answers: [{ status: 200, description: 'The upload.', schema: uploadShown }],
      reasons: [...REFUSALS, 'upload_not_found'],
    },
  },
  '/{token}/uploads/{id}/parts': {
    post: {
      operationId: 'signParts',
      tag: 'Recipients',
      summary: 'Get URLs for parts',
      description: 'Ask for the next few when they are to be sent: each is good for seconds.',
      access: 'token',
      path: byUpload,
      body: partsBody,
      answers: [{ status: 200, description: 'Where to send them.', schema: signedParts }],
      reasons: [
        ...REFUSALS,
        'upload_not_found',
        'upload_gone',
        'part_unknown',
        'checksum_required',
      ],
    },
  },
  '/{token}/uploads/{id}/complete': {
    post: {
      operationId: 'completeUpload',
      tag: 'Recipients',
      summary: 'Complete an upload',
      description: 'The store is asked what it has. May be repeated.',
      access: 'token',
      path: byUpload,
      answers: [{ status: 200, description: 'It is there.', schema: uploadShown }],
      reasons: [
        ...REFUSALS,
        'upload_not_found',
        'upload_gone',
        'upload_incomplete',
        'upload_mismatch',
        'object_exists',
      ],
    },
  },
  '/metrics': {
    get: {
      operationId: 'readMetrics',
      tag: 'Monitoring',
      summary: 'Read metrics',
      description:
        'For Prometheus; METRICS_TOKEN, where it is set, may read this too, and nothing else. An app whose ledger gave no answer has `hallpass_app_up` 0 and nothing else.',
      access: 'operator',
      query: metricsQuery,
      answers: [
        {
          status: 200,
          description: 'Counters and gauges of each app.',
          mediaType: 'text/plain',
          schema: z.string().meta({
            description: 'Text format 0.0.4.',
            example: '# TYPE hallpass_opens_total counter\nhallpass_opens_total{app="…"} 42\n',
          }),
        },
      ],
      reasons: ['app_not_found'],
    },
  },
  '/healthz': {
    get: {
      operationId: 'checkHealth',
      tag: 'Monitoring',
      summary: 'Whether the settings are right',
      access: 'public',
      answers: [
        {
          status: 200,
          description: 'They are.',
          schema: z.object({ status: z.literal('ok') }),
        },
      ],
    },
  },
};
