// An app: whoever mints links, the bounds within which it may, and what its links have by default.

import type { Instant } from '../lib/time.ts';
import type { RateLimit } from '../links/rate.ts';

export type AppBounds = {
  /** Store aliases it may mint in. */
  readonly stores: readonly string[];
  /** Key prefixes it may mint under, each ending in `/`; absent means the whole of its stores. */
  readonly keyPrefixes?: readonly string[] | undefined;
};

/** What a link of the app has unless its mint says otherwise. */
export type AppDefaults = {
  readonly rateLimit?: RateLimit | undefined;
};

/** How much an app may have and do; absent means without a bound. */
export type Quotas = {
  /** Links that have neither ended nor expired. */
  readonly liveLinks?: number | undefined;
  /** Mints since midnight UTC. */
  readonly mintsPerDay?: number | undefined;
};

export type AppSettings = AppBounds & {
  readonly name: string;
  /** The name under which recipients see its links; without one they see none. */
  readonly publicName?: string | undefined;
  readonly defaults: AppDefaults;
  readonly quotas: Quotas;
  /** Whether events keep the addresses of redeemers in clear. */
  readonly recordIp: boolean;
  readonly eventRetentionDays: number;
};

export type App = AppSettings & {
  readonly id: string;
  /** Goes up with each change; a ledger ignores what is older than what it has. */
  readonly version?: number | undefined;
  readonly createdAt: Instant;
  /** Since when it may mint no more and its links are ended. */
  readonly suspendedAt?: Instant | undefined;
};
