// What the rounds of an arm come to beside those of its baseline.

import type { Arm, Round } from './measure.ts';
import { median, quantile } from './quantile.ts';

export type Spread = { readonly median: number; readonly q1: number; readonly q3: number };

export type ArmResult = {
  readonly name: string;
  readonly baseline: string | null;
  readonly requestsPerSecond: Spread;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of workerd, simulated storage included. */
  readonly cpuMicroseconds: number;
  /** Of throughput: the median of the ratios to the baseline in the same round. */
  readonly ratio: number | null;
  /** How many times the baseline's CPU an arm gets by with: above 1 it needs less. */
  readonly cpuRatio: number | null;
};

export function resultOf(arm: Arm, roundsOf: ReadonlyMap<string, readonly Round[]>): ArmResult {
  const rounds = roundsOf.get(arm.name) ?? [];
  const perSecond = rounds.map((round) => round.perSecond);
  const baseline = arm.baseline === undefined ? undefined : roundsOf.get(arm.baseline);
  /** Both ran within seconds of each other, so that what else the machine did meanwhile falls out. */
  const ratioOf = (compare: (round: Round, base: Round) => number) =>
    baseline
      ? median(rounds.map((round, index) => compare(round, baseline[index] as Round)))
      : null;
  return {
    name: arm.name,
    baseline: arm.baseline ?? null,
    requestsPerSecond: {
      median: median(perSecond),
      q1: quantile(perSecond, 0.25),
      q3: quantile(perSecond, 0.75),
    },
    p50Ms: median(rounds.map((round) => round.p50Ms)),
    p99Ms: median(rounds.map((round) => round.p99Ms)),
    cpuMicroseconds: median(rounds.map((round) => round.cpuMicroseconds)),
    ratio: ratioOf((round, base) => round.perSecond / base.perSecond),
    cpuRatio: ratioOf((round, base) => base.cpuMicroseconds / round.cpuMicroseconds),
  };
}
