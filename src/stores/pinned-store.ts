// The store that a grant was made in, and no other that its alias has come to mean.

import type { Config, Store } from '../config.ts';
import type { Grant } from '../links/grant.ts';

/** `undefined` when it is gone, disabled, or was pointed elsewhere. */
export function pinnedStore(
  config: Config,
  { store: alias, endpoint, bucket }: Pick<Grant, 'store' | 'endpoint' | 'bucket'>,
): Store | undefined {
  const store = config.stores.get(alias);
  return store?.endpoint === endpoint && store.bucket === bucket ? store : undefined;
}
