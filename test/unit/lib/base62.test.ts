// Bytes and their one spelling in base62.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base62Length, decodeBase62, encodeBase62 } from '../../../src/lib/base62.ts';

const bytes = fc.uint8Array({ maxLength: 48 });

test.each([
  [[], ''],
  [[0], '00'],
  [[61], '0z'],
  [[62], '10'],
  [[255], '47'],
  [[0, 1], '001'],
  [[255, 255], 'H31'],
])('the bytes %j are spelled %j', (values, text) => {
  expect(encodeBase62(Uint8Array.from(values))).toBe(text);
});

test('bytes come back as they went in', () => {
  fc.assert(
    fc.property(bytes, (value) => {
      expect(decodeBase62(encodeBase62(value), value.length)).toEqual(value);
    }),
  );
});

test('a length of bytes has one length of text, just enough for its largest value', () => {
  for (let length = 1; length <= 64; length++) {
    const digits = base62Length(length);
    expect(encodeBase62(new Uint8Array(length).fill(255))).toMatch(/^[0-9A-Za-z]+$/);
    expect(encodeBase62(new Uint8Array(length))).toBe('0'.repeat(digits));
    expect(62n ** BigInt(digits)).toBeGreaterThanOrEqual(1n << BigInt(length * 8));
    expect(62n ** BigInt(digits - 1)).toBeLessThan(1n << BigInt(length * 8));
  }
});

test('texts are in the order of the numbers', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 5, maxLength: 5 }),
      fc.uint8Array({ minLength: 5, maxLength: 5 }),
      (one, other) => {
        const byNumber = hexOf(one) < hexOf(other);
        expect(encodeBase62(one) < encodeBase62(other)).toBe(byNumber);
      },
    ),
  );
});

describe('what nobody encoded is refused', () => {
  test('any text that decodes is the one spelling of its bytes', () => {
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    const text = fc.string({ unit: fc.constantFrom(...digits), minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(text, (spelling) => {
        const value = decodeBase62(spelling, 2);
        if (value) expect(encodeBase62(value)).toBe(spelling);
      }),
    );
  });

  test('the first number too large for the bytes', () => {
    expect(decodeBase62('H31', 2)).toEqual(Uint8Array.of(255, 255));
    expect(decodeBase62('H32', 2)).toBeUndefined();
    expect(decodeBase62('zzz', 2)).toBeUndefined();
  });

  test('every number too large, so that no value has a second spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 32 }), (value) => {
        const digits = base62Length(value.length);
        const second = spell(numberOf(value) + (1n << BigInt(value.length * 8)), digits);
        if (second) expect(decodeBase62(second, value.length)).toBeUndefined();
      }),
    );
  });

  test('a text that is too long or too short', () => {
    expect(decodeBase62('00', 2)).toBeUndefined();
    expect(decodeBase62('0000', 2)).toBeUndefined();
    expect(decodeBase62('', 2)).toBeUndefined();
    expect(decodeBase62('000', 2)).toEqual(Uint8Array.of(0, 0));
  });

  test.each([
    '00-',
    '00_',
    '00 ',
    '+00',
    '0.0',
    '00\n',
    '00\u0660',
    '0\ud83d\ude00',
    '0\uff11\uff11',
  ])('%j, which has another character', (text) => {
    expect(decodeBase62(text, 2)).toBeUndefined();
  });
});

function hexOf(value: Uint8Array): string {
  return [...value].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function numberOf(value: Uint8Array): bigint {
  return BigInt(`0x${hexOf(value)}`);
}

/** A number in base62 by hand, `undefined` when it needs more digits. */
function spell(number: bigint, digits: number): string | undefined {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let text = '';
  for (let rest = number; rest > 0n; rest /= 62n) text = alphabet[Number(rest % 62n)] + text;
  return text.length > digits ? undefined : text.padStart(digits, '0');
}
