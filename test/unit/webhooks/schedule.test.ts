// When deliveries are tried again: the specification's schedule, and never all at once.

import { expect, it } from 'vitest';
import { nextAttemptAt } from '../../../src/webhooks/schedule.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2030, 0, 31);

const DELAYS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

it('follows the schedule of Standard Webhooks, and ends after the tenth attempt', () => {
  const delays = DELAYS.map((_, index) => (nextAttemptAt(index + 1, NOW, 0) ?? 0) - NOW);
  expect(delays).toEqual(DELAYS);
  expect(nextAttemptAt(10, NOW, 0)).toBeUndefined();
  expect(nextAttemptAt(11, NOW, 0.5)).toBeUndefined();
});

it.each(DELAYS)('comes at most a tenth later than after %i ms, by chance', (delay) => {
  const attempts = DELAYS.indexOf(delay) + 1;
  const at = (fraction: number) => (nextAttemptAt(attempts, NOW, fraction) ?? 0) - NOW;
  expect(at(0.5)).toBe(delay * 1.05);
  expect(at(0.999_999)).toBeGreaterThan(at(0.5));
  expect(at(0.999_999)).toBeLessThanOrEqual(delay * 1.1);
});
