// Random secrets that carry a tag, so that a guessed or mistyped one is refused by computation alone.
// A secret is random ‖ the first 5 bytes of HMAC(key, context ‖ random), in base62; the next 16 bytes
// of that HMAC are its public id, which can't be turned back into the secret.

import { decodeBase62, encodeBase62 } from './base62.ts';
import { type Bytes, deriveHmacKey, equalInConstantTime, hmacSha256, utf8 } from './digest.ts';

const TAG_BYTES = 5;
const ID_BYTES = 16;

export type TaggedSecret = { readonly text: string; readonly id: string };

export type TaggedSecrets = {
  /** Makes the secret of these random bytes under the newest root key. */
  make(random: Bytes, context?: string): Promise<TaggedSecret>;
  /** The id of an authentic secret under any root key, `undefined` for any other text. */
  idOf(text: string, context?: string): Promise<string | undefined>;
  /** Makes the secret again under whichever root key gives it this id. */
  remake(random: Bytes, id: string, context?: string): Promise<TaggedSecret | undefined>;
};

export function createTaggedSecrets(options: {
  readonly rootKeys: readonly Bytes[];
  readonly purpose: string;
  readonly randomBytes: number;
}): TaggedSecrets {
  const keys = Promise.all(options.rootKeys.map((root) => deriveHmacKey(root, options.purpose)));
  const secretBytes = options.randomBytes + TAG_BYTES;

  async function make(random: Bytes, context = ''): Promise<TaggedSecret> {
    const [newest] = await keys;
    if (newest === undefined) throw new Error('no root key');
    return taggedSecret(random, await authenticate(newest, context, random));
  }

  async function idOf(text: string, context = ''): Promise<string | undefined> {
    const secret = decodeBase62(text, secretBytes);
    if (secret === undefined) return undefined;
    const random = secret.slice(0, options.randomBytes);
    const tag = secret.slice(options.randomBytes);
    for (const key of await keys) {
      const mac = await authenticate(key, context, random);
      if (equalInConstantTime(mac.slice(0, TAG_BYTES), tag)) return idFrom(mac);
    }
    return undefined;
  }

  async function remake(random: Bytes, id: string, context = '') {
    for (const key of await keys) {
      const secret = taggedSecret(random, await authenticate(key, context, random));
      if (secret.id === id) return secret;
    }
    return undefined;
  }

  return { make, idOf, remake };
}

function authenticate(key: CryptoKey, context: string, random: Bytes): Promise<Bytes> {
  const prefix = utf8(context);
  const message = new Uint8Array(prefix.length + random.length);
  message.set(prefix);
  message.set(random, prefix.length);
  return hmacSha256(key, message);
}

function taggedSecret(random: Bytes, mac: Bytes): TaggedSecret {
  const secret = new Uint8Array(random.length + TAG_BYTES);
  secret.set(random);
  secret.set(mac.subarray(0, TAG_BYTES), random.length);
  return { text: encodeBase62(secret), id: idFrom(mac) };
}

function idFrom(mac: Bytes): string {
  return encodeBase62(mac.subarray(TAG_BYTES, TAG_BYTES + ID_BYTES));
}
