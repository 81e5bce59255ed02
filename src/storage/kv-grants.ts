// Grants cached in Workers KV. KV may be late, empty or failing; none of it changes what a link allows.

import { type Clock, SECOND_MS } from '../lib/time.ts';
import type { Grant } from '../links/grant.ts';
import type { Grants } from '../links/ports.ts';

/** KV refuses an expiration nearer than this. The gate decides the exact end. */
const KV_MIN_TTL_SECONDS = 60;
/** The least that KV accepts; a grant never changes, so how old a copy is doesn't matter. */
const KV_CACHE_TTL_SECONDS = 30;

export function createKvGrants(kv: KVNamespace, clock: Clock): Grants {
  return {
    async get(id) {
      try {
        const grant = await kv.get<Grant>(id, { type: 'json', cacheTtl: KV_CACHE_TTL_SECONDS });
        return grant ?? undefined;
      } catch {
        return undefined;
      }
    },
    async put(id, grant, expiresAt) {
      const ttlSeconds = Math.ceil((expiresAt - clock()) / SECOND_MS);
      await kv.put(id, JSON.stringify(grant), {
        expirationTtl: Math.max(ttlSeconds, KV_MIN_TTL_SECONDS),
      });
    },
  };
}
