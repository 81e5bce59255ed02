// Text from outside: bounded, well-formed, without control characters.

import * as z from 'zod';

export function text(least: number, most: number) {
  return z
    .string('must be a string')
    .min(least, `must have at least ${least} character${least === 1 ? '' : 's'}`)
    .max(most, `must have at most ${most} characters`)
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')
    .refine((value) => !/\p{Cc}/u.test(value), 'must not contain control characters');
}
