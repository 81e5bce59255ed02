// What bounds a link, and the pure rules by which its gate decides an open.

import { denied, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import type { LinkDenial } from './denial.ts';

export type Limits = {
  /** A whole second, so that a presigned URL can end exactly with its link. */
  readonly expiresAt: Instant;
};

export type LimitedLink = {
  readonly limits: Limits;
  readonly endedAt?: Instant | undefined;
};

/** Decides whether a link may be opened now. Refuses with `revoked` or `expired`. */
export function decideOpen(link: LimitedLink, now: Instant): Result<Instant, LinkDenial> {
  if (link.endedAt !== undefined) return denied({ reason: 'revoked' });
  if (now >= link.limits.expiresAt) return denied({ reason: 'expired' });
  return ok(link.limits.expiresAt);
}
