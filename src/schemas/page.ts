// How much of a list is asked for, and after which place.

import { z } from 'zod';
import { text } from './text.ts';

export const cursor = text(1, 500).optional();

export const limit = z
  .string()
  .regex(/^(?:[1-9]\d?|1\d\d|200)$/, 'must be a whole number from 1 to 200')
  .default('50')
  .transform(Number);

export const pageQuery = z.strictObject({ limit, cursor });
