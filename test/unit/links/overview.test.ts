// What the ledgers of many apps have seen, as one overview.

import { describe, expect, test } from 'vitest';
import type { App } from '../../../src/apps/app.ts';
import type { Caller } from '../../../src/apps/caller.ts';
import type { Apps, Ledger, LedgerOverview } from '../../../src/apps/ports.ts';
import { denied, ok } from '../../../src/lib/result.ts';
import { Unavailable } from '../../../src/lib/unavailable.ts';
import type { HourlyActivity } from '../../../src/links/hourly-activity.ts';
import type { Link } from '../../../src/links/link.ts';
import { mergeOverviews, overviewOf } from '../../../src/links/overview.ts';

const HOUR = 3_600_000;
const NOON = Date.UTC(2030, 0, 31, 12);

function seen(parts: Partial<LedgerOverview> = {}): LedgerOverview {
  return { count: { live: 0, revoking: 0 }, hours: [], endingSoon: [], ...parts };
}

const link = (id: string, expiresAt: number) => ({ id, limits: { expiresAt } }) as Link;
const active = (hour: number, opens: number, denials = {}): HourlyActivity => ({
  hour,
  opens,
  denials,
});
const merge = (parts: readonly Partial<LedgerOverview>[], now = NOON, hours = 3, limit = 10) =>
  mergeOverviews(
    parts.map((part, index) => ({ app: `app ${index}`, seen: seen(part) })),
    { hours, limit, now },
  );
const hoursOf = (...parts: Parameters<typeof merge>) =>
  merge(...parts).hours.map(({ hour }) => (hour - NOON) / HOUR);

describe('merged overviews', () => {
  test('of nobody are every hour with zeros', () => {
    expect(merge([])).toEqual({
      live: 0,
      revoking: 0,
      hours: [active(NOON - 2 * HOUR, 0), active(NOON - HOUR, 0), active(NOON, 0)],
      endingSoon: [],
      silent: [],
    });
  });

  test('end with the current hour, from its first millisecond to its last', () => {
    expect(hoursOf([], NOON - 1)).toEqual([-3, -2, -1]);
    expect(hoursOf([], NOON)).toEqual([-2, -1, 0]);
    expect(hoursOf([], NOON + HOUR - 1)).toEqual([-2, -1, 0]);
    expect(hoursOf([], NOON + HOUR)).toEqual([-1, 0, 1]);
    expect(hoursOf([], NOON, 1)).toEqual([0]);
    expect(hoursOf([], NOON, 744)).toHaveLength(744);
  });

  test('add up the hours of all ledgers and fill the gaps', () => {
    const first = [active(NOON - 2 * HOUR, 1, { expired: 2 }), active(NOON, 4)];
    const second = [active(NOON - 2 * HOUR, 10, { expired: 20, used_up: 1 })];
    expect(merge([{ hours: first }, { hours: second }]).hours).toEqual([
      active(NOON - 2 * HOUR, 11, { expired: 22, used_up: 1 }),
      active(NOON - HOUR, 0),
      active(NOON, 4),
    ]);
  });

  test('leave out what a ledger tells of other hours', () => {
    const hours = [active(NOON - 3 * HOUR, 5), active(NOON + HOUR, 5)];
    expect(merge([{ hours }]).hours.map(({ opens }) => opens)).toEqual([0, 0, 0]);
  });

  test('add up the links of all ledgers', () => {
    const counts = [
      { count: { live: 3, revoking: 1 } },
      { count: { live: 4, revoking: 2 } },
    ] as const;
    expect(merge(counts)).toMatchObject({ live: 7, revoking: 3 });
  });

  test('have the next links to end of all ledgers first, and no more than asked for', () => {
    const ending = [
      { endingSoon: [link('lnk_b', 20), link('lnk_e', 100)] },
      { endingSoon: [link('lnk_a', 3), link('lnk_d', 20), link('lnk_c', 20)] },
    ];
    const ids = (limit: number) => merge(ending, NOON, 3, limit).endingSoon.map(({ id }) => id);
    expect(ids(10)).toEqual(['lnk_a', 'lnk_b', 'lnk_c', 'lnk_d', 'lnk_e']);
    expect(ids(2)).toEqual(['lnk_a', 'lnk_b']);
  });

  test('name who was silent', () => {
    const answers = [{ app: 'a' }, { app: 'b', seen: seen({ count: { live: 1, revoking: 0 } }) }];
    const merged = mergeOverviews([...answers, { app: 'c' }], { hours: 1, limit: 1, now: NOON });
    expect(merged).toMatchObject({ live: 1, silent: ['a', 'c'] });
  });
});

