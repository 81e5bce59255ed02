import { describe, expect, it } from 'vitest';
import { inTime } from '../../../src/lib/in-time.ts';

const late = () => new Error('too late');

describe('an answer', () => {
  it('that comes in time is given', async () => {
    expect(await inTime(1_000, Promise.resolve('here'), late)).toBe('here');
  });

  it('that fails in time fails so', async () => {
    const failing = Promise.reject(new Error('down'));
    await expect(inTime(1_000, failing, late)).rejects.toThrow('down');
  });

  it('is not waited for any longer, and what fails later troubles nobody', async () => {
    const { promise, reject } = Promise.withResolvers<string>();
    await expect(inTime(1, promise, late)).rejects.toThrow('too late');
    reject(new Error('down'));
    await new Promise((resolve) => setTimeout(resolve, 0));
  });
});
