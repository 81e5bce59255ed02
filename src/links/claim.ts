// A claim: the redeemer's random value that stands for one spent use. Only its keyed hash is kept.

import { encodeBase62 } from '../lib/base62.ts';
import { type Bytes, hex, hmacSha256, utf8 } from '../lib/digest.ts';
import type { Random } from '../lib/random.ts';
import { createPurposeKeys } from '../lib/root-keys.ts';
import type { LinkRef } from './link-ref.ts';

export const DEFAULT_CLAIM_SECONDS = 3_600;

const CLAIM_BYTES = 16;
const CLAIM = /^[A-Za-z0-9_-]{22,86}$/;

export function isClaim(text: string): boolean {
  return CLAIM.test(text);
}

export function drawClaim(random: Random): string {
  return encodeBase62(random(CLAIM_BYTES));
}

export type ClaimHash = (claim: string, link: LinkRef) => Promise<string>;

/** Hashes a claim for one link, so that it means nothing to any other. */
export function createClaimHash(rootKeys: readonly Bytes[]): ClaimHash {
  const keys = createPurposeKeys(rootKeys, 'claim');
  return async (claim, link) => {
    const { key } = (await keys.under(link.rootKeyId)) ?? (await keys.newest());
    return hex(await hmacSha256(key, utf8(`${link.id} ${claim}`)));
  };
}
