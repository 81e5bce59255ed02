// Random secrets that carry a tag, so that a guessed or mistyped one is refused by computation alone.
// A secret is random ‖ the first 5 bytes of HMAC(key, context ‖ random), in base62; the next 16 bytes
// of that HMAC are its public id, which can't be turned back into the secret.

import { decodeBase62, encodeBase62 } from './base62.ts';
import { type Bytes, equalInConstantTime, hmacSha256, utf8 } from './digest.ts';
import { createPurposeKeys, type PurposeKey } from './root-keys.ts';

const TAG_BYTES = 5;
const ID_BYTES = 16;

/** The public side of a secret, and the root key under which it was made. */
export type SecretId = { readonly id: string; readonly rootKeyId: string };
export type TaggedSecret = SecretId & { readonly text: string };

export type TaggedSecrets = {
  /** Makes the secret of these random bytes under the newest root key. */
  make(random: Bytes, context?: string): Promise<TaggedSecret>;
  /** Makes it under another root key; `undefined` when that was removed. */
  makeUnder(rootKeyId: string, random: Bytes, context?: string): Promise<TaggedSecret | undefined>;
  /** Whose secret an authentic text is, `undefined` for any other text. */
  read(text: string, context?: string): Promise<SecretId | undefined>;
};

export function createTaggedSecrets(options: {
  readonly rootKeys: readonly Bytes[];
  readonly purpose: string;
  readonly randomBytes: number;
}): TaggedSecrets {
  const keys = createPurposeKeys(options.rootKeys, options.purpose);
  const secretBytes = options.randomBytes + TAG_BYTES;

  return {
    async make(random, context = '') {
      return makeSecret(await keys.newest(), context, random);
    },
    async makeUnder(rootKeyId, random, context = '') {
      const key = await keys.under(rootKeyId);
      return key && makeSecret(key, context, random);
    },
    async read(text, context = '') {
      const secret = decodeBase62(text, secretBytes);
      if (secret === undefined) return undefined;
      const random = secret.slice(0, options.randomBytes);
      const tag = secret.slice(options.randomBytes);
      for (const { key, rootKeyId } of await keys.all()) {
        const mac = await authenticate(key, context, random);
        if (equalInConstantTime(mac.slice(0, TAG_BYTES), tag)) return { id: idOf(mac), rootKeyId };
      }
      return undefined;
    },
  };
}

async function makeSecret(
  { key, rootKeyId }: PurposeKey,
  context: string,
  random: Bytes,
): Promise<TaggedSecret> {
  const mac = await authenticate(key, context, random);
  const secret = concat(random, mac.subarray(0, TAG_BYTES));
  return { text: encodeBase62(secret), id: idOf(mac), rootKeyId };
}

function authenticate(key: CryptoKey, context: string, random: Bytes): Promise<Bytes> {
  return hmacSha256(key, concat(utf8(context), random));
}

function idOf(mac: Bytes): string {
  return encodeBase62(mac.subarray(TAG_BYTES, TAG_BYTES + ID_BYTES));
}

function concat(first: Bytes, second: Bytes): Bytes {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
