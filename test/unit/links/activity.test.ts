import { describe, expect, it } from 'vitest';
import {
  type Activity,
  NO_ACTIVITY,
  spentUses,
  type Totals,
  totalsOf,
  withAtLeast,
} from '../../../src/links/activity.ts';

const totals = (more: Partial<Totals>): Totals => ({ ...totalsOf(NO_ACTIVITY), ...more });

describe('what a gate is told of its past', () => {
  it('becomes its own where it knows nothing', () => {
    const known = totals({
      uses: 3,
      givenBack: 1,
      opens: 7,
      opensByCountry: { DE: 7 },
      denials: { used_up: 2 },
      denialsByCountry: { XX: 2 },
      lastOpenedAt: 1_000,
    });
    expect(totalsOf(withAtLeast(NO_ACTIVITY, known))).toEqual(known);
  });

  it('changes nothing where it knows as much or more', () => {
    const activity: Activity = { ...NO_ACTIVITY, uses: 4, givenBack: 1, opens: 5, since: 7 };
    expect(withAtLeast(activity, totals({ uses: 3, givenBack: 1, opens: 4 }))).toMatchObject({
      ...activity,
    });
  });

  it.each([
    [2, 0, 5, 4],
    [5, 4, 2, 0],
    [3, 3, 3, 0],
    [0, 0, 4, 4],
  ])(
    'never lets less count: %i uses of which %i were given back, and %i of which %i',
    (a, b, c, d) => {
      const here = { ...NO_ACTIVITY, uses: a, givenBack: b };
      const known = totals({ uses: c, givenBack: d });
      const both = withAtLeast(here, known);
      expect(spentUses(both)).toBe(Math.max(spentUses(here), spentUses(known)));
      expect(both.uses).toBe(Math.max(a, c));
    },
  );
});
