// What bounds a link and may be changed while it lives.

import { DAY_MS, type Instant } from '../lib/time.ts';
import type { PasswordHash } from './password.ts';
import type { RateLimit } from './rate.ts';

export type Limits = {
  /** A whole second, so that a presigned URL can end exactly with its link. */
  readonly expiresAt: Instant;
  readonly notBefore?: Instant | undefined;
  readonly maxUses?: number | undefined;
  /** How long a claim stands for the use it spent. */
  readonly claimSeconds: number;
  /** Whether a link is redeemed only on purpose, even though nothing else asks for it. */
  readonly confirm: boolean;
  /** Absent for edge links, which have the rate-limit binding only. */
  readonly rateLimit?: RateLimit | undefined;
  readonly allowCidrs?: readonly string[] | undefined;
  readonly allowCountries?: readonly string[] | undefined;
  readonly password?: PasswordHash | undefined;
};

/** How long an ended link still answers 410 rather than 404. */
const RETENTION_MS = 7 * DAY_MS;

/** Until when a gate knows its link. */
export function keptUntil({ expiresAt }: Limits): Instant {
  return expiresAt + RETENTION_MS;
}

/** Whether a plain GET may not spend: then a page or instructions ask for a deliberate step. */
export function needsConfirm(limits: Limits): boolean {
  return limits.confirm || limits.maxUses !== undefined || limits.password !== undefined;
}
