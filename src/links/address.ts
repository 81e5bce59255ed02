// Who is behind an address, so that tries can be counted without an address being kept.

import { type Bytes, hex, hmacSha256, utf8 } from '../lib/digest.ts';
import { createPurposeKeys } from '../lib/root-keys.ts';
import { addressSite } from './conditions.ts';

export type SiteHash = (address: string | undefined) => Promise<string>;

/** Hashes the IPv4 address or the IPv6 /64; everything without an address counts as one. */
export function createSiteHash(rootKeys: readonly Bytes[]): SiteHash {
  const keys = createPurposeKeys(rootKeys, 'address');
  return async (address) => {
    const { key } = await keys.newest();
    return hex(await hmacSha256(key, utf8(addressSite(address))));
  };
}
