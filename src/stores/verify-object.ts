// Asks a store whether an object is there, and what it is, before anybody is given a link to it.

import type { Config } from '../config.ts';
import { denied, ok } from '../lib/result.ts';
import type { Clock } from '../lib/time.ts';
import type { VerifyObject } from '../links/ports.ts';
import { createStoreAsker, type Fetch } from './ask-store.ts';
import { askFirstByte, isObject, storedObjectOf } from './first-byte.ts';
import { createPresigner } from './presign.ts';

export function createObjectVerifier(config: Config, clock: Clock, fetch: Fetch): VerifyObject {
  const askStore = createStoreAsker(createPresigner(), clock, fetch);

  return async function verifyObject({ store: alias, key, versionId }) {
    const store = config.stores.get(alias);
    if (!store) return denied({ reason: 'store_unavailable' });
    const query = versionId === undefined ? {} : { versionId };
    const reply = await askFirstByte((request) => askStore(store, request), {
      method: 'GET',
      key,
      query,
    });
    if (!reply) return denied({ reason: 'store_unavailable' });
    if (!isObject(reply)) {
      // Whoever may not list the bucket is told 403 of what isn't there, and 400 of a malformed version.
      const isMissing = [400, 403, 404, 405].includes(reply.status);
      return denied({ reason: isMissing ? 'object_not_found' : 'store_unavailable' });
    }
    // A store that knows no versions answers with whatever it has.
    if (versionId !== undefined && reply.headers.get('x-amz-version-id') !== versionId) {
      return denied({ reason: 'object_not_found' });
    }
    return ok(storedObjectOf(reply));
  };
}
