// Presigns what a link grants, in the store it was granted in and no other.

import type { Config } from '../config.ts';
import { denied, ok } from '../lib/result.ts';
import type { Clock } from '../lib/time.ts';
import type { Presign } from '../links/ports.ts';
import { pinnedStore } from './pinned-store.ts';
import { createPresigner } from './presign.ts';
import { responseOverrides } from './response-overrides.ts';

export function createGrantPresigner(config: Config, clock: Clock): Presign {
  const presign = createPresigner();

  return async function presignGrant({ method, grant, expiresAt }) {
    const store = pinnedStore(config, grant);
    if (!store) return denied({ reason: 'store_unavailable' });
    const now = clock();
    // The gate permitted it a moment ago: a link may end on the way here.
    if (now >= expiresAt) return denied({ reason: 'expired' });
    const presigned = await presign(store, {
      method,
      key: grant.key,
      query: {
        ...(grant.versionId === undefined ? {} : { versionId: grant.versionId }),
        ...(store.responseOverrides ? responseOverrides(grant) : {}),
      },
      notAfter: expiresAt,
      now,
    });
    return presigned ? ok(presigned) : denied({ reason: 'store_unavailable' });
  };
}
