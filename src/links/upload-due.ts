// When the store is looked at for an upload that nobody completed.

import { type Instant, SECOND_MS } from '../lib/time.ts';
import type { LimitedLink } from './decide.ts';
import type { Upload } from './upload.ts';

/**
 * How long after the end of the last URL. A PUT that began in its last second may take its time; after the
 * last look a use is given back.
 */
const LOOKS_AFTER_MS = [5 * SECOND_MS, 300 * SECOND_MS, 3_600 * SECOND_MS];

/** Longer than a request to the store may take. */
const ABORT_AGAIN_AFTER_MS = 60 * SECOND_MS;

const FIRST_RETRY_MS = 60 * SECOND_MS;
/** A store that can't tell today may tell tomorrow. */
const LONGEST_RETRY_MS = 6 * 3_600 * SECOND_MS;
/** About a day of the longest retries. */
const MAX_FAILURES = 12;

/** Whether this look at the store is the last one. */
export function isLastLook({ multipartId, urlEndsAt, looks }: Upload, now: Instant): boolean {
  if (multipartId !== undefined) return now >= urlEndsAt + ABORT_AGAIN_AFTER_MS;
  return looks >= LOOKS_AFTER_MS.length - 1;
}

/** The store couldn't tell; `undefined` when it never will. */
export function withFailure(upload: Upload, now: Instant): Upload | undefined {
  const failures = upload.failures + 1;
  if (failures > MAX_FAILURES) return undefined;
  const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** upload.failures);
  return { ...upload, failures, notBefore: now + wait };
}

/**
 * A multipart upload goes on for as long as its link lives and its sender doesn't give up. Then it is
 * aborted at once, and once more when its URLs have ended: a part that was under way may have outlived
 * the first, as may a completion.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html
 */
export function uploadDueAt(upload: Upload, { limits, endedAt }: LimitedLink): Instant {
  const { multipartId, state, begunAt, urlEndsAt, looks, notBefore } = upload;
  const isGivenUp = state === 'aborted';
  const dueAt =
    multipartId === undefined
      ? urlEndsAt + (LOOKS_AFTER_MS[looks] ?? 0)
      : looks > 0
        ? urlEndsAt + ABORT_AGAIN_AFTER_MS
        : isGivenUp
          ? begunAt
          : (endedAt ?? limits.expiresAt);
  return Math.max(dueAt, notBefore ?? 0);
}
