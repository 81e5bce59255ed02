import { expect, test } from 'vitest';
import { countdown } from '../../../src/lib/countdown.ts';

test.each([
  [1, '0:01'],
  [60, '1:00'],
  [599, '9:59'],
  [3_599, '59:59'],
  [3_600, '60 minutes'],
  [7_200, '2 hours'],
])('%i seconds are %s', (seconds, shown) => {
  expect(countdown('en', seconds)).toBe(shown);
});
