// The gate of one link: keeps its record and what happened to it, and decides each open and upload. The
// rules stand in links/decide.ts.

import { DurableObject } from 'cloudflare:workers';
import { type Env, readConfig } from '../config.ts';
import { type Instant, systemClock } from '../lib/time.ts';
import { type Activity, spentUses, type Totals, totalsOf } from '../links/activity.ts';
import { decideOpen, type OpenFacts } from '../links/decide.ts';
import { keptUntil } from '../links/limits.ts';
import type { LinkId } from '../links/link-ref.ts';
import type {
  GateAnswer,
  GateRecord,
  GateState,
  LinkGateObject,
  UploadAnswer,
  UploadOutcome,
  UploadPlan,
} from '../links/ports.ts';
import { openUntil } from '../links/transfer.ts';
import type { Upload } from '../links/upload.ts';
import { uploadDueAt } from '../links/upload-due.ts';
import { createUploadStore } from '../stores/upload-store.ts';
import { createAlarm } from './alarm.ts';
import { createReportToLedger } from './clients.ts';
import { createGateActivity } from './gate-activity.ts';
import { createGateReporter } from './gate-reporter.ts';
import { createGateUploading } from './gate-uploading.ts';
import { createGateUploads } from './gate-uploads.ts';
import { createGateUses } from './gate-uses.ts';
import { createUploadSweep } from './upload-sweep.ts';

const RECORD = 'record';

export class LinkGate extends DurableObject<Env> implements LinkGateObject {
  #record = this.ctx.storage.kv.get<GateRecord>(RECORD);
  readonly #alarm = createAlarm(this.ctx.storage);
  readonly #uses = createGateUses(this.ctx.storage.sql);
  readonly #uploads = createGateUploads(this.ctx.storage.sql, (upload) =>
    this.#record ? uploadDueAt(upload, this.#record) : 0,
  );
  readonly #reporter = createGateReporter(
    this.ctx.storage.kv,
    { uses: this.#uses, uploads: this.#uploads },
    createReportToLedger(this.env),
  );
  readonly #activity = createGateActivity({
    storage: this.ctx.storage,
    alarm: this.#alarm,
    uses: this.#uses,
    defer: (work) => this.ctx.waitUntil(work),
    isReported: (activity) => this.#reporter.isReported(activity),
  });
  readonly #uploading = createGateUploading(this.ctx.storage, this.#activity, this.#uploads);
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
    const isClaimKnown = this.#activity.isClaimKnown(facts.claim?.hash, now);
    const activity = this.#activity.current();
    const decision = decideOpen(record, activity, facts, isClaimKnown, now);
    const grant = wantsGrant ? record.grant : undefined;
    const { expiresAt, maxUses, password } = record.limits;
    switch (decision.kind) {
      case 'deny':
        this.#activity.recordDenial(decision, facts, now);
        return { kind: 'deny', denial: decision.denial };
      case 'rehash':
        return decision;
      case 'confirm':
        return {
          kind: 'confirm',
          needsPassword: password !== undefined && !isClaimKnown,
          usesLeft: maxUses === undefined ? undefined : maxUses - spentUses(activity),
          expiresAt,
          isClaimKnown,
          grant,
        };
      case 'allow':
        return {
          kind: 'allow',
          expiresAt,
          claimEndsAt: this.#activity.recordOpen(record, decision, facts, now),
          grant,
        };
    }
  }

  async openUntil(): Promise<Instant | undefined> {
    return this.#record && openUntil(this.#record, systemClock());
  }

  /**
   * Takes the ledger's record unless it is older than what is here, and what the ledger has heard of uses
   * and opens unless more is known here. An end is final, of whatever version it is; answers when it was.
   */
  async write(record: GateRecord, reported?: Totals): Promise<Instant | undefined> {
    const kept = this.#record;
    if (reported) this.#activity.raise(reported);
    if (kept?.endedAt !== undefined) return kept.endedAt;
    const isOlder = kept !== undefined && kept.version >= record.version;
    if (isOlder && record.endedAt === undefined) return undefined;
    this.ctx.storage.transactionSync(() => {
      this.ctx.storage.kv.put(RECORD, record);
      const isNewPassword = kept?.limits.password?.hash !== record.limits.password?.hash;
      if (kept && isNewPassword) this.#activity.forgetClaims();
    });
    this.#record = record;
    // An alarm that comes too early for the purge finds out when the purge is.
    await this.#alarm.ringBy(keptUntil(record.limits));
    // Parts that are in the store cost money until their upload is aborted.
    this.#uploads.reschedule();
    if (this.#uploads.nextDueAt() !== undefined) this.#activity.ringSoon(systemClock());
    return record.endedAt;
  }

  async beginUpload(facts: OpenFacts, plan: UploadPlan): Promise<UploadAnswer> {
    const record = this.#record;
    if (!record) return { kind: 'deny', denial: { reason: 'not_found' } };
    return this.#uploading.begin(record, facts, plan, systemClock());
  }

  async findUpload(facts: OpenFacts, urlEndsAt?: Instant): Promise<UploadAnswer> {
    const record = this.#record;
    if (!record) return { kind: 'deny', denial: { reason: 'not_found' } };
    return this.#uploading.find(record, facts, urlEndsAt, systemClock());
  }

  async noteUpload(claim: string, outcome: UploadOutcome): Promise<Upload | undefined> {
    return this.#record && this.#uploading.note(this.#record, claim, outcome, systemClock());
  }

  async inspect(): Promise<Activity | undefined> {
    return this.#record && this.#activity.current();
  }

  async state(): Promise<GateState | undefined> {
    const record = this.#record;
    return record && { record, totals: totalsOf(this.#activity.current()) };
  }

  async app(): Promise<string | undefined> {
    return this.#record?.grant.app;
  }

  /** Writes what is only in memory, looks after uploads, then reports. Never throws. */
  override async alarm(): Promise<void> {
    const record = this.#record;
    const now = systemClock();
    if (!record || now >= keptUntil(record.limits)) {
      await this.ctx.storage.deleteAll();
      this.#record = undefined;
      this.#activity.forget();
      return;
    }
    this.#activity.ring();
    const link = this.ctx.id.name as LinkId;
    const uploadsAt = await this.#uploadSweep(record.grant, now);
    const activity = this.#activity.current();
    const reportAt = await this.#reporter.report(link, record.grant.app, activity, now);
    // What happened meanwhile has set an alarm of its own, which comes sooner.
    if (this.#activity.isRinging()) return;
    const due = [reportAt, uploadsAt, keptUntil(record.limits)].flatMap((at) => at ?? []);
    await this.ctx.storage.setAlarm(Math.min(...due));
  }

  #giveBack(upload: Upload): void {
    this.ctx.storage.transactionSync(() => {
      this.#uploads.change({ ...upload, state: 'given_back' });
      this.#activity.giveBack(upload.claim);
    });
  }
}
