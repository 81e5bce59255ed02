// Whether an app may mint one more link.

import { DAY_MS, type Instant, SECOND_MS } from '../lib/time.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { Quotas } from './app.ts';

export type MintCounts = {
  live(): number;
  mintedToday(now: Instant): number;
};

/** Counts nothing that no quota bounds. Refuses with `too_many_live_links` or `too_many_mints`. */
export function quotaDenial(
  { liveLinks, mintsPerDay }: Quotas,
  counts: MintCounts,
  now: Instant,
): RequestDenial | undefined {
  if (liveLinks !== undefined && counts.live() >= liveLinks) {
    return { reason: 'too_many_live_links', quota: liveLinks };
  }
  if (mintsPerDay !== undefined && counts.mintedToday(now) >= mintsPerDay) {
    const retryAfterSeconds = Math.ceil((DAY_MS - (now % DAY_MS)) / SECOND_MS);
    return { reason: 'too_many_mints', quota: mintsPerDay, retryAfterSeconds };
  }
  return undefined;
}
