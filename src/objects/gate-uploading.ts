// Begins, finds and ends the uploads of a link at its gate. The rules stand in links/begin-upload.ts.

import type { Instant } from '../lib/time.ts';
import { beginUpload, continueUpload, withUrls } from '../links/begin-upload.ts';
import { decideConditions, decideOpen, type OpenFacts } from '../links/decide.ts';
import type { LinkDenial } from '../links/denial.ts';
import type { GateRecord, UploadAnswer, UploadOutcome, UploadPlan } from '../links/ports.ts';
import type { Upload } from '../links/upload.ts';
import type { GateActivity } from './gate-activity.ts';
import type { GateUploads } from './gate-uploads.ts';

export type GateUploading = {
  /** Decides like an open, and keeps the upload together with the use that is spent for it. */
  begin(record: GateRecord, facts: OpenFacts, plan: UploadPlan, now: Instant): UploadAnswer;
  /** With `urlEndsAt` URLs are about to be given out for it. */
  find(
    record: GateRecord,
    facts: OpenFacts,
    urlEndsAt: Instant | undefined,
    now: Instant,
  ): UploadAnswer;
  /** The first to tell is right. */
  note(record: GateRecord, claim: string, outcome: UploadOutcome, now: Instant): Upload | undefined;
};

export function createGateUploading(
  storage: DurableObjectStorage,
  activity: GateActivity,
  uploads: GateUploads,
): GateUploading {
  return {
    begin(record, facts, plan, now) {
      const { grant, limits } = record;
      const { upload: terms } = grant;
      const { claim } = facts;
      if (!terms) return deny({ reason: 'wrong_operation', operation: grant.operation });
      if (!claim) return deny({ reason: 'claim_invalid' });
      const isClaimKnown = activity.isClaimKnown(claim.hash, now);
      const decision = decideOpen(record, activity.current(), facts, isClaimKnown, now);
      if (decision.kind === 'deny') {
        activity.recordDenial(decision, facts, now);
        return deny(decision.denial);
      }
      if (decision.kind === 'rehash') return decision;
      if (decision.kind === 'confirm') throw new Error('an upload is deliberate by itself');

      const kept = uploads.find(claim.hash);
      // Only of what was given back nothing can come any more.
      const earlier = kept?.state === 'given_back' ? undefined : kept;
      const begun = earlier
        ? continueUpload(earlier, plan)
        : beginUpload({
            ...{ grant, terms, plan, now },
            claim: claim.hash,
            isUploaded: uploads.isUploaded,
          });
      if (!begun.ok) return deny(begun.denial);
      storage.transactionSync(() => {
        activity.recordOpen(record, decision, facts, now);
        if (earlier) uploads.change(begun.value);
        else uploads.add(begun.value);
      });
      return { kind: 'upload', upload: begun.value, grant, expiresAt: limits.expiresAt };
    },
    find(record, facts, urlEndsAt, now) {
      const denial = decideConditions(record, facts, now);
      if (denial) return deny(denial);
      const upload = uploads.find(facts.claim?.hash ?? '');
      if (!upload) return deny({ reason: 'upload_not_found' });
      // Its use was given back, or the password is another one.
      if (!activity.isClaimKnown(upload.claim, now)) return deny({ reason: 'upload_gone' });
      const { grant, limits } = record;
      const answer = { kind: 'upload', grant, expiresAt: limits.expiresAt } as const;
      if (urlEndsAt === undefined) return { ...answer, upload };
      if (upload.state !== 'begun') return deny({ reason: 'upload_gone' });
      const given = withUrls(upload, urlEndsAt);
      uploads.change(given);
      return { ...answer, upload: given };
    },
    note({ grant }, claim, outcome, now) {
      const upload = uploads.find(claim);
      if (!upload) return undefined;
      if (outcome.kind === 'arrived' && !uploads.isFirst(upload, grant)) {
        uploads.change({ ...upload, state: 'lost' });
      } else noteOutcome(uploads, upload, outcome, now);
      activity.ringSoon(now);
      return uploads.find(claim);
    },
  };
}

function noteOutcome(
  uploads: GateUploads,
  upload: Upload,
  outcome: UploadOutcome,
  now: Instant,
): void {
  const { state } = upload;
  if (outcome.kind === 'multipart') {
    const { multipartId } = outcome;
    if (upload.multipartId === undefined) uploads.change({ ...upload, multipartId });
  } else if (outcome.kind === 'aborted') {
    if (state === 'begun') uploads.change({ ...upload, state: 'aborted' });
  } else if (state === 'begun' || state === 'aborted') {
    const ended = outcome.isAnnounced ? 'uploaded' : 'rejected';
    uploads.finish(upload, ended, outcome.object, now);
  }
}

function deny(denial: LinkDenial): UploadAnswer {
  return { kind: 'deny', denial };
}
