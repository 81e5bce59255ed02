// An operator's session: a secret in the browser's cookie, of which only the id is kept, and its two ends.

import type { Bytes } from '../lib/digest.ts';
import type { Random } from '../lib/random.ts';
import { createTaggedSecrets } from '../lib/tagged-secret.ts';
import { HOUR_MS, type Instant } from '../lib/time.ts';

/** OWASP ASVS 5, 11.5.1: at least 128 random bits. */
const RANDOM_BYTES = 16;

/** How long a session lives without a request, and how long at most. */
export const SESSION_IDLE_MS = HOUR_MS / 2;
export const SESSION_LONGEST_MS = 12 * HOUR_MS;

export type Session = { readonly startedAt: Instant; readonly seenAt: Instant };

export function isSessionAlive({ startedAt, seenAt }: Session, now: Instant): boolean {
  return now < seenAt + SESSION_IDLE_MS && now < startedAt + SESSION_LONGEST_MS;
}

export type SessionSecrets = {
  draw(): Promise<{ readonly text: string; readonly id: string }>;
  /** The id of an authentic secret, without asking anybody; `undefined` for any other text. */
  read(text: string): Promise<string | undefined>;
};

/** The admin token is part of each tag: with another token every session has ended. */
export function createSessionSecrets(
  rootKeys: readonly Bytes[],
  adminToken: string,
  random: Random,
): SessionSecrets {
  const secrets = createTaggedSecrets({
    rootKeys,
    purpose: 'operator session',
    randomBytes: RANDOM_BYTES,
  });
  return {
    draw: () => secrets.make(random(RANDOM_BYTES), adminToken),
    read: async (text) => (await secrets.read(text, adminToken))?.id,
  };
}
