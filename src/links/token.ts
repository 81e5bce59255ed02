// The secret of a link's URL and the public id that belongs to it. The token itself is never stored.

import { type Bytes, hmacSha256 } from '../lib/digest.ts';
import { createPurposeKeys } from '../lib/root-keys.ts';
import { createTaggedSecrets, type TaggedSecret } from '../lib/tagged-secret.ts';
import type { LinkRef } from './link-ref.ts';

/** With the 40-bit tag, guessing an authentic token costs 2⁻¹²⁸ a try. */
const RANDOM_BYTES = 11;
export const NONCE_BYTES = 16;

export type Token = LinkRef & { readonly text: string };

export type Tokens = {
  /** The token that this nonce stands for under the newest root key: always the same. */
  fromNonce(nonce: Bytes): Promise<Token>;
  /** The token of a link that was minted from this nonce under an older root key. */
  fromNonceUnder(rootKeyId: string, nonce: Bytes): Promise<Token | undefined>;
  /** `undefined` for a text that is no authentic token. */
  read(text: string): Promise<LinkRef | undefined>;
};

export function createTokens(rootKeys: readonly Bytes[]): Tokens {
  const secrets = createTaggedSecrets({ rootKeys, purpose: 'token', randomBytes: RANDOM_BYTES });
  const mintKeys = createPurposeKeys(rootKeys, 'mint');

  return {
    async fromNonce(nonce) {
      const { key } = await mintKeys.newest();
      return tokenOf(await secrets.make(await randomFrom(key, nonce)));
    },
    async fromNonceUnder(rootKeyId, nonce) {
      const mintKey = await mintKeys.under(rootKeyId);
      if (!mintKey) return undefined;
      const secret = await secrets.makeUnder(rootKeyId, await randomFrom(mintKey.key, nonce));
      return secret && tokenOf(secret);
    },
    async read(text) {
      const secret = await secrets.read(text);
      return secret && { id: `lnk_${secret.id}`, rootKeyId: secret.rootKeyId };
    },
  };
}

function tokenOf({ text, id, rootKeyId }: TaggedSecret): Token {
  return { text, id: `lnk_${id}`, rootKeyId };
}

async function randomFrom(mintKey: CryptoKey, nonce: Bytes): Promise<Bytes> {
  return (await hmacSha256(mintKey, nonce)).slice(0, RANDOM_BYTES);
}
