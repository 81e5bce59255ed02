// SHA-256, HMAC-SHA-256 and HKDF by Web Crypto, and the one place where secrets are compared.

const encoder = new TextEncoder();

export type Bytes = Uint8Array<ArrayBuffer>;

const HMAC_SHA256 = { name: 'HMAC', hash: 'SHA-256' } as const;

export function utf8(text: string): Bytes {
  return encoder.encode(text) as Bytes;
}

export async function sha256(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', data));
}

export async function hmacSha256(key: CryptoKey, data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, data));
}

export function importHmacKey(secret: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', secret, HMAC_SHA256, false, ['sign']);
}

/** Derives the HMAC key of one purpose from a root key (HKDF, RFC 5869). */
export async function deriveHmacKey(rootKey: Bytes, purpose: string): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey('raw', rootKey, 'HKDF', false, ['deriveKey']);
  const hkdf = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: utf8(`hallpass ${purpose} v1`),
  };
  // 256 bits as long as the hash: HMAC's own default is the block size, which gains nothing.
  return crypto.subtle.deriveKey(hkdf, root, { ...HMAC_SHA256, length: 256 }, false, ['sign']);
}

/** Compares in a time that depends on the length alone. */
export function equalInConstantTime(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && crypto.subtle.timingSafeEqual(a, b);
}

/** What `hex` was made of. */
export function fromHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function hex(bytes: Bytes): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}
