// What the gateway promises of its speed, each held against a baseline that ran in the same rounds.

import type { ArmResult } from './results.ts';

type Target = { readonly arm: string; readonly atLeast: number };

/** The time of a list may double from a thousand links to a million. */
const MOST_TIMES_SLOWER = 2;

const TARGETS: readonly Target[] = [
  { arm: 'strong open', atLeast: 1 },
  { arm: 'edge open', atLeast: 0.9 },
  { arm: 'forged token', atLeast: 0.9 },
  { arm: 'presign', atLeast: 1.4 },
];

export type TargetResult = {
  readonly name: string;
  readonly ratio: number;
  readonly cpuRatio: number;
  readonly target: number;
  readonly holds: boolean;
};

export function targetsOf(results: readonly ArmResult[]): TargetResult[] {
  const limits = new Map(TARGETS.map(({ arm, atLeast }) => [arm, atLeast]));
  return results.flatMap(({ name, baseline, ratio, cpuRatio }) => {
    const isLargeList = name.startsWith('list ') && baseline !== null;
    const target = isLargeList ? 1 / MOST_TIMES_SLOWER : limits.get(name);
    if (target === undefined || ratio === null || cpuRatio === null) return [];
    const shown = `${name} ≥ ${target} × ${baseline}`;
    return [{ name: shown, ratio, cpuRatio, target, holds: ratio >= target }];
  });
}
