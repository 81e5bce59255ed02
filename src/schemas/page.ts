// How much of a list is asked for, and after which place.

import * as z from 'zod';
import { text } from './text.ts';

export const cursor = text(1, 500)
  .optional()
  .meta({ description: 'The nextCursor of the page before.' });

export const limit = z
  .string()
  .regex(/^(?:[1-9]\d?|1\d\d|200)$/, 'must be a whole number from 1 to 200')
  .default('50')
  .transform(Number)
  .meta({
    description: 'How many at most: 1 to 200.',
    example: 50,
    override: ({ jsonSchema }: { jsonSchema: Record<string, unknown> }) => {
      Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: 200, default: 50 });
      delete jsonSchema.pattern;
    },
  });

/** Whose things are meant. */
export const ownerQuery = z
  .string('must be the id of an app')
  .regex(/^[0-9A-Za-z]{1,32}$/, 'must be the id of an app')
  .optional()
  .meta({ description: 'Of operators, who have to name it: the id of the app.' });

export const pageQuery = z.strictObject({ limit, cursor });
