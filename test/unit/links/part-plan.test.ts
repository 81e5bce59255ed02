// Any upload is cut into parts that every store takes.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_PARTS, MAX_UPLOAD_BYTES, partPlan, partSizeOf } from '../../../src/links/part-plan.ts';

const MEBIBYTE = 1_048_576;
const GIBIBYTE = 1_024 * MEBIBYTE;

const sizes = fc.oneof(
  fc.integer({ min: 0, max: 200 * MEBIBYTE }),
  fc.maxSafeInteger().map((number) => Math.abs(number) % (MAX_UPLOAD_BYTES + 1)),
  fc
    .tuple(fc.integer({ min: 0, max: MAX_UPLOAD_BYTES / MEBIBYTE - 1 }), fc.constantFrom(-1, 0, 1))
    .map(([mebibytes, off]) => Math.max(0, mebibytes * MEBIBYTE + off)),
);

test('all parts together are the upload, equal but the last, which is no bigger and not empty', () => {
  fc.assert(
    fc.property(sizes, (size) => {
      const plan = partPlan(size);
      const last = partSizeOf(plan, size, plan.partCount) ?? -1;
      expect((plan.partCount - 1) * plan.partSize + last).toBe(size);
      expect(last).toBeGreaterThanOrEqual(Math.min(size, 1));
      expect(last).toBeLessThanOrEqual(plan.partSize);
      if (plan.partCount > 1) expect(partSizeOf(plan, size, 1)).toBe(plan.partSize);
    }),
  );
});

test('parts are neither too many, too small nor too big', () => {
  fc.assert(
    fc.property(sizes, (size) => {
      const { partSize, partCount } = partPlan(size);
      expect(partCount).toBeLessThanOrEqual(MAX_PARTS);
      expect(partSize).toBeLessThanOrEqual(5 * GIBIBYTE);
      if (partCount > 1) expect(partSize).toBeGreaterThanOrEqual(16 * MEBIBYTE);
      expect(partCount === 1).toBe(size <= 64 * MEBIBYTE);
    }),
  );
});

test.each([
  [0, { partSize: 0, partCount: 1 }],
  [64 * MEBIBYTE, { partSize: 64 * MEBIBYTE, partCount: 1 }],
  [64 * MEBIBYTE + 1, { partSize: 16 * MEBIBYTE, partCount: 5 }],
  [160_000 * MEBIBYTE, { partSize: 16 * MEBIBYTE, partCount: 10_000 }],
  [160_000 * MEBIBYTE + 1, { partSize: 17 * MEBIBYTE, partCount: 9_412 }],
  [MAX_UPLOAD_BYTES, { partSize: 525 * MEBIBYTE, partCount: 9_987 }],
])('%d bytes', (size, plan) => {
  expect(partPlan(size)).toEqual(plan);
});

describe('there is no', () => {
  test.each([-1, 0.5, Number.NaN, MAX_UPLOAD_BYTES + 1])('upload of %d bytes', (size) => {
    expect(() => partPlan(size)).toThrow(RangeError);
  });

  test.each([0, -1, 1.5, 6, Number.NaN])('part %d of 5', (partNumber) => {
    const size = 64 * MEBIBYTE + 1;
    expect(partSizeOf(partPlan(size), size, partNumber)).toBeUndefined();
  });
});
