// Which object keys a link may name, and what each of the others is told.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { objectKeyFault } from '../../../src/links/object-key.ts';
import { AWKWARD_KEYS, allowedKeys } from '../../support/object-keys.ts';

const DOT_SEGMENTS = 'must not contain the path segments "." or ".."';
const CONTROL_CHARACTERS = 'must not contain control characters';
const TOO_LONG = 'must be at most 1024 bytes of UTF-8';

test('an empty key is refused', () => {
  expect(objectKeyFault('')).toBe('must not be empty');
});

test.each(AWKWARD_KEYS)('the key %j is allowed, however awkward', (key) => {
  expect(objectKeyFault(key)).toBeUndefined();
});

describe('dot segments', () => {
  test.each([
    '.',
    '..',
    '/.',
    '/..',
    './',
    '../',
    'a/./b',
    'a/../b',
    'a/..',
    '../../other-bucket/a.txt',
    '%2e',
    '%2E',
    '%2e%2e',
    '%2E%2E',
    '%2e%2E/a',
    '.%2e',
    '%2e.',
    'a/%2e%2e/b',
    '..%2f',
    '..%2Fa',
    'a%2f..%2fb',
    'a%2F%2e%2e%2Fb',
    '%2f..',
    '..\\',
    '\\..',
    'a\\..\\b',
    'a\\.\\b',
    '..%5c',
    'a%5C..%5cb',
    'a%5c%2e%2e',
    'a/..\\b',
    'a\\../b',
    '.. ',
    'a/. ',
  ])('the key %j is refused', (key) => {
    expect(objectKeyFault(key)).toBe(DOT_SEGMENTS);
  });

  test('they are refused wherever they stand and however they are spelled', () => {
    const spelling = fc
      .tuple(fc.constantFrom('.', '%2e', '%2E'), fc.constantFrom('', '.', '%2e', '%2E'))
      .map((dots) => dots.join(''));
    const separator = fc.constantFrom('/', '\\', '%2f', '%2F', '%5c', '%5C');
    const text = fc.string({ unit: 'grapheme', maxLength: 8 });
    fc.assert(
      fc.property(text, separator, spelling, separator, text, (before, one, dots, two, after) => {
        expect(objectKeyFault(`${before}${one}${dots}${two}${after}`)).toBe(DOT_SEGMENTS);
      }),
    );
  });

  // What matters in the end: a parser leaves every segment of an allowed key where it was.
  test('no allowed key loses a segment to a URL parser, decoded once or encoded', () => {
    fc.assert(
      fc.property(fc.oneof(allowedKeys, fc.constantFrom(...AWKWARD_KEYS)), (key) => {
        const encoded = key.split('/').map(encodeURIComponent).join('/');
        const path = new URL(`https://s3.example.com/bucket/${encoded}`).pathname;
        expect(path.split('/').length).toBe(key.split('/').length + 2);
        const raw = key.replace(/[?#]/g, '_');
        const rawPath = new URL(`https://s3.example.com/bucket/${raw}`).pathname;
        expect(rawPath.startsWith('/bucket/')).toBe(true);
      }),
    );
  });

  test.each([
    '...',
    'a/.../b',
    '.hidden',
    'a/.b',
    'a.',
    'a/b.',
    'a..b',
    '..a',
    'a..',
    '. .',
    ' ..',
    '%2e%2e%2e',
    '%2ehidden',
    '%252e%252e',
    '\u2024\u2024',
    '\uff0e\uff0e',
  ])('the key %j has dots, but no dot segment, and is allowed', (key) => {
    expect(objectKeyFault(key)).toBeUndefined();
  });
});

describe('characters', () => {
  test('every control character is refused, wherever it stands', () => {
    const half = [...Array(0x20).keys()];
    const controls = [...half, 0x7f, ...half.map((code) => code + 0x80)];
    expect(controls).toContain(0x85);
    for (const code of controls) {
      const control = String.fromCodePoint(code);
      for (const key of [control, `${control}a`, `a${control}b`, `a/${control}`]) {
        expect(objectKeyFault(key)).toBe(CONTROL_CHARACTERS);
      }
    }
  });

  test.each(['\ud83d', '\ude00', 'a\ud83db', '\ude00\ud83d'])(
    'the lone surrogate in %j is refused',
    (key) => {
      expect(objectKeyFault(key)).toBe('must be well-formed Unicode');
    },
  );

  test('a surrogate pair is allowed', () => {
    expect(objectKeyFault('\ud83d\ude00')).toBeUndefined();
  });
});

describe('length', () => {
  test.each([
    ['one-byte', 'k', 1],
    ['two-byte', 'ü', 2],
    ['four-byte', '\u{1f389}', 4],
  ])(
    '1,024 bytes of %s characters are allowed, and one byte more is refused',
    (_kind, text, bytes) => {
      const longest = text.repeat(1_024 / bytes);
      expect(objectKeyFault(longest)).toBeUndefined();
      expect(objectKeyFault(`${longest}k`)).toBe(TOO_LONG);
      expect(objectKeyFault(`k${longest}`)).toBe(TOO_LONG);
    },
  );

  test('three-byte characters count as three', () => {
    expect(objectKeyFault(`k${'日'.repeat(341)}`)).toBeUndefined();
    expect(objectKeyFault('日'.repeat(342))).toBe(TOO_LONG);
  });
});
