// The gate of one link: keeps its record and what happened to it, and decides each open. The rules
// stand in links/decide.ts. Uses and wrong passwords are on disk before anybody hears of them; counts
// and the rate are written behind, so that a hot link isn't a hot disk, and reported to the ledger.

import { DurableObject } from 'cloudflare:workers';
import { type Env, readConfig } from '../config.ts';
import { DAY_MS, type Instant, SECOND_MS, systemClock } from '../lib/time.ts';
import {
  type Activity,
  NO_ACTIVITY,
  spentUses,
  withDenial,
  withOpen,
  withWrongTry,
} from '../links/activity.ts';
import { beginUpload, continueUpload, withUrls } from '../links/begin-upload.ts';
import {
  decideConditions,
  decideOpen,
  type OpenDecision,
  type OpenFacts,
} from '../links/decide.ts';
import type { LinkDenial } from '../links/denial.ts';
import type { LinkId } from '../links/link-ref.ts';
import type {
  GateAnswer,
  GateRecord,
  LinkGateObject,
  UploadAnswer,
  UploadOutcome,
  UploadPlan,
} from '../links/ports.ts';
import { openUntil } from '../links/transfer.ts';
import type { Upload } from '../links/upload.ts';
import { createUploadStore } from '../stores/upload-store.ts';
import { createAlarm } from './alarm.ts';
import { createReportToLedger } from './clients.ts';
import { createGateReporter } from './gate-reporter.ts';
import { createGateUploads } from './gate-uploads.ts';
import { createGateUses } from './gate-uses.ts';
import { createUploadSweep } from './upload-sweep.ts';

/** How long an ended link still answers 410 rather than 404. */
const RETENTION_MS = 7 * DAY_MS;

/** How much of counts and rate a crash may forget. Objects rest, and may be evicted, after that. */
const WRITE_BEHIND_MS = 5 * SECOND_MS;

const RECORD = 'record';
const ACTIVITY = 'activity';

