// Makes the attempts of an outbox that are due, some at a time, so that one that hangs holds up no other.

import { type Instant, systemClock } from '../lib/time.ts';
import type { Outcome } from '../webhooks/deliver.ts';
import { nextAttemptAt } from '../webhooks/schedule.ts';
import type { DeliveryTable, DueDelivery } from './delivery-table.ts';

const ATTEMPTS_AT_ONCE = 10;

export type DeliveryWork = {
  /** Begins what is due; whatever ends makes room for the next. */
  start(): void;
  /** When the attempts that are under way now have ended. */
  underway(): Promise<void>;
  isUnderway(): boolean;
};

export function createDeliveryWork(options: {
  readonly deliveries: DeliveryTable;
  isDelivering(): boolean;
  /** Whether there are deliveries still: not so once the webhook is deleted. */
  isKept(): boolean;
  attempt(delivery: DueDelivery): Promise<Outcome>;
  /** After an attempt was recorded: when the next of this delivery is due, if there is one. */
  ended(outcome: Outcome, nextAt: Instant | undefined): Promise<void>;
  /** From 0 to below 1. */
  randomFraction(): number;
}): DeliveryWork {
  const { deliveries } = options;
  const underway = new Map<string, Promise<void>>();

  /** By the tries that stand by now: it may have been begun anew meanwhile. */
  function record(id: string, outcome: Outcome): Instant | undefined {
    const now = systemClock();
    const tries = deliveries.triesOf(id) + 1;
    const isFailed = outcome.kind === 'failed';
    const nextAt = isFailed ? nextAttemptAt(tries, now, options.randomFraction()) : undefined;
    deliveries.attempted(id, outcome, nextAt, now);
    return nextAt;
  }

  async function work(delivery: DueDelivery): Promise<void> {
    try {
      const outcome = await options.attempt(delivery);
      if (options.isKept()) await options.ended(outcome, record(delivery.id, outcome));
      underway.delete(delivery.id);
      start();
    } catch (error) {
      // Left pending, and to the alarm: at once it would only go wrong again.
      console.error({ event: 'outbox.attempt_not_recorded', error: String(error) });
    } finally {
      underway.delete(delivery.id);
    }
  }

  function start(): void {
    if (!options.isDelivering()) return;
    // As many more as are under way, since these are due still.
    const due = deliveries.due(systemClock(), ATTEMPTS_AT_ONCE + underway.size);
    for (const delivery of due) {
      if (underway.size === ATTEMPTS_AT_ONCE) return;
      if (!underway.has(delivery.id)) underway.set(delivery.id, work(delivery));
    }
  }

  return {
    start,
    async underway() {
      await Promise.all(underway.values());
    },
    isUnderway: () => underway.size > 0,
  };
}
