import { describe, expect, it } from 'vitest';
import { parseRate, parseSeconds } from '../../../src/cli/duration.ts';

describe('a duration', () => {
  it.each([
    ['90s', 90],
    ['10m', 600],
    ['2h', 7_200],
    ['7d', 604_800],
    ['1.5h', 5_400],
    ['10 minutes', 600],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseSeconds('--ttl', text)).toBe(seconds);
  });

  it.each(['600', '', 'soon', '-10m', '0s', '100ms', '10x', 'm'])('is not "%s"', (text) => {
    expect(() => parseSeconds('--ttl', text)).toThrow(
      `--ttl must be a duration such as 90s, 10m, 2h or 7d, got "${text}".`,
    );
  });
});

describe('a rate', () => {
  it.each([
    ['60/60s', 60, 60],
    ['10/m', 10, 60],
    ['5/1h', 5, 3_600],
  ])('%s', (text, limit, windowSeconds) => {
    expect(parseRate('--rate-limit', text)).toEqual({ limit, windowSeconds });
  });

  it.each(['60', '60/', '/60s', 'a/60s', '1.5/s'])('is not "%s"', (text) => {
    expect(() => parseRate('--rate-limit', text)).toThrow('--rate-limit must be');
  });
});
