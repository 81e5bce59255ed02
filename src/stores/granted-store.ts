// The store of a grant as it is configured today.

import type { Config, Store } from '../config.ts';
import type { Grant } from '../links/grant.ts';

/** `undefined` when the alias is gone or was pointed elsewhere since: that re-aims no link. */
export function grantedStore(config: Config, grant: Grant): Store | undefined {
  const store = config.stores.get(grant.store);
  const isSame = store?.endpoint === grant.endpoint && store.bucket === grant.bucket;
  return isSame ? store : undefined;
}
