// The pure rules by which a gate decides an open: no storage, no clock, no waiting.
// Whoever changes their order changes what a recipient is told first.

import { type Instant, SECOND_MS } from '../lib/time.ts';
import { type Activity, spentUses } from './activity.ts';
import { isInCidrs } from './conditions.ts';
import type { GateDenial } from './denial.ts';
import type { Grant } from './grant.ts';
import { type Limits, needsConfirm } from './limits.ts';
import { isSamePassword, type PasswordHash, passwordLockSeconds } from './password.ts';
import { takeRate } from './rate.ts';

export type LimitedLink = {
  readonly limits: Limits;
  readonly endedAt?: Instant | undefined;
};

export type ClaimFact = {
  readonly hash: string;
  /** Whether it is meant to spend a use: in a POST, or brought by a program. */
  readonly redeems: boolean;
};

/** What the Worker knows of a request. */
export type OpenFacts = {
  /** Absent where the link is to be opened, or looked at. */
  readonly intent?: 'upload' | undefined;
  /** HEAD never redeems. */
  readonly method: 'GET' | 'HEAD';
  readonly claim?: ClaimFact | undefined;
  readonly password?: PasswordHash | undefined;
  readonly address?: string | undefined;
  /** A keyed hash of the address: wrong passwords are counted and uses recorded under it. */
  readonly site: string;
  readonly country?: string | undefined;
};

export type OpenDecision =
  | { readonly kind: 'deny'; readonly denial: GateDenial; readonly wrongPassword?: boolean }
  /** Fine so far, but it has to be redeemed on purpose. */
  | { readonly kind: 'confirm' }
  /** The password was hashed with other iterations than the link's. */
  | { readonly kind: 'rehash'; readonly iterations: number }
  | {
      readonly kind: 'allow';
      /** Whether a use is spent, for which the claim stands from now on. */
      readonly spends: boolean;
      readonly rateFreeAt?: Instant | undefined;
    };

/** Decides what doesn't depend on what happened before: all there is to an edge link. */
export function decideConditions(
  link: LimitedLink,
  facts: Pick<OpenFacts, 'address' | 'country'>,
  now: Instant,
): GateDenial | undefined {
  const { limits } = link;
  if (link.endedAt !== undefined) return { reason: 'revoked' };
  if (now >= limits.expiresAt) return { reason: 'expired' };
  if (limits.notBefore !== undefined && now < limits.notBefore) {
    const retryAfterSeconds = Math.ceil((limits.notBefore - now) / SECOND_MS);
    return { reason: 'not_yet', notBefore: limits.notBefore, retryAfterSeconds };
  }
  if (limits.allowCidrs && !isInCidrs(facts.address, limits.allowCidrs)) {
    return { reason: 'address_not_allowed' };
  }
  if (limits.allowCountries && !limits.allowCountries.includes(facts.country ?? '')) {
    return { reason: 'country_not_allowed' };
  }
  return undefined;
}

/** Decides an open. `isClaimKnown` says that the claim stands for a use that was spent already. */
export function decideOpen(
  link: LimitedLink & { readonly grant?: Pick<Grant, 'operation' | 'delivery'> },
  activity: Activity,
  facts: OpenFacts,
  isClaimKnown: boolean,
  now: Instant,
): OpenDecision {
  const { limits } = link;
  const denial = decideConditions(link, facts, now);
  if (denial) return deny(denial);

  const isUsedUp = limits.maxUses !== undefined && spentUses(activity) >= limits.maxUses;
  if (isUsedUp && !isClaimKnown) return deny({ reason: 'used_up' });

  // There is nothing to open: whoever looks is shown what it is for.
  if (link.grant?.operation === 'upload' && facts.intent !== 'upload') return { kind: 'confirm' };

  // An upload is deliberate by itself.
  const isDeliberate = facts.intent === 'upload' || needsConfirm(limits);
  if (isDeliberate) {
    // Where else a redeemer is given a URL, a stream is given the link itself, to come back to.
    const comesBack = isClaimKnown && link.grant?.delivery === 'stream';
    const redeems = facts.claim?.redeems === true && facts.method !== 'HEAD';
    if (!redeems && !comesBack) return { kind: 'confirm' };
    if (limits.password && !isClaimKnown) {
      const refused = decidePassword(limits.password, activity, facts, now);
      if (refused) return refused;
    }
  }

  const spends = isDeliberate && !isClaimKnown;
  if (!limits.rateLimit) return { kind: 'allow', spends };
  const rate = takeRate(limits.rateLimit, activity.rateFreeAt, now);
  if (rate.ok) return { kind: 'allow', spends, rateFreeAt: rate.nextFreeAt };
  const { retryAfterSeconds } = rate;
  return deny({ reason: 'rate_limited', retryAfterSeconds, rateLimit: limits.rateLimit });
}

function decidePassword(
  kept: PasswordHash,
  activity: Activity,
  facts: OpenFacts,
  now: Instant,
): OpenDecision | undefined {
  if (!facts.password) return deny({ reason: 'password_required' });
  const lockSeconds = passwordLockSeconds(activity.wrongTries, facts.site, now);
  if (lockSeconds !== undefined) {
    return deny({ reason: 'password_locked', retryAfterSeconds: lockSeconds });
  }
  if (facts.password.iterations !== kept.iterations) {
    return { kind: 'rehash', iterations: kept.iterations };
  }
  if (isSamePassword(kept, facts.password)) return undefined;
  return { kind: 'deny', denial: { reason: 'password_wrong' }, wrongPassword: true };
}

function deny(denial: GateDenial): OpenDecision {
  return { kind: 'deny', denial };
}
