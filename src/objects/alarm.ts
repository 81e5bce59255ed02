// The one alarm of an object: it rings by the earliest instant that anybody asked for.

import { type Instant, SECOND_MS, systemClock } from '../lib/time.ts';
import { createTurns } from '../lib/turns.ts';

const LONGEST_RETRY_MS = 60 * SECOND_MS;

export type Alarm = {
  /** Rings at this instant or before. */
  ringBy(instant: Instant, options?: DurableObjectSetAlarmOptions): Promise<void>;
  /** Rings when it is time to try again: sooner after the first failure than after the tenth. */
  retry(): Promise<void>;
  failed(): void;
  succeeded(): void;
};

export function createAlarm(storage: DurableObjectStorage): Alarm {
  const inTurn = createTurns();
  let failures = 0;

  /** Of two that ask at once the later must not undo the sooner. */
  function ringBy(instant: Instant, options?: DurableObjectSetAlarmOptions): Promise<void> {
    return inTurn('alarm', async () => {
      const armed = await storage.getAlarm();
      if (armed === null || armed > instant) await storage.setAlarm(instant, options);
    });
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
