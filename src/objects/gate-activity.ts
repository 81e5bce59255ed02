// What has happened at a gate, in memory and on disk. Uses, claims and wrong passwords are on disk before
// anybody hears of them; counts and the rate are written behind, so that a hot link isn't a hot disk.

import { type Instant, SECOND_MS } from '../lib/time.ts';
import {
  type Activity,
  NO_ACTIVITY,
  spentUses,
  type Totals,
  withAtLeast,
  withDenial,
  withOpen,
  withWrongTry,
} from '../links/activity.ts';
import type { OpenDecision, OpenFacts } from '../links/decide.ts';
import type { GateRecord } from '../links/ports.ts';
import { countOf } from '../links/report.ts';
import type { Alarm } from './alarm.ts';
import type { GateUses } from './gate-uses.ts';

/** How much of counts and rate a crash may forget. Objects rest, and may be evicted, after that. */
const WRITE_BEHIND_MS = 5 * SECOND_MS;

const ACTIVITY = 'activity';

export type GateActivity = ReturnType<typeof createGateActivity>;

export function createGateActivity(options: {
  readonly storage: DurableObjectStorage;
  readonly alarm: Alarm;
  readonly uses: GateUses;
  /** Keeps work alive that no answer waits for. */
  readonly defer: (work: Promise<void>) => void;
  /** Whether the ledger has heard of everything that an activity counts. */
  readonly isReported: (activity: Activity) => boolean;
}) {
  const { storage, alarm, uses } = options;
  let activity: Activity = { ...NO_ACTIVITY, ...storage.kv.get<Activity>(ACTIVITY) };
  /** Whether some of it is in memory only. */
  let isUnsaved = false;
  /** Whether the alarm is set to save and report it. */
  let isAlarmSet = false;

  function save(newest: Activity): void {
    activity = newest;
    isUnsaved = false;
    storage.kv.put(ACTIVITY, newest);
  }

  function writeBehind(newest: Activity, now: Instant): void {
    activity = newest;
    isUnsaved = true;
    ringSoon(now);
  }

  function ringSoon(now: Instant): void {
    if (isAlarmSet) return;
    isAlarmSet = true;
    // Unconfirmed: the answer of an open needn't wait for the disk.
    options.defer(alarm.ringBy(now + WRITE_BEHIND_MS, { allowUnconfirmed: true }));
  }

  /** What has been reported lies before the period that the next report is about. */
  function unreported(): Activity {
    return options.isReported(activity) ? { ...activity, since: undefined } : activity;
  }

  function claimEnd(hash: string): Instant | undefined {
    return activity.uses === 0 ? undefined : uses.claimEnd(hash);
  }

  return {
    current: () => activity,
    ringSoon,
    isRinging: () => isAlarmSet,
    /** The alarm rings: what is only in memory goes to disk. */
    ring(): void {
      if (isUnsaved) save(activity);
      isAlarmSet = false;
    },
    /** Nothing is kept of a link that ended long ago. */
    forget(): void {
      activity = NO_ACTIVITY;
      isUnsaved = false;
    },
    isClaimKnown(hash: string | undefined, now: Instant): boolean {
      const endsAt = hash === undefined ? undefined : claimEnd(hash);
      return endsAt !== undefined && now < endsAt;
    },
    /** Answers until when the claim of this open stands for its use. */
    recordOpen(
      { grant, limits }: GateRecord,
      decision: Extract<OpenDecision, { kind: 'allow' }>,
      facts: OpenFacts,
      now: Instant,
    ): Instant | undefined {
      const { claim, country } = facts;
      const opened = withOpen(unreported(), decision, country, now);
      if (!claim || !decision.spends) {
        writeBehind(opened, now);
        return claim && claimEnd(claim.hash);
      }
      // An upload goes on for as long as its link lives, also when that is extended.
      const endsAt = grant.upload
        ? Number.MAX_SAFE_INTEGER
        : Math.min(now + limits.claimSeconds * SECOND_MS, limits.expiresAt);
      const address = grant.recordIp ? facts.address : undefined;
      const use = { use: opened.uses, at: now, country, addressHash: facts.site, address };
      storage.transactionSync(() => {
        save(opened);
        uses.create();
        uses.add(use, claim.hash, endsAt);
      });
      ringSoon(now);
      return endsAt;
    },
    recordDenial(
      { denial, wrongPassword }: Extract<OpenDecision, { kind: 'deny' }>,
      facts: OpenFacts,
      now: Instant,
    ): void {
      const denied = withDenial(unreported(), denial.reason, facts.country, now);
      if (!wrongPassword) {
        writeBehind(denied, now);
        return;
      }
      save(withWrongTry(denied, facts.site, now));
      ringSoon(now);
    },
    /** At least as much has happened: for whoever writes a gate that has forgotten it. */
    raise(known: Totals): void {
      const isForgotten =
        spentUses(activity) < spentUses(known) || countOf(activity) < countOf(known);
      if (!isForgotten) return;
      storage.transactionSync(() => {
        save(withAtLeast(activity, known));
        uses.create();
      });
    },
    /** What is given back counts no more, and its claim stands for nothing. */
    giveBack(claim: string): void {
      uses.endClaim(claim);
      save({ ...activity, givenBack: activity.givenBack + 1 });
    },
    /** Whoever knew the old password redeems anew; tries with the old one count no more. */
    forgetClaims(): void {
      if (activity.uses > 0) uses.endClaims();
      save({ ...activity, wrongTries: [] });
    },
  };
}
