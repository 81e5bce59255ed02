// What a redeemer sends in the body of a POST to a link, from the page's form or from a program.

import { z } from 'zod';

const MAX_PASSWORD_LENGTH = 256;

export const redeemBody = z.strictObject({
  password: z
    .string('must be a string')
    .max(MAX_PASSWORD_LENGTH, `must have at most ${MAX_PASSWORD_LENGTH} characters`)
    .optional(),
  claim: z.string('must be a string').optional(),
});
