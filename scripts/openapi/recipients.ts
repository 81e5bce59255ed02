// What recipients and monitors ask, as the OpenAPI document has it.

import { z } from 'zod';
import type { Reason } from '../../src/http/problems.ts';
import { redeemBody, redeemedShown } from '../../src/schemas/redeem.ts';
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
  'store_unavailable',
];

export const recipientPaths: Paths = {
  '/{token}': {
    get: {
      operationId: 'openLink',
      tag: 'Recipients',
      summary: 'Open a link',
      access: 'token',
      path: byToken,
      headers: claimHeader,
      answers: [
        {
          status: 200,
          description: 'For people: a page on which the link is redeemed on purpose.',
          schema: z.string(),
          mediaType: 'text/html',
        },
        { status: 302, description: 'Where the object is.', headers: location },
      ],
      reasons: [...REFUSALS, 'confirm_required', 'prefetch'],
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
          description: 'Where the object is, for who asked for JSON.',
          schema: redeemedShown,
        },
        { status: 303, description: 'Where the object is.', headers: location },
      ],
      reasons: [...REFUSALS, 'password_required', 'password_wrong', 'password_locked'],
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
