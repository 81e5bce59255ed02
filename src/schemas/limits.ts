// The limits of a link on the wire, as a mint sets them and a change may replace them.

import * as z from 'zod';
import { isCidr, isCountryCode } from '../links/conditions.ts';
import { flag } from './field.ts';
import { text } from './text.ts';

const MAX_TAGS = 20;
const MAX_NETWORKS = 50;
/** Every country there is. */
const MAX_COUNTRIES = 250;
const DAY_SECONDS = 86_400;

const INSTANT_FAULT = 'must be an ISO 8601 instant such as "2030-01-31T12:00:00Z"';

export const instant = z
  .string(INSTANT_FAULT)
  .refine((value) => z.iso.datetime({ offset: true }).safeParse(value).success, INSTANT_FAULT)
  .meta({ format: 'date-time', example: '2030-01-31T12:00:00Z' })
  .transform((value) => Date.parse(value));

export const rateLimit = z
  .strictObject(
    {
      limit: wholeNumber(1, 10_000).meta({ description: 'How many opens.' }),
      windowSeconds: wholeNumber(1, DAY_SECONDS).meta({ description: 'In any so many seconds.' }),
    },
    'must be an object with limit and windowSeconds',
  )
  .meta({ id: 'RateLimit', example: { limit: 60, windowSeconds: 60 } });

/** Fields that a mint may set and a change may replace. */
export const limitFields = {
  notBefore: instant.meta({ description: 'Until then the link stays shut.' }),
  maxUses: wholeNumber(1, 1_000_000).meta({ description: 'How often it may be redeemed.' }),
  claimSeconds: wholeNumber(60, DAY_SECONDS).meta({
    description: 'For how long a redeemer may come back for the same use; an hour by default.',
  }),
  confirm: flag.meta({ description: 'Redeem on purpose only, though nothing else asks for it.' }),
  rateLimit: rateLimit.meta({
    description: 'How fast it may be opened; the app’s default, or 60 in 60 s.',
  }),
  allowCidrs: z
    .array(
      z.string('must be a string').refine(isCidr, 'must be a network such as "203.0.113.0/24"'),
      'must be a list of networks',
    )
    .min(1, 'must have at least one network')
    .max(MAX_NETWORKS, `must have at most ${MAX_NETWORKS} networks`)
    .meta({ description: 'The networks it opens from.', example: ['203.0.113.0/24'] }),
  allowCountries: z
    .array(
      z
        .string('must be a string')
        .refine(isCountryCode, 'must be an ISO 3166-1 country code such as "DE"'),
      'must be a list of country codes',
    )
    .min(1, 'must have at least one country')
    .max(MAX_COUNTRIES, `must have at most ${MAX_COUNTRIES} countries`)
    .meta({ description: 'The countries it opens from, as ISO 3166-1 codes.', example: ['DE'] }),
  password: text(1, 256).meta({
    description:
      'Asked of whoever redeems it. 5 wrong tries per address in 5 minutes, 50 per hour.',
  }),
  note: text(0, 500).meta({ description: 'Yours to find it by; recipients don’t see it.' }),
  tags: z
    .array(text(1, 64), 'must be a list of strings')
    .max(MAX_TAGS, `must have at most ${MAX_TAGS} tags`)
    .meta({ description: 'Yours to find it by.', example: ['invoice'] }),
};

export function wholeNumber(least: number, most: number) {
  const fault = `must be a whole number from ${least} to ${most}`;
  return z.int(fault).min(least, fault).max(most, fault);
}
