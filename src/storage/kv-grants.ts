// Grants cached in Workers KV. KV may be late, empty or failing; none of it changes what a strong link
// allows.

import { inTime } from '../lib/in-time.ts';
import { type Clock, SECOND_MS } from '../lib/time.ts';
import type { CachedGrant, Grants } from '../links/ports.ts';

/** KV refuses an expiration nearer than this. The gate decides the exact end. */
const KV_MIN_TTL_SECONDS = 60;
/** The least that KV accepts: the delay by which an edge link's revocation is late. */
const KV_CACHE_TTL_SECONDS = 30;

/** Then whoever waits goes on without: to the gate when reading, to the alarm when writing. */
export const KV_TIMEOUT_MS = 2_500;

export function createKvGrants(kv: KVNamespace, clock: Clock): Grants {
  async function read(id: string): Promise<CachedGrant | undefined> {
    const options = { type: 'json', cacheTtl: KV_CACHE_TTL_SECONDS } as const;
    return (await kv.get<CachedGrant>(id, options)) ?? undefined;
  }

  return {
    read,
    get: (id) => inTime(KV_TIMEOUT_MS, read(id), tooLate).catch(() => undefined),
    async put(id, cached, expiresAt) {
      const ttlSeconds = Math.ceil((expiresAt - clock()) / SECOND_MS);
      await kv.put(id, JSON.stringify(cached), {
        expirationTtl: Math.max(ttlSeconds, KV_MIN_TTL_SECONDS),
      });
    },
  };
}

function tooLate(): Error {
  return new Error('KV took too long');
}
