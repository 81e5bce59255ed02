// What has happened at a gate: uses and tries, which limits count, and totals for whoever asks.

import type { Instant } from '../lib/time.ts';
import type { GateReason } from './denial.ts';
import { recentTries, type WrongTry } from './password.ts';

type Counts<Name extends string> = Readonly<Partial<Record<Name, number>>>;

/** Totals only ever go up. */
export type Totals = {
  readonly uses: number;
  /** Uses of uploads of which nothing came, and nothing can come any more. */
  readonly givenBack: number;
  /** Redirects and streams given, with a use, by a claim or without either. */
  readonly opens: number;
  readonly opensByCountry: Counts<string>;
  readonly denials: Counts<GateReason>;
  readonly denialsByCountry: Counts<string>;
  readonly lastOpenedAt?: Instant | undefined;
};

export type Activity = Totals & {
  /** The first and the last open or denial that no report has told of yet. */
  readonly since?: Instant | undefined;
  readonly until?: Instant | undefined;
  /** When the whole rate is free again (GCRA). */
  readonly rateFreeAt?: Instant | undefined;
  readonly wrongTries: readonly WrongTry[];
};

export const NO_ACTIVITY: Activity = {
  uses: 0,
  givenBack: 0,
  opens: 0,
  opensByCountry: {},
  denials: {},
  denialsByCountry: {},
  wrongTries: [],
};

export function totalsOf(activity: Totals): Totals {
  const { uses, givenBack, opens, opensByCountry, denials, denialsByCountry, lastOpenedAt } =
    activity;
  return { uses, givenBack, opens, opensByCountry, denials, denialsByCountry, lastOpenedAt };
}

/**
 * At least what is known elsewhere to have happened: for a gate that has forgotten it. What counts
 * against the link's limit never gets less, nor does the number of the last use.
 */
export function withAtLeast(activity: Activity, known: Totals): Activity {
  const uses = Math.max(activity.uses, known.uses);
  return {
    ...activity,
    uses,
    givenBack: uses - Math.max(spentUses(activity), spentUses(known)),
    opens: Math.max(activity.opens, known.opens),
    opensByCountry: mostOf(activity.opensByCountry, known.opensByCountry),
    denials: mostOf(activity.denials, known.denials),
    denialsByCountry: mostOf(activity.denialsByCountry, known.denialsByCountry),
    lastOpenedAt: latest(activity.lastOpenedAt, known.lastOpenedAt),
  };
}

/** The code that Cloudflare has for an address without a country. */
const NO_COUNTRY = 'XX';

export function withOpen(
  activity: Activity,
  opened: { readonly spends: boolean; readonly rateFreeAt?: Instant | undefined },
  country: string | undefined,
  now: Instant,
): Activity {
  return {
    ...seenAt(activity, now),
    uses: activity.uses + (opened.spends ? 1 : 0),
    opens: activity.opens + 1,
    opensByCountry: withOneMore(activity.opensByCountry, country ?? NO_COUNTRY),
    lastOpenedAt: now,
    rateFreeAt: opened.rateFreeAt,
  };
}

export function withDenial(
  activity: Activity,
  reason: GateReason,
  country: string | undefined,
  now: Instant,
): Activity {
  return {
    ...seenAt(activity, now),
    denials: withOneMore(activity.denials, reason),
    denialsByCountry: withOneMore(activity.denialsByCountry, country ?? NO_COUNTRY),
  };
}

/** Uses that count against the link's limit. */
export function spentUses({ uses, givenBack }: Pick<Totals, 'uses' | 'givenBack'>): number {
  return uses - givenBack;
}

export function withWrongTry(activity: Activity, site: string, now: Instant): Activity {
  return { ...activity, wrongTries: [...recentTries(activity.wrongTries, now), { at: now, site }] };
}

function seenAt(activity: Activity, now: Instant): Activity {
  return { ...activity, since: activity.since ?? now, until: now };
}

function withOneMore<Name extends string>(counts: Counts<Name>, name: Name): Counts<Name> {
  return { ...counts, [name]: (counts[name] ?? 0) + 1 };
}

function mostOf<Name extends string>(a: Counts<Name>, b: Counts<Name>): Counts<Name> {
  const most: Partial<Record<Name, number>> = { ...a };
  for (const [name, count] of Object.entries<number | undefined>(b) as [Name, number][]) {
    most[name] = Math.max(most[name] ?? 0, count);
  }
  return most;
}

function latest(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}
