// The gate of one link: keeps its record and what happened to it, and decides each open. The rules
// stand in links/decide.ts. Uses and wrong passwords are on disk before anybody hears of them; counts
// and the rate are written behind, so that a hot link isn't a hot disk.

import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../config.ts';
import { DAY_MS, type Instant, SECOND_MS, systemClock } from '../lib/time.ts';
import {
  type Activity,
  NO_ACTIVITY,
  withDenial,
  withOpen,
  withWrongTry,
} from '../links/activity.ts';
import { decideOpen, type OpenDecision, type OpenFacts } from '../links/decide.ts';
import type { GateAnswer, GateRecord, LinkGateObject } from '../links/ports.ts';

/** How long an ended link still answers 410 rather than 404. */
const RETENTION_MS = 7 * DAY_MS;

/** How much of counts and rate a crash may forget. Objects rest, and may be evicted, after that. */
const WRITE_BEHIND_MS = 5 * SECOND_MS;

const RECORD = 'record';
const ACTIVITY = 'activity';

const CLAIMS = `CREATE TABLE IF NOT EXISTS claims (
  hash TEXT PRIMARY KEY,
  ends_at INTEGER NOT NULL
) WITHOUT ROWID`;

export class LinkGate extends DurableObject<Env> implements LinkGateObject {
  #record = this.ctx.storage.kv.get<GateRecord>(RECORD);
  #activity = this.ctx.storage.kv.get<Activity>(ACTIVITY) ?? NO_ACTIVITY;
  #isWritingBehind = false;

  /** Decides in one go: nothing else runs between the reading and the writing. */
  async open(facts: OpenFacts, wantsGrant: boolean): Promise<GateAnswer> {
    const record = this.#record;
    if (!record) return { kind: 'deny', denial: { reason: 'not_found' } };
    const now = systemClock();
    const isClaimKnown = this.#isClaimKnown(facts.claim?.hash, now);
    const decision = decideOpen(record, this.#activity, facts, isClaimKnown, now);
    const grant = wantsGrant ? record.grant : undefined;
    const { expiresAt, maxUses, password } = record.limits;
    switch (decision.kind) {
      case 'deny':
        this.#recordDenial(decision, facts, now);
        return { kind: 'deny', denial: decision.denial };
      case 'rehash':
        return decision;
      case 'confirm':
        return {
          kind: 'confirm',
          needsPassword: password !== undefined && !isClaimKnown,
          usesLeft: maxUses === undefined ? undefined : maxUses - this.#activity.uses,
          expiresAt,
          isClaimKnown,
          grant,
        };
      case 'allow':
        return {
          kind: 'allow',
          expiresAt,
          claimEndsAt: this.#recordOpen(decision, facts, now),
          grant,
        };
    }
  }

  /** Takes the ledger's record unless it is older than what is here. An end is final. */
  async write(record: GateRecord): Promise<void> {
    const kept = this.#record;
    if (kept && (kept.endedAt !== undefined || kept.version >= record.version)) return;
    this.ctx.storage.transactionSync(() => {
      this.ctx.storage.kv.put(RECORD, record);
      const isNewPassword = kept?.limits.password?.hash !== record.limits.password?.hash;
      if (kept && isNewPassword) this.#forgetClaims();
    });
    this.#record = record;
    await this.#armBy(purgeAt(record));
  }

  async inspect(): Promise<Activity | undefined> {
    return this.#record && this.#activity;
  }

  async app(): Promise<string | undefined> {
    return this.#record?.grant.app;
  }

  override async alarm(): Promise<void> {
    const record = this.#record;
    if (!record || systemClock() >= purgeAt(record)) {
      await this.ctx.storage.deleteAll();
      this.#record = undefined;
      this.#activity = NO_ACTIVITY;
    } else {
      if (this.#isWritingBehind) this.#saveActivity(this.#activity);
      await this.ctx.storage.setAlarm(purgeAt(record));
    }
    this.#isWritingBehind = false;
  }

  /** Answers until when the claim of this open stands for its use. */
  #recordOpen(
    decision: Extract<OpenDecision, { kind: 'allow' }>,
    { claim }: OpenFacts,
    now: Instant,
  ): Instant | undefined {
    const activity = withOpen(this.#activity, decision, now);
    if (!claim) {
      this.#writeBehind(activity, now);
      return undefined;
    }
    if (!decision.spends) {
      this.#writeBehind(activity, now);
      return this.#claimEnd(claim.hash);
    }
    const endsAt = this.#newClaimEnd(now);
    this.ctx.storage.transactionSync(() => {
      this.#saveActivity(activity);
      this.ctx.storage.sql.exec(CLAIMS);
      this.ctx.storage.sql.exec('INSERT OR REPLACE INTO claims VALUES (?, ?)', claim.hash, endsAt);
    });
    return endsAt;
  }

  #recordDenial(
    decision: Extract<OpenDecision, { kind: 'deny' }>,
    facts: OpenFacts,
    now: Instant,
  ): void {
    const activity = withDenial(this.#activity, decision.denial.reason);
    if (decision.wrongPassword) this.#saveActivity(withWrongTry(activity, facts.site, now));
    else this.#writeBehind(activity, now);
  }

  #isClaimKnown(hash: string | undefined, now: Instant): boolean {
    const endsAt = hash === undefined ? undefined : this.#claimEnd(hash);
    return endsAt !== undefined && now < endsAt;
  }

  #claimEnd(hash: string): Instant | undefined {
    // Before the first use there is no table.
    if (this.#activity.uses === 0) return undefined;
    const [row] = this.ctx.storage.sql.exec<{ ends_at: number }>(
      'SELECT ends_at FROM claims WHERE hash = ?',
      hash,
    );
    return row?.ends_at;
  }

  #newClaimEnd(now: Instant): Instant {
    const { claimSeconds = 0, expiresAt = 0 } = this.#record?.limits ?? {};
    return Math.min(now + claimSeconds * SECOND_MS, expiresAt);
  }

  /** Whoever knew the old password redeems anew; tries with the old one count no more. */
  #forgetClaims(): void {
    if (this.#activity.uses > 0) this.ctx.storage.sql.exec('DELETE FROM claims');
    this.#saveActivity({ ...this.#activity, wrongTries: [] });
  }

  #saveActivity(activity: Activity): void {
    this.#activity = activity;
    this.ctx.storage.kv.put(ACTIVITY, activity);
  }

  #writeBehind(activity: Activity, now: Instant): void {
    this.#activity = activity;
    if (this.#isWritingBehind) return;
    this.#isWritingBehind = true;
    // Unconfirmed: the answer of an open needn't wait for the disk.
    this.ctx.waitUntil(
      this.ctx.storage.setAlarm(now + WRITE_BEHIND_MS, { allowUnconfirmed: true }),
    );
  }

  async #armBy(instant: Instant): Promise<void> {
    const armed = await this.ctx.storage.getAlarm();
    if (armed === null || armed > instant || !this.#isWritingBehind) {
      await this.ctx.storage.setAlarm(instant);
    }
  }
}

function purgeAt(record: GateRecord): Instant {
  return record.limits.expiresAt + RETENTION_MS;
}
