// Bounds: what lies within them, and that no key can make one that is wider than itself.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AppBounds } from '../../../src/apps/app.ts';
import {
  type Bounded,
  boundFault,
  inheritBounds,
  isWithin,
  type KeyBounds,
  SCOPES,
  widerFaults,
} from '../../../src/apps/bounds.ts';
import { OPERATIONS } from '../../../src/links/grant.ts';

const APP = { stores: ['demo', 'other'], keyPrefixes: ['team/', 'shared/'] };
const KEY: KeyBounds = {
  scopes: ['links:mint', 'links:read'],
  stores: ['demo'],
  keyPrefixes: ['team/a/'],
  operations: ['download'],
  maxTtlSeconds: 600,
  requestsPerMinute: 100,
  expiresAt: 1_000,
};
const LINK: Bounded = { store: 'demo', key: 'team/a/x.pdf', operation: 'download' };

describe('a link', () => {
  const OUTSIDE: [string, Partial<Bounded>, string, string][] = [
    ["the app's stores", { store: 'nowhere' }, '/store', 'app'],
    ["the app's prefixes", { key: 'private/x.pdf' }, '/key', 'app'],
    ["the key's stores", { store: 'other' }, '/store', 'API key'],
    ["the key's prefixes", { key: 'team/b/x.pdf' }, '/key', 'API key'],
    ["the key's operations", { operation: 'upload' }, '/operation', 'API key'],
  ];
  test.each(OUTSIDE)('outside of %s is told which bound that is', (_, change, pointer, whose) => {
    const fault = boundFault({ app: APP, key: KEY }, { ...LINK, ...change });
    expect(fault?.pointer).toBe(pointer);
    expect(fault?.detail).toContain(`this ${whose}'s`);
  });

  test('within all of them is fine, and an operator has only the app’s', () => {
    expect(isWithin({ app: APP, key: KEY }, LINK)).toBe(true);
    expect(isWithin({ app: APP }, { ...LINK, store: 'other', key: 'shared/y' })).toBe(true);
  });
});

describe('a new key', () => {
  const maker = { app: APP, key: KEY };
  const WIDER: [Partial<KeyBounds>, string][] = [
    [{ scopes: ['links:revoke'] }, '/scopes'],
    [{ stores: ['demo', 'other'] }, '/stores'],
    [{ keyPrefixes: ['team/'] }, '/keyPrefixes'],
    [{ operations: ['download', 'upload'] }, '/operations'],
    [{ maxTtlSeconds: 601 }, '/maxTtlSeconds'],
    [{ requestsPerMinute: 101 }, '/requestsPerMinute'],
    [{ expiresAt: 1_001 }, '/expiresAt'],
  ];
  test.each(WIDER)('is refused with %j', (change, pointer) => {
    expect(widerFaults({ ...KEY, ...change }, maker).map((fault) => fault.pointer)).toEqual([
      pointer,
    ]);
  });

  test('that leaves bounds out inherits them', () => {
    const bare = { scopes: ['links:read'] as const };
    const inherited = inheritBounds(bare, KEY);
    expect(inherited).toEqual({ ...KEY, ...bare });
    expect(widerFaults(inherited, maker)).toEqual([]);
    expect(inheritBounds(bare, { ...KEY, requestsPerMinute: 9_000 }).requestsPerMinute).toBe(600);
    expect(inheritBounds(bare, undefined)).toEqual({ ...bare, requestsPerMinute: 600 });
  });

  test('of an operator may have what the app has, and nothing more', () => {
    const wide = { ...KEY, stores: ['demo', 'other'], keyPrefixes: ['shared/'] };
    expect(widerFaults(wide, { app: APP })).toEqual([]);
    const outside = { ...KEY, stores: ['nowhere'], keyPrefixes: ['private/'] };
    expect(widerFaults(outside, { app: APP })).toHaveLength(2);
  });
});

const some = <Value>(values: readonly Value[]) => fc.subarray([...values], { minLength: 1 });
const keys = fc.record(
  {
    scopes: some(SCOPES),
    stores: some(['demo', 'other', 'third']),
    keyPrefixes: some(['a/', 'a/b/', 'a/b/c/', 'd/']),
    operations: some(OPERATIONS),
    maxTtlSeconds: fc.integer({ min: 1, max: 10 }),
    requestsPerMinute: fc.integer({ min: 1, max: 10 }),
    expiresAt: fc.integer({ min: 1, max: 10 }),
  },
  { requiredKeys: ['scopes', 'requestsPerMinute'] },
);
const links = fc.record({
  store: fc.constantFrom('demo', 'other', 'third'),
  key: fc.constantFrom('a/x', 'a/b/x', 'a/b/c/x', 'd/x', 'e/x'),
  operation: fc.constantFrom(...OPERATIONS),
});

test('no chain of keys reaches a link that its first maker could not', () => {
  const app = { stores: ['demo', 'other'], keyPrefixes: ['a/', 'd/'] };
  fc.assert(
    fc.property(keys, keys, links, (first, second, link) => {
      fc.pre(widerFaults(first, { app }).length === 0);
      const child = inheritBounds(second, first);
      fc.pre(widerFaults(child, { app, key: first }).length === 0);
      expectNoFarther(app, child, first, link);
    }),
    // Most pairs are refused before anything is to be shown of them.
    { numRuns: 300, maxSkipsPerRun: 1_000 },
  );
});

test('no key is taken for a narrower one than it is, though it leaves bounds out', () => {
  const app = { stores: ['demo', 'other'], keyPrefixes: ['a/', 'd/'] };
  fc.assert(
    fc.property(keys, keys, links, (key, other, link) => {
      fc.pre(widerFaults(key, { app, key: other }).length === 0);
      expectNoFarther(app, key, other, link);
    }),
    { numRuns: 300, maxSkipsPerRun: 1_000 },
  );
});

function expectNoFarther(app: AppBounds, key: KeyBounds, than: KeyBounds, link: Bounded): void {
  if (isWithin({ app, key }, link)) expect(isWithin({ app, key: than }, link)).toBe(true);
  for (const bound of ['maxTtlSeconds', 'expiresAt', 'requestsPerMinute'] as const) {
    expect(key[bound] ?? Infinity).toBeLessThanOrEqual(than[bound] ?? Infinity);
  }
}
