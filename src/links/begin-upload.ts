// The pure rules by which a gate begins an upload, or goes on with one: no storage, no clock.

import { denied, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import type { LinkDenial } from './denial.ts';
import type { Grant, UploadTerms } from './grant.ts';
import { partPlan } from './part-plan.ts';
import type { UploadPlan } from './ports.ts';
import { isSameWish, type Upload, uploadDenial } from './upload.ts';
import { isPrefix, uploadKey } from './upload-key.ts';

type Begun = Result<Upload, LinkDenial>;

/**
 * Refuses with what the grant doesn't permit, `filename_required`, or `object_exists` where an upload
 * arrived under the one key there is.
 */
export function beginUpload(options: {
  readonly grant: Grant;
  readonly terms: UploadTerms;
  readonly plan: UploadPlan;
  readonly claim: string;
  readonly isUploaded: (key: string) => boolean;
  readonly now: Instant;
}): Begun {
  const { grant, terms, plan, now } = options;
  const fault = uploadDenial(terms, plan.wish);
  const isTooLarge = fault?.reason === 'upload_too_large';
  if (plan.isUnannounced && !isTooLarge && !isFreeForAll(grant, terms)) {
    return denied({ reason: 'announce_first' });
  }
  if (fault) return denied(fault);
  if (plan.isOnePiece && partPlan(plan.wish.size).partCount > 1) {
    return denied({ reason: 'announce_first' });
  }
  const key = uploadKey(grant.key, plan.filename, plan.unique);
  if (key === undefined) return denied({ reason: 'filename_required' });
  if (isWrittenOnce(grant) && options.isUploaded(key)) {
    return denied({ reason: 'object_exists' });
  }
  return ok({
    ...plan.wish,
    claim: options.claim,
    key,
    plan: partPlan(plan.wish.size),
    begunAt: now,
    urlEndsAt: plan.urlEndsAt,
    looks: 0,
    failures: 0,
    state: 'begun',
  });
}

/** Whether nothing has to be signed that a client can't know beforehand. */
function isFreeForAll({ key }: Grant, { overwrite, contentTypes, checksum }: UploadTerms): boolean {
  return overwrite && !isPrefix(key) && contentTypes === undefined && checksum === undefined;
}

/** The same claim again. Refuses with `upload_differs` or `upload_gone`. */
export function continueUpload(upload: Upload, plan: UploadPlan): Begun {
  if (!isSameWish(upload, plan.wish)) return denied({ reason: 'upload_differs' });
  if (upload.state !== 'begun' && upload.state !== 'uploaded') {
    return denied({ reason: 'upload_gone' });
  }
  return ok(withUrls(upload, plan.urlEndsAt));
}

/** URLs are given out once more: what may still arrive may do so for longer. */
export function withUrls(upload: Upload, urlEndsAt: Instant): Upload {
  return { ...upload, urlEndsAt: Math.max(upload.urlEndsAt, urlEndsAt), looks: 0, failures: 0 };
}

/** Whether nothing may be overwritten: then the store is told so with every write. */
export function isOnlyIfAbsent(grant: Grant): boolean {
  return isPrefix(grant.key) || isWrittenOnce(grant);
}

/** Whether there is one key for all, which the first to arrive has. */
export function isWrittenOnce({ key, upload }: Grant): boolean {
  return !isPrefix(key) && upload?.overwrite !== true;
}
