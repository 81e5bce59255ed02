// Why links were refused, as an operator wants to read it.

import type { GateReason } from '../../links/denial.ts';

const REASONS = {
  expired: 'The link had expired',
  revoked: 'The link was revoked',
  used_up: 'The link was used up',
  not_yet: 'The link wasn’t open yet',
  address_not_allowed: 'From a network that the link isn’t for',
  country_not_allowed: 'From a country that the link isn’t for',
  password_required: 'Without a password',
  password_wrong: 'With a wrong password',
  password_locked: 'After too many wrong passwords',
  rate_limited: 'Too fast',
} as const satisfies Record<GateReason, string>;

export function reasonInWords(reason: string): string {
  return (REASONS as Readonly<Record<string, string>>)[reason] ?? reason;
}
