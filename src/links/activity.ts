// What has happened at a gate: uses and tries, which limits count, and totals for whoever asks.

import type { Instant } from '../lib/time.ts';
import type { GateReason } from './denial.ts';
import { recentTries, type WrongTry } from './password.ts';

export type Activity = {
  readonly uses: number;
  /** Redirects given, with a use, by a claim or without either. */
  readonly opens: number;
  readonly denials: Readonly<Partial<Record<GateReason, number>>>;
  readonly lastOpenedAt?: Instant | undefined;
  /** When the whole rate is free again (GCRA). */
  readonly rateFreeAt?: Instant | undefined;
  readonly wrongTries: readonly WrongTry[];
};

export const NO_ACTIVITY: Activity = { uses: 0, opens: 0, denials: {}, wrongTries: [] };

export function withOpen(
  activity: Activity,
  opened: { readonly spends: boolean; readonly rateFreeAt?: Instant | undefined },
  now: Instant,
): Activity {
  return {
    ...activity,
    uses: activity.uses + (opened.spends ? 1 : 0),
    opens: activity.opens + 1,
    lastOpenedAt: now,
    rateFreeAt: opened.rateFreeAt,
  };
}

export function withDenial(activity: Activity, reason: GateReason): Activity {
  const count = (activity.denials[reason] ?? 0) + 1;
  return { ...activity, denials: { ...activity.denials, [reason]: count } };
}

export function withWrongTry(activity: Activity, site: string, now: Instant): Activity {
  return { ...activity, wrongTries: [...recentTries(activity.wrongTries, now), { at: now, site }] };
}
