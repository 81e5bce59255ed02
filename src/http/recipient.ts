// Who opens a link: from where, and with which claim.

import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { type Instant, SECOND_MS } from '../lib/time.ts';
import { isClaim } from '../links/claim.ts';
import type { OpenRequest } from '../links/open.ts';
import { note } from './note.ts';
import type { HallpassContext } from './request-context.ts';

export const CLAIM_HEADER = 'Hallpass-Claim';
const CLAIM_COOKIE = 'claim';

/**
 * From where: as Cloudflare saw it. What a client forwards for itself counts for nothing. What becomes
 * known of the link is noted.
 */
export function recipientOf(c: Context): Pick<OpenRequest, 'address' | 'country' | 'notice'> {
  return {
    address: c.req.header('CF-Connecting-IP'),
    country: countryOf(c),
    notice: (about) => note(c, about),
  };
}

/** What is asked for, and from where. */
export function openRequest(
  c: Context,
  asked: Omit<OpenRequest, 'address' | 'country' | 'notice'>,
): OpenRequest {
  return {
    ...asked,
    address: c.req.header('CF-Connecting-IP'),
    // Read only where it is needed: all of `cf` is parsed for it, which a forged token isn't worth.
    get country() {
      return countryOf(c);
    },
    notice: (about) => note(c, about),
  };
}

function countryOf(c: Context): string | undefined {
  const country = c.req.raw.cf?.country;
  return typeof country === 'string' ? country : undefined;
}

/** A program's claim redeems; the cookie of the page only tells who is looking, or who comes back. */
export function broughtClaim(c: Context): OpenRequest['claim'] {
  const header = c.req.header(CLAIM_HEADER);
  if (header !== undefined) return { value: header, redeems: true };
  const cookie = getCookie(c, CLAIM_COOKIE);
  return cookie !== undefined && isClaim(cookie) ? { value: cookie, redeems: false } : undefined;
}

/** What of a request is about the object itself: a part of it, or only if it changed. */
const ABOUT_OBJECT = [
  'range',
  'if-range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
];

export function askedOfObject(c: Context): Record<string, string> {
  const asked = ABOUT_OBJECT.map((name) => [name, c.req.header(name)] as const);
  return Object.fromEntries(
    asked.filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** Leaves the claim with the browser for as long as it stands for its use, on this link only. */
export function keepClaim(c: Context<HallpassContext>, claim: string, endsAt: Instant): void {
  setCookie(c, CLAIM_COOKIE, claim, {
    // Also where it was begun below the link, as uploads are.
    path: `/${c.req.param('token')}`,
    maxAge: Math.max(0, Math.floor((endsAt - c.var.services.clock()) / SECOND_MS)),
    secure: true,
    httpOnly: true,
    sameSite: 'Lax',
  });
}

/** A browser that fetches ahead of its user: a refusal makes it ask again when the user does. */
export function isPrefetch(c: Context): boolean {
  const purpose = c.req.header('Sec-Purpose') ?? c.req.header('Purpose') ?? c.req.header('X-Moz');
  return /\b(?:prefetch|prerender|preview)\b/i.test(purpose ?? '');
}
