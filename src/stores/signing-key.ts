// The keys that sign requests to stores, and the date they sign with: both by SigV4.

import type { Store } from '../config.ts';
import { hmacSha256, importHmacKey, utf8 } from '../lib/digest.ts';
import type { Instant } from '../lib/time.ts';

/** `day` as the signature's date has it, `20260102`. */
export type SigningKeyOf = (store: Store, day: string) => Promise<CryptoKey>;

/** One imported signing key for each store, replaced each day, as its scope is. */
export function createSigningKeys(): SigningKeyOf {
  const signingKeys = new Map<string, { day: string; key: Promise<CryptoKey> }>();

  return function signingKeyOf(store, day) {
    const kept = signingKeys.get(store.alias);
    if (kept?.day === day) return kept.key;
    const key = deriveSigningKey(store, day);
    signingKeys.set(store.alias, { day, key });
    return key;
  };
}

/** ISO 8601 basic format, as in `20260102T030405Z`. */
export function toAmzDate(instant: Instant): string {
  const iso = new Date(instant).toISOString();
  return `${iso.slice(0, 19).replaceAll('-', '').replaceAll(':', '')}Z`;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, step 4 */
async function deriveSigningKey(store: Store, day: string): Promise<CryptoKey> {
  let secret = utf8(`AWS4${store.secretAccessKey}`);
  for (const part of [day, store.region, 's3', 'aws4_request']) {
    secret = await hmacSha256(await importHmacKey(secret), utf8(part));
  }
  return importHmacKey(secret);
}
