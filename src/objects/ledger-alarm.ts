// The one alarm of a ledger: it rings by the earliest instant that anybody asked for.

import { type Instant, SECOND_MS, systemClock } from '../lib/time.ts';

const LONGEST_RETRY_MS = 60 * SECOND_MS;

export type LedgerAlarm = {
  /** Rings at this instant or before. */
  ringBy(instant: Instant): Promise<void>;
  /** Rings when it is time to try again: sooner after the first failure than after the tenth. */
  retry(): Promise<void>;
  failed(): void;
  succeeded(): void;
};

export function createLedgerAlarm(storage: DurableObjectStorage): LedgerAlarm {
  let failures = 0;

  async function ringBy(instant: Instant): Promise<void> {
    const armed = await storage.getAlarm();
    if (armed === null || armed > instant) await storage.setAlarm(instant);
  }

  return {
    ringBy,
    retry: () => ringBy(systemClock() + Math.min(LONGEST_RETRY_MS, SECOND_MS * 2 ** failures)),
    failed() {
      failures += 1;
    },
    succeeded() {
      failures = 0;
    },
  };
}
