// A delivery: one message on its way to one webhook, from accepted to delivered or dead.

import type { Page } from '../lib/position.ts';
import type { Instant } from '../lib/time.ts';
import type { DeliveryError } from './deliver.ts';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'dead'] as const;

/** `dead`: no further attempt is made unless somebody asks for one. */
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export type Delivery = {
  /** The `webhook-id`: of an event its own id. */
  readonly id: string;
  readonly type: string;
  readonly status: DeliveryStatus;
  readonly createdAt: Instant;
  readonly attempts: number;
  readonly lastAttemptAt?: Instant | undefined;
  /** What the endpoint answered last, if it did. */
  readonly lastStatus?: number | undefined;
  readonly lastError?: DeliveryError | undefined;
  readonly nextAttemptAt?: Instant | undefined;
};

export type DeliveryPage = Page<Delivery>;
