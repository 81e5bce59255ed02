// An app: whoever mints links, and the bounds within which it may.

export type AppBounds = {
  /** Store aliases it may mint in. */
  readonly stores: readonly string[];
  /** Key prefixes it may mint under, each ending in `/`; absent means the whole of its stores. */
  readonly keyPrefixes?: readonly string[] | undefined;
};

export type App = AppBounds & {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
};
