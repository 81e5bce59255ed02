import { describe, expect, it } from 'vitest';
import { bytesInWords, secondsInWords } from '../../../src/lib/amounts.ts';

describe('bytes in words', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1_000, '1 kB'],
    [12_345, '12.3 kB'],
    [209_715_200, '209 MB'],
    [5_000_000_000, '5 GB'],
    [5_497_558_138_880, '5.4 TB'],
  ])('are short and never more than there are: %i is %s', (bytes, words) => {
    expect(bytesInWords('en', bytes)).toBe(words);
  });
});

describe('seconds in words', () => {
  it.each([
    [0, '1 second'],
    [59.4, '59 seconds'],
    [61, '1 minute'],
    [3_600, '60 minutes'],
    [7_200, '2 hours'],
    [172_800, '2 days'],
  ])('are in one unit: %d is %s', (seconds, words) => {
    expect(secondsInWords('en', seconds)).toBe(words);
  });

  it('speak other languages', () => {
    expect(secondsInWords('de', 120)).toBe('2 Minuten');
  });
});
