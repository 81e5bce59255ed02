// The store that a grant was made in, and no other that its alias has come to mean.

import type { Config, Store } from '../config.ts';
import type { Instant } from '../lib/time.ts';
import type { Grant } from '../links/grant.ts';

/** Whether that store gives anything out now: its temporary credentials may have ended. */
export function isServed(config: Config, grant: Grant, now: Instant): boolean {
  const store = pinnedStore(config, grant);
  return store !== undefined && now < (store.session?.expiresAt ?? Number.POSITIVE_INFINITY);
}

/** `undefined` when it is gone, disabled, or was pointed elsewhere. */
export function pinnedStore(
  config: Config,
  { store: alias, endpoint, bucket }: Pick<Grant, 'store' | 'endpoint' | 'bucket'>,
): Store | undefined {
  const store = config.stores.get(alias);
  return store?.endpoint === endpoint && store.bucket === bucket ? store : undefined;
}
