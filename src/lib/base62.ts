// Bytes as base62 text of a fixed length. Base62 is safe in URLs, in file names and for a double click.

import type { Bytes } from './digest.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE = 62n;

const DIGITS = new Map([...ALPHABET].map((character, digit) => [character, BigInt(digit)]));

/** How many base62 digits hold any value of `byteLength` bytes. */
export function base62Length(byteLength: number): number {
  return Math.ceil((byteLength * 8) / Math.log2(62));
}

/** Encodes bytes as a big-endian number, padded to a fixed length. */
export function encodeBase62(bytes: Uint8Array): string {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (let length = base62Length(bytes.length); length > 0; length--) {
    text = ALPHABET[Number(value % BASE)] + text;
    value /= BASE;
  }
  return text;
}

/** Decodes what `encodeBase62` made of `byteLength` bytes; `undefined` for any other text. */
export function decodeBase62(text: string, byteLength: number): Bytes | undefined {
  if (text.length !== base62Length(byteLength)) return undefined;
  let value = 0n;
  for (const character of text) {
    const digit = DIGITS.get(character);
    if (digit === undefined) return undefined;
    value = value * BASE + digit;
  }
  // A text that encodes a larger number would be a second spelling of another value.
  if (value >> BigInt(byteLength * 8)) return undefined;
  const bytes = new Uint8Array(byteLength);
  for (let index = byteLength - 1; index >= 0; index--) {
    bytes[index] = Number(value & 255n);
    value >>= 8n;
  }
  return bytes;
}
