// Cloudflare Access in front of the dashboard: whoever it let in comes with a token that it signed.

import { verifyWithJwks } from 'hono/jwt';
import type { AccessSettings } from '../config.ts';
import { type Instant, SECOND_MS } from '../lib/time.ts';
import { Unavailable } from '../lib/unavailable.ts';

/** A withdrawn key is believed for no longer than this. */
const KEYS_KEPT_MS = 600 * SECOND_MS;
/** How soon keys are asked for again: after a failure, and for a token of a key that isn't known yet. */
const ASKED_AGAIN_MS = 30 * SECOND_MS;

type Keys = NonNullable<Parameters<typeof verifyWithJwks>[1]['keys']>;
type Kept = { readonly keys: Keys | undefined; readonly team: string; readonly at: Instant };

let kept: Kept | undefined;

/**
 * Whether a `Cf-Access-Jwt-Assertion` is the team's word for this application, now. Throws `Unavailable`
 * while the team's keys can't be had.
 */
export async function isLetInByAccess(
  assertion: string | undefined,
  settings: AccessSettings,
  now: Instant,
): Promise<boolean> {
  if (assertion === undefined) return false;
  if (await isSigned(assertion, await keysOf(settings.team, now, KEYS_KEPT_MS), settings))
    return true;
  // By a key that is newer than those that are kept, maybe.
  return isSigned(assertion, await keysOf(settings.team, now, ASKED_AGAIN_MS), settings);
}

async function isSigned(
  assertion: string,
  keys: Keys,
  { team, audience }: AccessSettings,
): Promise<boolean> {
  try {
    const { exp } = await verifyWithJwks(assertion, {
      keys,
      allowedAlgorithms: ['RS256'],
      // A clock that is a second behind Access's refuses nobody.
      verification: { iss: team, aud: audience, iat: false },
    });
    // Without an end it would be good for ever.
    return exp !== undefined;
  } catch {
    return false;
  }
}

async function keysOf(team: string, now: Instant, maxAgeMs: number): Promise<Keys> {
  const known = kept?.team === team ? kept : undefined;
  const isFresh = known !== undefined && now < known.at + (known.keys ? maxAgeMs : ASKED_AGAIN_MS);
  if (!isFresh) {
    const fetched = await fetchKeys(team);
    // Those of before are better than none, until they are too old to be believed.
    const isBelieved = known?.keys !== undefined && now < known.at + 2 * KEYS_KEPT_MS;
    if (fetched || !isBelieved) kept = { keys: fetched, team, at: now };
  }
  if (!kept?.keys) throw new Unavailable('Cloudflare Access gave no keys');
  return kept.keys;
}

async function fetchKeys(team: string): Promise<Keys | undefined> {
  try {
    const response = await fetch(`${team}/cdn-cgi/access/certs`);
    const { keys } = (await response.json()) as { keys?: Keys };
    return response.ok && Array.isArray(keys) && keys.length > 0 ? keys : undefined;
  } catch {
    return undefined;
  }
}
