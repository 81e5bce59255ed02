// Passwords of links: hashed in the Worker, compared and counted in the gate, locked after few tries.

import { type Bytes, equalInConstantTime, hex, hmacSha256, utf8 } from '../lib/digest.ts';
import { createPurposeKeys } from '../lib/root-keys.ts';
import { type Instant, SECOND_MS } from '../lib/time.ts';
import type { LinkRef } from './link-ref.ts';

/** The strength of one guess. Production has refused more than 100,000 iterations. */
export const DEFAULT_PASSWORD_ITERATIONS = 50_000;

export type PasswordHash = {
  readonly hash: string;
  readonly iterations: number;
};

export type Passwords = {
  /** Iterations of new passwords. */
  readonly iterations: number;
  hash(password: string, link: LinkRef, iterations: number): Promise<PasswordHash>;
};

/**
 * PBKDF2-SHA-256 over HMAC(key, password), salted with the link id: whoever reads a gate alone can't
 * even begin to guess (RFC 8018; OWASP's pepper).
 */
export function createPasswords(rootKeys: readonly Bytes[], iterations: number): Passwords {
  const keys = createPurposeKeys(rootKeys, 'password');
  return {
    iterations,
    async hash(password, link, iterations) {
      const { key } = (await keys.under(link.rootKeyId)) ?? (await keys.newest());
      const secret = await hmacSha256(key, utf8(password.normalize('NFC')));
      const pbkdf2 = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveBits']);
      const options = { name: 'PBKDF2', hash: 'SHA-256', salt: utf8(link.id), iterations };
      return {
        hash: hex(new Uint8Array(await crypto.subtle.deriveBits(options, pbkdf2, 256))),
        iterations,
      };
    },
  };
}

export function isSamePassword(kept: PasswordHash, presented: PasswordHash): boolean {
  return equalInConstantTime(utf8(kept.hash), utf8(presented.hash));
}

/** A wrong password: when, and a hash of from where. */
export type WrongTry = { readonly at: Instant; readonly site: string };

const SITE_TRIES = { limit: 5, windowMs: 300 * SECOND_MS };
const LINK_TRIES = { limit: 50, windowMs: 3_600 * SECOND_MS };

/** The tries that still count; there are never more of them than the link's limit. */
export function recentTries(tries: readonly WrongTry[], now: Instant): WrongTry[] {
  return tries.filter((tried) => now < tried.at + LINK_TRIES.windowMs);
}

/** For how long nobody at this site may try again, `undefined` when they may now. */
export function passwordLockSeconds(
  tries: readonly WrongTry[],
  site: string,
  now: Instant,
): number | undefined {
  const ofLink = secondsUntil(freeAgainAt(tries, LINK_TRIES), now) ?? 0;
  return Math.max(siteLockSeconds(tries, site, now) ?? 0, ofLink) || undefined;
}

/** The same, where what others try elsewhere must lock out nobody. */
export function siteLockSeconds(
  tries: readonly WrongTry[],
  site: string,
  now: Instant,
): number | undefined {
  const fromSite = tries.filter((tried) => tried.site === site);
  return secondsUntil(freeAgainAt(fromSite, SITE_TRIES), now);
}

function secondsUntil(instant: Instant, now: Instant): number | undefined {
  return instant > now ? Math.ceil((instant - now) / SECOND_MS) : undefined;
}

/** When the oldest of the last `limit` tries leaves its window. */
function freeAgainAt(
  tries: readonly WrongTry[],
  { limit, windowMs }: { limit: number; windowMs: number },
): Instant {
  const oldest = tries.at(-limit);
  return oldest === undefined ? 0 : oldest.at + windowMs;
}
