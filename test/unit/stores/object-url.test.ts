// Where an object's URL points, and which URLs are recognised as addressing it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressesObject, objectUrl, storeOrigin } from '../../../src/stores/object-url.ts';
import { AWKWARD_KEYS, allowedKeys } from '../../support/object-keys.ts';
import { testStore } from '../../support/stores.ts';

const PATH = testStore();
const VIRTUAL = testStore({ addressing: 'virtual' });
const BOTH = [
  ['path-style', PATH],
  ['virtual-hosted', VIRTUAL],
] as const;

test('a bucket is in the path or in the host, with the port kept', () => {
  const local = { endpoint: 'http://localhost:9000' } as const;
  expect(storeOrigin(PATH)).toBe('https://s3.eu-central-1.amazonaws.com');
  expect(storeOrigin(VIRTUAL)).toBe('https://private-bucket.s3.eu-central-1.amazonaws.com');
  expect(storeOrigin(testStore({ ...local, addressing: 'virtual' }))).toBe(
    'http://private-bucket.localhost:9000',
  );
  expect(objectUrl(testStore(local), 'a b')).toBe('http://localhost:9000/private-bucket/a%20b');
});

test('all but unreserved characters are percent-encoded in upper case, and `/` is kept', () => {
  expect(objectUrl(VIRTUAL, "/-_.~/!'()*;:@,$ +%?#&=[]ü")).toBe(
    `${storeOrigin(VIRTUAL)}//-_.~/` +
      '%21%27%28%29%2A%3B%3A%40%2C%24%20%2B%25%3F%23%26%3D%5B%5D%C3%BC',
  );
});

describe.each(BOTH)('%s', (_name, store) => {
  const origin = storeOrigin(store);
  const root = store.addressing === 'path' ? `${origin}/private-bucket` : origin;

  test('the URL of an allowed key addresses it', () => {
    for (const key of AWKWARD_KEYS) {
      expect(addressesObject(objectUrl(store, key), store, key)).toBe(true);
    }
    fc.assert(
      fc.property(allowedKeys, (key) => addressesObject(objectUrl(store, key), store, key)),
    );
  });

  test('the URL of an allowed key addresses no other allowed key', () => {
    for (const key of AWKWARD_KEYS) {
      for (const other of AWKWARD_KEYS) {
        expect(addressesObject(objectUrl(store, key), store, other)).toBe(key === other);
      }
    }
    fc.assert(
      fc.property(
        allowedKeys,
        allowedKeys,
        (key, other) => key === other || !addressesObject(objectUrl(store, key), store, other),
      ),
    );
  });

  test('a key decoded, encoded or normalised once more is another key', () => {
    const pairs = [
      ['a%2Fb', 'a/b'],
      ['%252F', '%2F'],
      ['a+b', 'a b'],
      ['a//b', 'a/b'],
      ['/a', 'a'],
      ['a/', 'a'],
      ['caf\u00e9', 'cafe\u0301'],
      ['a\\b', 'a/b'],
      ['A', 'a'],
    ] as const;
    for (const [key, other] of pairs) {
      expect(addressesObject(objectUrl(store, key), store, other)).toBe(false);
      expect(addressesObject(objectUrl(store, other), store, key)).toBe(false);
    }
  });

  test.each([
    ['what a query says', `${root}/a.txt?x=1`, true],
    ['nothing but an origin', origin, false],
    ['no URL at all', 'a.txt', false],
    ['another host', `https://s3.example.com${new URL(`${root}/a.txt`).pathname}`, false],
    ['a host in front', `${root}/a.txt`.replace('https://', 'https://evil.'), false],
    ['another scheme', `${root}/a.txt`.replace('https:', 'http:'), false],
    ['another port', `${root}/a.txt`.replace('.com/', '.com:8443/'), false],
    ['a user', `${root}/a.txt`.replace('https://', 'https://user@'), false],
    ['a user and a password', `${root}/a.txt`.replace('https://', 'https://u:p@'), false],
    ['a password alone', `${root}/a.txt`.replace('https://', 'https://:p@'), false],
    ['a fragment', `${root}/a.txt#part`, false],
    ['dot segments that lead elsewhere', `${root}/b/../../other-bucket/a.txt`, false],
    ['encoded dot segments', `${root}/%2e%2E/other-bucket/a.txt`, false],
    ['dot segments by backslash', `${root}/b\\..\\..\\other-bucket\\a.txt`, false],
    ['a longer key', `${root}/a.txt/`, false],
    ['a shorter key', `${root}/a.tx`, false],
  ])('a URL with %s is judged by its address alone', (_case, url, addresses) => {
    expect(addressesObject(url, store, 'a.txt')).toBe(addresses);
  });

  test('a key with dot segments has no URL that addresses it', () => {
    for (const key of ['..', '.', 'a/../b', 'a/./b', '../other-bucket/a.txt', 'a/..']) {
      expect(addressesObject(objectUrl(store, key), store, key)).toBe(false);
    }
  });
});

test('the same key in another bucket is another object', () => {
  for (const [, store] of BOTH) {
    const other = { ...store, bucket: 'other-bucket' };
    expect(addressesObject(objectUrl(other, 'a.txt'), store, 'a.txt')).toBe(false);
  }
});

test('a path-style URL and a virtual-hosted one are never taken for each other', () => {
  expect(addressesObject(objectUrl(PATH, 'a.txt'), VIRTUAL, 'a.txt')).toBe(false);
  expect(addressesObject(objectUrl(VIRTUAL, 'private-bucket/a.txt'), PATH, 'a.txt')).toBe(false);
});

// A host that ends in a number can only be an address, so `bucket.127.0.0.1` is no host, the setter of
// `hostname` ignores it, and the first segment of the key would name the bucket.
test.each(['http://127.0.0.1:9000', 'http://[::1]:9000', 'https://203.0.113.5'])(
  'a bucket that can not be put before %s is never left out',
  (endpoint) => {
    const store = testStore({ endpoint, addressing: 'virtual' });
    expect(() => objectUrl(store, 'other-bucket/a.txt')).toThrow();
  },
);
