import { describe, expect, it } from 'vitest';
import { createSpeed } from '../../../src/browser/speed.ts';

describe('speed', () => {
  it('is unknown before there was time to measure', () => {
    const speed = createSpeed();
    expect(speed.at(0)).toBeUndefined();
    speed.add(1_000, 0);
    expect(speed.at(500)).toBeUndefined();
    expect(speed.at(1_000)).toBe(1_000);
  });

  it('is the average over the last seconds only', () => {
    const speed = createSpeed();
    for (let at = 0; at <= 10_000; at += 1_000) speed.add(1_000, at);
    for (let at = 11_000; at <= 30_000; at += 1_000) speed.add(5_000, at);
    expect(speed.at(30_000)).toBe(5_000);
  });

  it('falls when nothing moves, and begins anew after a break', () => {
    const speed = createSpeed();
    speed.add(10_000, 1_000);
    expect(speed.at(3_000)).toBe(5_000);
    expect(speed.at(11_000)).toBe(1_000);
    speed.reset();
    expect(speed.at(12_000)).toBeUndefined();
  });
});
