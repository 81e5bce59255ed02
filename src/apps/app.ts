// An app: whoever mints links, and the bounds within which it may.

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

export type App = AppBounds & {
  readonly id: string;
  readonly name: string;
  readonly defaults: AppDefaults;
  readonly createdAt: number;
};
