// Apps and API keys in a few words.

import type { App, Quotas } from '../../apps/app.ts';
import type { ShownKey } from '../../apps/ports.ts';
import { secondsInWords } from '../../lib/amounts.ts';
import { withoutDirections } from '../../lib/directions.ts';
import type { Instant } from '../../lib/time.ts';
import type { RateLimit } from '../../links/rate.ts';

const SHOWN_CHARACTERS = 80;
const SHOWN_ITEMS = 3;

export function titleOf({ name }: App): string {
  return withoutDirections(name);
}

/** As much of a text as a line of a list has room for. */
export function shortened(text: string): string {
  const characters = [...text];
  return characters.length > SHOWN_CHARACTERS
    ? `${characters.slice(0, SHOWN_CHARACTERS).join('')}…`
    : text;
}

/** As many of a list as a line of a list has room for. */
export function someOf(items: readonly string[]): string {
  const shown = items.slice(0, SHOWN_ITEMS).map(shortened).join(', ');
  const rest = items.length - SHOWN_ITEMS;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

export function rateInWords({ limit, windowSeconds }: RateLimit): string {
  return `${counted(limit, 'open')} in ${counted(windowSeconds, 'second')}`;
}

export function quotasInWords({ liveLinks, mintsPerDay }: Quotas): string {
  const bounds = [
    ...(liveLinks === undefined ? [] : [counted(liveLinks, 'live link')]),
    ...(mintsPerDay === undefined ? [] : [`${counted(mintsPerDay, 'mint')} a day`]),
  ];
  return bounds.length === 0 ? 'None' : `At most ${bounds.join(', ')}`;
}

export function counted(count: number, thing: string): string {
  return `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`;
}

export type KeyState = 'live' | 'rotated' | 'expired' | 'revoked';

export function keyState({ revokedAt, expiresAt, rotatedTo }: ShownKey, now: Instant): KeyState {
  if (revokedAt !== undefined) return 'revoked';
  if (expiresAt !== undefined && expiresAt <= now) return 'expired';
  return rotatedTo === undefined ? 'live' : 'rotated';
}

/** What an API key is known by: its note, or its id. */
export function keyName({ note, id }: ShownKey): string {
  return note || id;
}

/** The bounds of an API key beside its scopes, as far as it has any. */
export function boundsInWords(key: ShownKey): string {
  const { stores, keyPrefixes, operations, maxTtlSeconds, requestsPerMinute } = key;
  return [
    ...(stores ? [`in ${someOf(stores)}`] : []),
    ...(keyPrefixes ? [`under ${someOf(keyPrefixes)}`] : []),
    ...(operations ? [`for ${operations.join(', ')}`] : []),
    ...(maxTtlSeconds === undefined ? [] : [`links of ${secondsInWords('en', maxTtlSeconds)}`]),
    `${counted(requestsPerMinute, 'request')} a minute`,
  ].join(', ');
}