export class LinkGate extends DurableObject<Env> implements LinkGateObject {
  #record = this.ctx.storage.kv.get<GateRecord>(RECORD);
  #activity = { ...NO_ACTIVITY, ...this.ctx.storage.kv.get<Activity>(ACTIVITY) };
  /** Whether some of the activity is in memory only. */
  #isUnsaved = false;
  /** Whether an alarm is set to save and report it. */
  #isAlarmSet = false;
  readonly #alarm = createAlarm(this.ctx.storage);
  readonly #uses = createGateUses(this.ctx.storage.sql);
  readonly #uploads = createGateUploads(this.ctx.storage.sql);
  readonly #reporter = createGateReporter(
    this.ctx.storage.kv,
    { uses: this.#uses, uploads: this.#uploads },
    createReportToLedger(this.env),
  );
  readonly #uploadSweep = createUploadSweep({
    uploads: this.#uploads,
    storeOf: () =>
      createUploadStore(readConfig(this.env), systemClock, (url, init) => fetch(url, init)),
    giveBack: (upload) => this.#giveBack(upload),
    clock: systemClock,
  });

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
          usesLeft: maxUses === undefined ? undefined : maxUses - spentUses(this.#activity),
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

  async openUntil(): Promise<Instant | undefined> {
    return this.#record && openUntil(this.#record, systemClock());
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
    // An alarm that comes too early for the purge finds out when the purge is.
    await this.#alarm.ringBy(purgeAt(record));
    // Parts that are in the store cost money until their upload is aborted.
    if (record.endedAt !== undefined && this.#uploads.open(1).length > 0) {
      this.#alarmSoon(systemClock());
    }
  }

  /** Decides like an open, and keeps the upload together with the use that is spent for it. */
  async beginUpload(facts: OpenFacts, plan: UploadPlan): Promise<UploadAnswer> {
    const record = this.#record;
    const { claim } = facts;
    if (!record || !claim) return denyUpload({ reason: 'not_found' });
    const { grant, limits } = record;
    const { upload: terms } = grant;
    if (!terms) return denyUpload({ reason: 'wrong_operation', operation: grant.operation });
    const now = systemClock();
    const isClaimKnown = this.#isClaimKnown(claim.hash, now);
    const decision = decideOpen(record, this.#activity, facts, isClaimKnown, now);
    if (decision.kind === 'deny') {
      this.#recordDenial(decision, facts, now);
      return denyUpload(decision.denial);
    }
    if (decision.kind === 'rehash') return decision;
    if (decision.kind === 'confirm') throw new Error('an upload is deliberate by itself');

    const earlier = isClaimKnown ? this.#uploads.find(claim.hash) : undefined;
    const isUploaded = (key: string) => this.#uploads.isUploaded(key);
    const begun = earlier
      ? continueUpload(earlier, plan)
      : beginUpload({ grant, terms, plan, claim: claim.hash, isUploaded, now });
    if (!begun.ok) return denyUpload(begun.denial);
    this.ctx.storage.transactionSync(() => {
      this.#recordOpen(decision, facts, now);
      if (earlier) this.#uploads.change(begun.value);
      else this.#uploads.add(begun.value);
    });
    return { kind: 'upload', upload: begun.value, grant, expiresAt: limits.expiresAt };
  }

  async findUpload(facts: OpenFacts, urlEndsAt?: Instant): Promise<UploadAnswer> {
    const record = this.#record;
    if (!record) return denyUpload({ reason: 'not_found' });
    const denial = decideConditions(record, facts, systemClock());
    if (denial) return denyUpload(denial);
    const upload = this.#uploads.find(facts.claim?.hash ?? '');
    if (!upload) return denyUpload({ reason: 'upload_not_found' });
    const { grant, limits } = record;
    const { expiresAt } = limits;
    if (urlEndsAt === undefined) return { kind: 'upload', upload, grant, expiresAt };
    if (upload.state !== 'begun') return denyUpload({ reason: 'upload_gone' });
    const given = withUrls(upload, urlEndsAt);
    this.#uploads.change(given);
    return { kind: 'upload', upload: given, grant, expiresAt };
  }

  async noteUpload(claim: string, outcome: UploadOutcome): Promise<Upload | undefined> {
    const upload = this.#uploads.find(claim);
    if (upload) this.#noteUpload(upload, outcome);
    this.#alarmSoon(systemClock());
    return this.#uploads.find(claim);
  }

  /** The first to tell is right. */
  #noteUpload(upload: Upload, outcome: UploadOutcome): void {
    const isOpen = upload.state === 'begun' || upload.state === 'aborted';
    switch (outcome.kind) {
      case 'multipart':
        if (upload.multipartId === undefined) {
          this.#uploads.change({ ...upload, multipartId: outcome.multipartId });
        }
        break;
      case 'aborted':
        if (upload.state === 'begun') this.#uploads.change({ ...upload, state: 'aborted' });
        break;
      case 'arrived':
        if (!isOpen) break;
        this.#uploads.finish(
          upload,
          outcome.isAnnounced ? 'uploaded' : 'rejected',
          outcome.object,
          systemClock(),
        );
    }
  }

  /** What is given back counts no more, and its claim stands for nothing. */
  #giveBack(upload: Upload): void {
    const { givenBack } = this.#activity;
    this.ctx.storage.transactionSync(() => {
      this.#uploads.change({ ...upload, state: 'given_back' });
      this.#uses.endClaim(upload.claim);
      this.#saveActivity({ ...this.#activity, givenBack: givenBack + 1 });
    });
  }

  async inspect(): Promise<Activity | undefined> {
    return this.#record && this.#activity;
  }

  async app(): Promise<string | undefined> {
    return this.#record?.grant.app;
  }

  /** Writes what is only in memory, then reports it. Never throws. */
  override async alarm(): Promise<void> {
    const record = this.#record;
    const now = systemClock();
    if (!record || now >= purgeAt(record)) {
      await this.ctx.storage.deleteAll();
      this.#record = undefined;
      this.#activity = NO_ACTIVITY;
      this.#isUnsaved = false;
      return;
    }
    if (this.#isUnsaved) this.#saveActivity(this.#activity);
    this.#isAlarmSet = false;
    const link = this.ctx.id.name as LinkId;
    const uploadsAt = await this.#uploadSweep.sweep(record, now);
    const reportAt = await this.#reporter.report(link, record.grant.app, this.#activity, now);
    // What happened meanwhile has set an alarm of its own, which comes sooner.
    if (this.#isAlarmSet) return;
    const due = [reportAt, uploadsAt, purgeAt(record)].flatMap((at) => at ?? []);
    await this.ctx.storage.setAlarm(Math.min(...due));
  }

  /** Answers until when the claim of this open stands for its use. */
  #recordOpen(
    decision: Extract<OpenDecision, { kind: 'allow' }>,
    facts: OpenFacts,
    now: Instant,
  ): Instant | undefined {
    const { claim, country } = facts;
    const activity = withOpen(this.#unreported(), decision, country, now);
    if (!claim || !decision.spends) {
      this.#writeBehind(activity, now);
      return claim && this.#claimEnd(claim.hash);
    }
    const endsAt = this.#newClaimEnd(now);
    const address = this.#record?.grant.recordIp ? facts.address : undefined;
    const use = { use: activity.uses, at: now, country, addressHash: facts.site, address };
    this.ctx.storage.transactionSync(() => {
      this.#saveActivity(activity);
      this.#uses.create();
      this.#uses.add(use, claim.hash, endsAt);
    });
    this.#alarmSoon(now);
    return endsAt;
  }

  #recordDenial(
    decision: Extract<OpenDecision, { kind: 'deny' }>,
    facts: OpenFacts,
    now: Instant,
  ): void {
    const { reason } = decision.denial;
    const activity = withDenial(this.#unreported(), reason, facts.country, now);
    if (!decision.wrongPassword) {
      this.#writeBehind(activity, now);
      return;
    }
    this.#saveActivity(withWrongTry(activity, facts.site, now));
    this.#alarmSoon(now);
  }

  /** What has been reported lies before the period that the next report is about. */
  #unreported(): Activity {
    const activity = this.#activity;
    return this.#reporter.isReported(activity) ? { ...activity, since: undefined } : activity;
  }

  #isClaimKnown(hash: string | undefined, now: Instant): boolean {
    const endsAt = hash === undefined ? undefined : this.#claimEnd(hash);
    return endsAt !== undefined && now < endsAt;
  }

  #claimEnd(hash: string): Instant | undefined {
    return this.#activity.uses === 0 ? undefined : this.#uses.claimEnd(hash);
  }

  #newClaimEnd(now: Instant): Instant {
    const { claimSeconds = 0, expiresAt = 0 } = this.#record?.limits ?? {};
    // A large file takes its time.
    if (this.#record?.grant.upload) return expiresAt;
    return Math.min(now + claimSeconds * SECOND_MS, expiresAt);
  }

  /** Whoever knew the old password redeems anew; tries with the old one count no more. */
  #forgetClaims(): void {
    if (this.#activity.uses > 0) this.#uses.endClaims();
    this.#saveActivity({ ...this.#activity, wrongTries: [] });
  }

  #saveActivity(activity: Activity): void {
    this.#activity = activity;
    this.#isUnsaved = false;
    this.ctx.storage.kv.put(ACTIVITY, activity);
  }

  #writeBehind(activity: Activity, now: Instant): void {
    this.#activity = activity;
    this.#isUnsaved = true;
    this.#alarmSoon(now);
  }

  #alarmSoon(now: Instant): void {
    if (this.#isAlarmSet) return;
    this.#isAlarmSet = true;
    // Unconfirmed: the answer of an open needn't wait for the disk.
    this.ctx.waitUntil(this.#alarm.ringBy(now + WRITE_BEHIND_MS, { allowUnconfirmed: true }));
  }
}

function denyUpload(denial: LinkDenial): UploadAnswer {
  return { kind: 'deny', denial };
}

function purgeAt(record: GateRecord): Instant {
  return record.limits.expiresAt + RETENTION_MS;
}
