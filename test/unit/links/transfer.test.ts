// When a stream under way must end.

import { describe, expect, test } from 'vitest';
import { Unavailable } from '../../../src/lib/unavailable.ts';
import type { LinkId } from '../../../src/links/link-ref.ts';
import type { Gates, Grants } from '../../../src/links/ports.ts';
import { untilShut } from '../../../src/links/transfer.ts';

const START = Date.UTC(2030, 0, 31);
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

type Script = {
  /** What the gate says at each recheck, the last answer for ever: the end, shut, or nothing. */
  readonly gate?: readonly (number | undefined | 'no answer')[];
  readonly edge?: readonly ({ endedAt?: number; expiresAt: number } | 'no answer')[];
  readonly expiresAt?: number;
  /** When the transfer has ended by itself. */
  readonly endsAt?: number;
};

/** Runs a transfer in no time; answers when it was shut, and how often it was asked about. */
async function run({ gate = [], edge = [], expiresAt = START + HOUR, endsAt }: Script) {
  let now = START;
  let asked = 0;
  const ended = new AbortController();
  const next = <Item>(script: readonly Item[]) => script[Math.min(asked++, script.length - 1)];
  const gates = {
    async openUntil() {
      const answer = next(gate);
      if (answer === 'no answer') throw new Unavailable('the gate gave no answer');
      return answer;
    },
  } as unknown as Gates;
  const grants = {
    async get() {
      const answer = next(edge);
      if (answer === 'no answer' || answer === undefined) return undefined;
      const { endedAt, expiresAt } = answer;
      return { grant: {}, edge: { endedAt, limits: { expiresAt } } };
    },
  } as unknown as Grants;
  await untilShut(
    {
      gates,
      grants,
      clock: () => now,
      async pause(milliseconds) {
        expect(milliseconds).toBeGreaterThan(0);
        now += milliseconds;
        if (endsAt !== undefined && now >= endsAt) ended.abort();
      },
      recheckMs: 10 * SECOND,
    },
    { link: 'lnk_1' as LinkId, isEdge: edge.length > 0, expiresAt },
    ended.signal,
  );
  return { after: (now - START) / SECOND, asked };
}

const OPEN = START + HOUR;

describe('a transfer', () => {
  test('ends within 10 seconds of a revocation', async () => {
    expect(await run({ gate: [OPEN, OPEN, undefined] })).toEqual({ after: 30, asked: 3 });
  });

  test('ends with the end of its link, not at the recheck after', async () => {
    expect(await run({ gate: [START + 14 * SECOND], expiresAt: START + 14 * SECOND })).toEqual({
      after: 14,
      asked: 2,
    });
  });

  test('goes on past that end when the link was extended meanwhile, and ends when it was cut', async () => {
    const extended = await run({
      gate: [START + 60 * SECOND],
      expiresAt: START + 5 * SECOND,
      endsAt: START + 50 * SECOND,
    });
    expect(extended.after).toBeGreaterThanOrEqual(50);
    expect(await run({ gate: [START + 12 * SECOND] })).toMatchObject({ after: 12 });
  });

  test('survives a gate that gives no answer twice, and no more than that', async () => {
    const endsAt = START + 100 * SECOND;
    const twice = ['no answer', 'no answer', OPEN] as const;
    expect(await run({ gate: [...twice, ...twice, OPEN], endsAt })).toMatchObject({ after: 100 });
    expect(await run({ gate: [OPEN, 'no answer'] })).toEqual({ after: 40, asked: 4 });
  });

  test('ends with the end that is known when the gate gives no answer', async () => {
    expect(await run({ gate: ['no answer'], expiresAt: START + 3 * SECOND })).toMatchObject({
      after: 3,
    });
  });

  test('that has ended is asked about no more', async () => {
    expect(await run({ gate: [OPEN], endsAt: START + SECOND })).toEqual({ after: 10, asked: 0 });
  });

  test('of an edge link ends by what KV says, or the gate where KV knows nothing', async () => {
    const expiresAt = OPEN;
    expect(await run({ edge: [{ expiresAt }, { expiresAt, endedAt: START }] })).toEqual({
      after: 20,
      asked: 2,
    });
    expect(await run({ edge: ['no answer'], gate: [undefined] })).toMatchObject({ after: 10 });
  });
});
