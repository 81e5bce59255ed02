// RFC 7396, by the examples of its appendix A whose target and patch are objects.

import { expect, test } from 'vitest';
import { mergePatch, patchBetween } from '../../../src/lib/merge-patch.ts';

test.each<[object, object, object]>([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j patched by %j is %j', (target, patch, expected) => {
  const before = structuredClone(target);
  expect(mergePatch(target, patch)).toEqual(expected);
  expect(target).toEqual(before);
});

test('what is undefined changes nothing', () => {
  expect(mergePatch({ a: 1 }, { a: undefined })).toEqual({ a: 1 });
});

test.each<[object, object, object]>([
  [{ a: 1, b: ['x'] }, { a: 1, b: ['x'] }, {}],
  [
    { a: 1, b: ['x'] },
    { a: 2, b: ['y'] },
    { a: 2, b: ['y'] },
  ],
  [{ a: 1 }, { b: false }, { a: null, b: false }],
  [{ a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, { a: { c: 3 } }],
  [{ a: { b: 1 } }, { a: {} }, { a: { b: null } }],
  [{ a: undefined }, { a: undefined }, {}],
  [{}, { a: { b: 1 } }, { a: { b: 1 } }],
])('between %j and %j there is %j', (from, to, patch) => {
  expect(patchBetween(from, to)).toEqual(patch);
  expect(mergePatch(from, patchBetween(from, to))).toEqual(to);
});
