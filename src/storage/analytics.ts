// Workers Analytics Engine, where it is bound: one data point for each outcome of an open, a redeem, a
// mint or a revoke. https://developers.cloudflare.com/analytics/analytics-engine/get-started/

import type { Env } from '../config.ts';
import type { Log } from '../lib/log.ts';

export type Measurement = {
  /** Absent where a refusal came before it was known. */
  readonly app?: string | undefined;
  /** A template, never a path. */
  readonly route: string;
  /** What was done, or the reason why it was not. */
  readonly outcome: string;
  /** ISO 3166-1. */
  readonly country?: string | undefined;
  readonly durationMs: number;
  /** How many: one request may mint or revoke many. */
  readonly count: number;
};

/** Never throws, and is never waited for: no answer depends on a number. */
export type Measure = (measurement: Measurement) => void;

/** What stands for an app or a country that isn't known: an index must not be empty. */
const UNKNOWN = '-';

/** Nothing where no dataset is bound: then nothing is worth being found out. */
export function createMeasure({ ANALYTICS }: Env, log: Log): Measure | undefined {
  if (!ANALYTICS) return undefined;
  return ({ app = UNKNOWN, route, outcome, country = UNKNOWN, durationMs, count }) => {
    try {
      ANALYTICS.writeDataPoint({
        indexes: [app],
        blobs: [route, outcome, country],
        doubles: [durationMs, count],
      });
    } catch (error) {
      log('warn', { event: 'measurement.lost', error: (error as Error).name });
    }
  };
}
