// Opaque cursors: a position in a list, good for that list only, made by nobody else and readable by
// nobody else, since it may name what its bearer is not shown.

import { type Bytes, hmacSha256, utf8 } from './digest.ts';
import type { Random } from './random.ts';
import { createPurposeKeys, type PurposeKey } from './root-keys.ts';

/** As AES-GCM has it (NIST SP 800-38D, 8.2.2). */
const NONCE_BYTES = 12;

/** Longer ones are none; with one this long a URL is still short enough for every browser and proxy. */
const MOST_CHARACTERS = 8_000;
const BASE64_URL = new RegExp(`^[\\w-]{0,${MOST_CHARACTERS}}$`);

export type Cursors = {
  /** `list` names what is listed: another list's cursor is none of this one. */
  encode(list: string, position: readonly (string | number)[]): Promise<string>;
  /** `undefined` for a text that is no cursor of this list. */
  decode(list: string, text: string): Promise<readonly unknown[] | undefined>;
};

export function createCursors(rootKeys: readonly Bytes[], random: Random): Cursors {
  const keys = createPurposeKeys(rootKeys, 'cursor');

  return {
    async encode(list, position) {
      const iv = random(NONCE_BYTES);
      const key = await cipherKey(await keys.newest());
      const sealed = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv, additionalData: utf8(list) },
        key,
        utf8(JSON.stringify(position)),
      );
      return toBase64Url(new Uint8Array([...iv, ...new Uint8Array(sealed)]));
    },
    async decode(list, cursor) {
      const bytes = fromBase64Url(cursor);
      const [iv, sealed] = [bytes.slice(0, NONCE_BYTES), bytes.slice(NONCE_BYTES)];
      for (const key of await keys.all()) {
        const algorithm = { name: 'AES-GCM', iv, additionalData: utf8(list) };
        try {
          const position = await crypto.subtle.decrypt(algorithm, await cipherKey(key), sealed);
          return JSON.parse(new TextDecoder().decode(position));
        } catch {
          // Under another key, of another list, or tampered with.
        }
      }
      return undefined;
    },
  };
}

async function cipherKey({ key }: PurposeKey): Promise<CryptoKey> {
  const secret = await hmacSha256(key, utf8('cipher'));
  return crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

function toBase64Url(bytes: Bytes): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Empty for what is no base64url. */
function fromBase64Url(text: string): Bytes {
  if (!BASE64_URL.test(text) || text.length % 4 === 1) return new Uint8Array();
  const decoded = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(decoded, (character) => character.charCodeAt(0));
}