describe('an overview', () => {
  const OPERATOR: Caller = { kind: 'operator' };
  const apps = ['b', 'a'].map((id) => ({ id }) as App);
  type Overlooking = Ledger['overview'];
  const one: Overlooking = async () => ({
    result: ok(seen({ count: { live: 1, revoking: 0 } })),
  });
  const silent: Overlooking = async () => {
    throw new Unavailable('the ledger gave no answer');
  };

  /** Ledgers by app, and who was asked for what. */
  function services(ledgers: Record<string, Overlooking> = {}) {
    const asked: [string, object][] = [];
    return {
      asked,
      clock: () => NOON + 1,
      apps: { list: async () => apps } as Apps,
      ledgerOf: (app: string) =>
        ({
          overview: (caller, request) => {
            asked.push([app, request]);
            return (ledgers[app] ?? one)(caller, request);
          },
        }) as Ledger,
    };
  }

  const request = { hours: 24, limit: 5, endingWithinMs: 1_000 };

  test('asks every ledger for its hours and for what ends soon', async () => {
    const known = services();
    const { result } = await overviewOf(known, OPERATOR, request);
    expect(result).toMatchObject({ ok: true, value: { apps, live: 2, silent: [] } });
    const wanted = { since: NOON - 23 * HOUR, endingBefore: NOON + 1_001, limit: 5 };
    expect(known.asked).toEqual([
      ['b', wanted],
      ['a', wanted],
    ]);
  });

  test('asks all ledgers at once', async () => {
    const { promise: both, resolve } = Promise.withResolvers<void>();
    let count = 0;
    const waiting: Overlooking = async (...of) => {
      count += 1;
      if (count === 2) resolve();
      await both;
      return one(...of);
    };
    const { result } = await overviewOf(services({ a: waiting, b: waiting }), OPERATOR, request);
    expect(result).toMatchObject({ ok: true, value: { live: 2 } });
  });

  test('asks only the ledger of the app that is named, and knows the others', async () => {
    const known = services();
    const { result } = await overviewOf(known, OPERATOR, { ...request, app: 'a' });
    expect(result).toMatchObject({ ok: true, value: { apps, live: 1 } });
    expect(known.asked.map(([app]) => app)).toEqual(['a']);
  });

  test('leaves out and names a ledger that gives no answer', async () => {
    const { result } = await overviewOf(services({ b: silent }), OPERATOR, request);
    expect(result).toMatchObject({ ok: true, value: { apps, live: 1, silent: ['b'] } });
    const none = await overviewOf(services({ a: silent, b: silent }), OPERATOR, request);
    expect(none.result).toMatchObject({ ok: true, value: { live: 0, silent: ['b', 'a'] } });
  });

  test('fails with any other failure than silence', async () => {
    const broken: Overlooking = async () => {
      throw new TypeError('a bug');
    };
    await expect(overviewOf(services({ a: broken }), OPERATOR, request)).rejects.toThrow('a bug');
  });

  test('is refused with app_not_found for an app that nobody knows, and asks no ledger', async () => {
    const known = services();
    const { result } = await overviewOf(known, OPERATOR, { ...request, app: 'c' });
    expect(result).toEqual(denied({ reason: 'app_not_found' }));
    expect(known.asked).toEqual([]);
  });

  test('is refused as a ledger refuses', async () => {
    const refusing: Overlooking = async () => ({ result: denied({ reason: 'operators_only' }) });
    const { result } = await overviewOf(services({ a: refusing }), OPERATOR, request);
    expect(result).toEqual(denied({ reason: 'operators_only' }));
  });

  test('goes on without a ledger that was lost', async () => {
    const lost: Overlooking = async () => ({ result: denied({ reason: 'app_not_found' }) });
    const { result } = await overviewOf(services({ a: lost }), OPERATOR, request);
    expect(result).toMatchObject({ ok: true, value: { silent: ['a'] } });
  });

  test('is refused to keys with operators_only before anybody is asked', async () => {
    const caller: Caller = {
      kind: 'key',
      credential: { app: 'a', keyId: 'key_1', hash: new Uint8Array() },
    };
    const known = services();
    const { result } = await overviewOf(known, caller, request);
    expect(result).toEqual(denied({ reason: 'operators_only' }));
    expect(known.asked).toEqual([]);
  });
});
