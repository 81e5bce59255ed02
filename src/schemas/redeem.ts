// What a redeemer sends in the body of a POST to a link, from the page's form or from a program.

import * as z from 'zod';
import { shownInstant } from './field.ts';

const MAX_PASSWORD_LENGTH = 256;

export const redeemBody = z
  .strictObject({
    password: z
      .string('must be a string')
      .max(MAX_PASSWORD_LENGTH, `must have at most ${MAX_PASSWORD_LENGTH} characters`)
      .optional()
      .meta({ description: 'The link’s password, if it has one.' }),
    claim: z
      .string('must be a string')
      .optional()
      .meta({ description: 'As the header Hallpass-Claim; without either one is drawn.' }),
  })
  .meta({ id: 'Redeem' });

export const redeemedShown = z
  .object({
    url: z.string().meta({
      description:
        'A presigned URL, good for seconds; of a streamed link its own, to be sent with the claim.',
    }),
    claim: z.string().meta({ description: 'With it you may come back for the same use.' }),
    expiresAt: shownInstant.meta({
      description: 'When the URL ends, or for a streamed link the claim.',
    }),
  })
  .meta({ id: 'Redeemed' });
