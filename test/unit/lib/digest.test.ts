// Digests against published vectors, and key derivation against RFC 5869 done by hand.
// equalInConstantTime is tested in workerd: Node has no crypto.subtle.timingSafeEqual.

import { describe, expect, test } from 'vitest';
import {
  type Bytes,
  deriveHmacKey,
  hex,
  hmacSha256,
  importHmacKey,
  sha256,
  utf8,
} from '../../../src/lib/digest.ts';

function filled(length: number, byte: number): Bytes {
  return new Uint8Array(length).fill(byte);
}

test('bytes are shown as two lower-case digits each', () => {
  expect(hex(Uint8Array.of(0, 1, 15, 16, 171, 255))).toBe('00010f10abff');
});

test('text is digested as UTF-8', async () => {
  expect(hex(utf8('ü\u{1f389}'))).toBe('c3bcf09f8e89');
  // FIPS 180-2, B.1
  expect(hex(await sha256(utf8('abc')))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

// RFC 4231, 4.2 to 4.4, 4.7 and 4.8.
test.each([
  [
    '1',
    filled(20, 0x0b),
    utf8('Hi There'),
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  ],
  [
    '2',
    utf8('Jefe'),
    utf8('what do ya want for nothing?'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    '3',
    filled(20, 0xaa),
    filled(50, 0xdd),
    '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
  ],
  [
    '6, with a key longer than a block',
    filled(131, 0xaa),
    utf8('Test Using Larger Than Block-Size Key - Hash Key First'),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
])('HMAC-SHA-256 gives the result of RFC 4231, test case %s', async (_case, key, data, result) => {
  expect(hex(await hmacSha256(await importHmacKey(key), data))).toBe(result);
});

describe('deriveHmacKey', () => {
  const root = filled(32, 7);
  const message = utf8('message');

  /** RFC 5869 for one block of output and no salt, which stands for a salt of zeros. */
  async function hkdfByHand(rootKey: Bytes, info: string): Promise<Bytes> {
    const pseudorandomKey = await hmacSha256(await importHmacKey(filled(32, 0)), rootKey);
    return hmacSha256(await importHmacKey(pseudorandomKey), Uint8Array.of(...utf8(info), 1));
  }

  test('it is HKDF over the purpose and the version of the derivation', async () => {
    const derived = await deriveHmacKey(root, 'link token');
    const byHand = await hkdfByHand(root, 'hallpass link token v1');
    expect(await hmacSha256(derived, message)).toEqual(
      await hmacSha256(await importHmacKey(byHand), message),
    );
  });

  test('another purpose or another root key gives another key', async () => {
    const macs = await Promise.all(
      [
        deriveHmacKey(root, 'link token'),
        deriveHmacKey(root, 'api key'),
        deriveHmacKey(filled(32, 8), 'link token'),
      ].map(async (key) => hex(await hmacSha256(await key, message))),
    );
    expect(new Set(macs).size).toBe(3);
  });

  test('no key can be read back', async () => {
    for (const key of [await deriveHmacKey(root, 'link token'), await importHmacKey(root)]) {
      expect(key.extractable).toBe(false);
      await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
    }
  });
});
