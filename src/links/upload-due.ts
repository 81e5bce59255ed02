// When the store is looked at for an upload that nobody completed.

import { type Instant, SECOND_MS } from '../lib/time.ts';
import type { LimitedLink } from './decide.ts';
import type { Upload } from './upload.ts';

/**
 * How long after the end of the last URL. A PUT that began in its last second may take its time; after the
 * last look a use is given back.
 */
const LOOKS_AFTER_MS = [5 * SECOND_MS, 300 * SECOND_MS, 3_600 * SECOND_MS];

const FIRST_RETRY_MS = 60 * SECOND_MS;
/** A store that can't tell today may tell tomorrow. */
const LONGEST_RETRY_MS = 6 * 3_600 * SECOND_MS;
/** About a day of the longest retries. */
const MAX_FAILURES = 12;

export function isLastLook({ looks }: Upload): boolean {
  return looks >= LOOKS_AFTER_MS.length;
}

/** The store couldn't tell; `undefined` when it never will. */
export function withFailure(upload: Upload, now: Instant): Upload | undefined {
  const failures = upload.failures + 1;
  if (failures > MAX_FAILURES) return undefined;
  const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** upload.failures);
  return { ...upload, failures, notBefore: now + wait };
}

/**
 * A multipart upload goes on for as long as its link lives and its sender doesn't give up. Then nothing
 * has to be waited for: what is aborted can't be completed any more.
 */
export function uploadDueAt(upload: Upload, { limits, endedAt }: LimitedLink): Instant {
  const { multipartId, state, begunAt, urlEndsAt, looks, notBefore } = upload;
  const isGivenUp = state === 'aborted';
  const dueAt =
    multipartId === undefined
      ? urlEndsAt + (LOOKS_AFTER_MS[looks] ?? 0)
      : isGivenUp
        ? begunAt
        : (endedAt ?? limits.expiresAt);
  return Math.max(dueAt, notBefore ?? 0);
}
