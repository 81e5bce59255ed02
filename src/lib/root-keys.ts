// A root key for each generation of secrets, newest first, and for each purpose a key of its own.

import { type Bytes, deriveHmacKey, hex, hmacSha256, utf8 } from './digest.ts';

/** The key of one purpose under one root key. The id tells generations apart and reveals nothing. */
export type PurposeKey = { readonly rootKeyId: string; readonly key: CryptoKey };

export type PurposeKeys = {
  all(): Promise<readonly PurposeKey[]>;
  newest(): Promise<PurposeKey>;
  /** `undefined` when that root key was removed. */
  under(rootKeyId: string): Promise<PurposeKey | undefined>;
};

const ID_BYTES = 4;

export function createPurposeKeys(rootKeys: readonly Bytes[], purpose: string): PurposeKeys {
  const keys = Promise.all(rootKeys.map((rootKey) => derivePurposeKey(rootKey, purpose)));
  return {
    all: () => keys,
    async newest() {
      const [first] = await keys;
      if (first === undefined) throw new Error('there is no root key');
      return first;
    },
    async under(rootKeyId) {
      return (await keys).find((candidate) => candidate.rootKeyId === rootKeyId);
    },
  };
}

async function derivePurposeKey(rootKey: Bytes, purpose: string): Promise<PurposeKey> {
  const [key, idKey] = await Promise.all([
    deriveHmacKey(rootKey, purpose),
    deriveHmacKey(rootKey, 'root key id'),
  ]);
  const id = await hmacSha256(idKey, utf8(''));
  return { key, rootKeyId: hex(id.slice(0, ID_BYTES)) };
}
