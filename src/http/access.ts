// Cloudflare Access in front of the dashboard: whoever it let in comes with a token that it signed.

import { verifyWithJwks } from 'hono/jwt';
import type { AccessSettings } from '../config.ts';
import { HOUR_MS, type Instant } from '../lib/time.ts';

/** Access renews its keys every six weeks and keeps the old ones for a week. */
const KEYS_KEPT_MS = HOUR_MS;

type Keys = NonNullable<Parameters<typeof verifyWithJwks>[1]['keys']>;
let kept: { readonly keys: Keys; readonly team: string; readonly until: Instant } | undefined;

/** Whether a `Cf-Access-Jwt-Assertion` is the team's word for this application, now. */
export async function isLetInByAccess(
  assertion: string | undefined,
  { team, audience }: AccessSettings,
  now: Instant,
): Promise<boolean> {
  if (assertion === undefined) return false;
  try {
    const { exp } = await verifyWithJwks(assertion, {
      keys: await keysOf(team, now),
      allowedAlgorithms: ['RS256'],
      verification: { iss: team, aud: audience },
    });
    // Without an end it would be good for ever.
    return exp !== undefined;
  } catch {
    return false;
  }
}

async function keysOf(team: string, now: Instant): Promise<Keys> {
  if (kept && kept.team === team && now < kept.until) return kept.keys;
  const response = await fetch(`${team}/cdn-cgi/access/certs`);
  const { keys } = (await response.json()) as { keys: Keys };
  kept = { keys, team, until: now + KEYS_KEPT_MS };
  return keys;
}
