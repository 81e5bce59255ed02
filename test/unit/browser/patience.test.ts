import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Refusal } from '../../../src/browser/gateway.ts';
import { backoffMs, persist } from '../../../src/browser/patience.ts';
import { denied, ok } from '../../../src/lib/result.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const never = new AbortController().signal;

/** What a question that is refused so many times comes to, and how long that takes. */
async function askedWith(refusal: Refusal, times: number, signal = never) {
  let asked = 0;
  const ask = async () => (++asked > times ? ok('answer') : denied(refusal));
  const waits: (string | undefined)[] = [];
  const startedAt = Date.now();
  const answer = persist(ask, (wait) => waits.push(wait), signal);
  answer.catch(() => undefined);
  await vi.runAllTimersAsync();
  return { answer, asked, waits, seconds: (Date.now() - startedAt) / 1_000 };
}

describe('persistence', () => {
  it('takes what won’t change by waiting as it is', async () => {
    const { answer, asked } = await askedWith({ reason: 'used_up' }, 1);
    expect(await answer).toEqual(denied({ reason: 'used_up' }));
    expect(asked).toBe(1);
  });

  it('waits for as long as a link that is opened too often says', async () => {
    const refusal = { reason: 'rate_limited', retryAfterSeconds: 7 };
    const { answer, seconds, waits } = await askedWith(refusal, 10);
    expect(await answer).toEqual(ok('answer'));
    expect(seconds).toBe(70);
    expect(waits.at(0)).toBe('waiting');
    expect(waits.at(-1)).toBeUndefined();
  });

  it('gives up on a service that stays away', async () => {
    const { answer, asked } = await askedWith({ reason: 'unavailable', retryAfterSeconds: 5 }, 100);
    expect(await answer).toMatchObject({ denial: { reason: 'unavailable' } });
    expect(asked).toBe(6);
  });

  it('ends when its signal does', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 3_000);
    const refusal = { reason: 'rate_limited', retryAfterSeconds: 60 };
    const { answer, asked } = await askedWith(refusal, 10, stop.signal);
    await expect(answer).rejects.toThrow();
    expect(asked).toBe(1);
  });
});

it('the delay before a further try grows, up to a quarter of a minute', () => {
  expect(backoffMs(0, 1)).toBe(1_000);
  expect(backoffMs(0, 0)).toBe(500);
  expect(backoffMs(3, 1)).toBe(8_000);
  expect(backoffMs(30, 1)).toBe(15_000);
});
