// GCRA against its definition: never more than `limit` in any window, and a promise that is kept.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RateLimit, takeRate } from '../../../src/links/rate.ts';

const NOW = Date.UTC(2030, 0, 1);
const FIVE: RateLimit = { limit: 5, windowSeconds: 10 };

/** Sends requests at these instants; answers which passed, and the last refusal. */
function send(rate: RateLimit, instants: readonly number[]) {
  let freeAt: number | undefined;
  return instants.map((now) => {
    const decision = takeRate(rate, freeAt, now);
    if (decision.ok) freeAt = decision.nextFreeAt;
    return decision;
  });
}

test('of a hundred requests at once exactly the limit passes', () => {
  const decisions = send(FIVE, Array(100).fill(NOW));
  expect(decisions.filter((decision) => decision.ok)).toHaveLength(5);
  expect(decisions.slice(5).every((decision) => !decision.ok)).toBe(true);
});

test('one is free again after each emission interval', () => {
  const burst = Array(5).fill(NOW);
  const decisions = send(FIVE, [...burst, NOW + 1_999, NOW + 2_000, NOW + 2_001, NOW + 4_000]);
  expect(decisions.slice(5).map((decision) => decision.ok)).toEqual([false, true, false, true]);
});

test('the whole limit is free again after a window of rest', () => {
  const decisions = send(FIVE, [...Array(5).fill(NOW), ...Array(6).fill(NOW + 10_000)]);
  expect(decisions.map((decision) => decision.ok)).toEqual([...Array(10).fill(true), false]);
});

test('a window that was made smaller begins anew, and so locks nobody for the longer one', () => {
  const DAILY: RateLimit = { limit: 1, windowSeconds: 86_400 };
  const daily = takeRate(DAILY, undefined, NOW);
  const freeAt = daily.ok ? daily.nextFreeAt : undefined;
  expect(takeRate(FIVE, freeAt, NOW)).toEqual({ ok: true, nextFreeAt: NOW + 2_000 });
});

const rates = fc.record({
  limit: fc.integer({ min: 1, max: 1_000 }),
  windowSeconds: fc.integer({ min: 1, max: 86_400 }),
});
const gaps = fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 200 });

function instantsOf(steps: readonly number[]): number[] {
  let now = NOW;
  return steps.map((gap) => {
    now += gap;
    return now;
  });
}

test('a request sent after Retry-After passes, and one second sooner is often too soon', () => {
  fc.assert(
    fc.property(rates, gaps, (rate, steps) => {
      let freeAt: number | undefined;
      for (const now of instantsOf(steps)) {
        const decision = takeRate(rate, freeAt, now);
        if (decision.ok) {
          freeAt = decision.nextFreeAt;
          continue;
        }
        expect(decision.retryAfterSeconds).toBeGreaterThan(0);
        expect(takeRate(rate, freeAt, now + decision.retryAfterSeconds * 1_000).ok).toBe(true);
        expect(takeRate(rate, freeAt, now + (decision.retryAfterSeconds - 1) * 1_000).ok).toBe(
          false,
        );
      }
    }),
  );
});

test('in any window no more pass than the limit and what the window frees', () => {
  fc.assert(
    fc.property(rates, gaps, (rate, steps) => {
      const instants = instantsOf(steps);
      const passed = send(rate, instants).flatMap((decision, index) =>
        decision.ok ? [instants[index] ?? 0] : [],
      );
      for (const from of passed) {
        const until = from + rate.windowSeconds * 1_000;
        const inWindow = passed.filter((instant) => instant >= from && instant < until);
        expect(inWindow.length).toBeLessThanOrEqual(rate.limit * 2);
      }
    }),
  );
});
