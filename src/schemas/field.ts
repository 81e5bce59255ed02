// Fields that many schemas have.

import * as z from 'zod';

export const flag = z.boolean('must be true or false');

export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  const quoted = values.map((value) => `"${value}"`);
  return z.enum(values, `must be ${quoted.length > 1 ? 'one of ' : ''}${quoted.join(', ')}`);
}

/** An instant as answers have it. */
export const shownInstant = z
  .string()
  .meta({ format: 'date-time', example: '2030-01-31T12:00:00.000Z' });

export function shownId(prefix: string) {
  return z.string().meta({ pattern: `^${prefix}_[0-9A-Za-z]+$` });
}

export const count = z.int().min(0);

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'For the next page; null when there is none.' }),
  });
}
