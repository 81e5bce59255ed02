// The secret of a link's URL and the public id that belongs to it. The token itself is never stored.

import { type Bytes, deriveHmacKey, hmacSha256 } from '../lib/digest.ts';
import { createTaggedSecrets } from '../lib/tagged-secret.ts';
import type { LinkId } from './link.ts';

/** With the 40-bit tag, guessing an authentic token costs 2⁻¹²⁸ a try. */
const RANDOM_BYTES = 11;
export const NONCE_BYTES = 16;

export type Token = { readonly text: string; readonly id: LinkId };

export type Tokens = {
  /** The token that this nonce stands for: the same nonce gives the same token. */
  fromNonce(nonce: Bytes): Promise<Token>;
  /** The token of a link minted from this nonce, also after newer root keys came. */
  ofLink(nonce: Bytes, id: LinkId): Promise<Token | undefined>;
  /** The link id of an authentic token; `undefined` for any other text. */
  linkIdOf(text: string): Promise<LinkId | undefined>;
};

export function createTokens(rootKeys: readonly Bytes[]): Tokens {
  const secrets = createTaggedSecrets({ rootKeys, purpose: 'token', randomBytes: RANDOM_BYTES });
  const mintKeys = Promise.all(rootKeys.map((root) => deriveHmacKey(root, 'mint')));

  return {
    async fromNonce(nonce) {
      const [newest] = await mintKeys;
      if (newest === undefined) throw new Error('no root key');
      const secret = await secrets.make(await randomFrom(newest, nonce));
      return { text: secret.text, id: `lnk_${secret.id}` };
    },
    async ofLink(nonce, id) {
      for (const key of await mintKeys) {
        const random = await randomFrom(key, nonce);
        const secret = await secrets.remake(random, id.slice('lnk_'.length));
        if (secret) return { text: secret.text, id };
      }
      return undefined;
    },
    async linkIdOf(text) {
      const id = await secrets.idOf(text);
      return id === undefined ? undefined : `lnk_${id}`;
    },
  };
}

async function randomFrom(mintKey: CryptoKey, nonce: Bytes): Promise<Bytes> {
  return (await hmacSha256(mintKey, nonce)).slice(0, RANDOM_BYTES);
}
