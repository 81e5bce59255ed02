// The truth about an object that was uploaded, as its store has it.

import { ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import type { InspectedObject, StoreUnavailable } from '../links/upload-ports.ts';
import { type StoreReply, type StoreRequest, UNAVAILABLE } from './ask-store.ts';
import { askFirstByte, isObject, storedObjectOf } from './first-byte.ts';
import type { Asking } from './multipart.ts';
import { isCompositeSha256, sha256InBase64 } from './sha256-text.ts';

const CHECKSUM = 'x-amz-checksum-sha256';

/** `undefined` only on a definite answer: who may not list the bucket is told 403 of what isn't there. */
export async function inspectObject(
  { ask, key }: Asking,
  { checksums }: { checksums: boolean },
): Promise<Result<InspectedObject | undefined, StoreUnavailable>> {
  const request: StoreRequest = {
    method: 'GET',
    key,
    headers: checksums ? { 'x-amz-checksum-mode': 'ENABLED' } : {},
  };
  const first = await askFirstByte(ask, request);
  if (!first) return UNAVAILABLE;
  if (first.status === 404 && first.code === 'NoSuchKey') return ok(undefined);
  if (!isObject(first)) return UNAVAILABLE;
  const object = { ...storedObjectOf(first), lastModified: lastModifiedOf(first) };
  if (first.status === 200 || !checksums || first.headers.has(CHECKSUM)) {
    return ok({ ...object, ...checksumsOf(first) });
  }
  // The checksum of the whole may be left out of the answer to a range: of this one no byte is read.
  const whole = await ask(request);
  if (whole?.status !== 200 || storedObjectOf(whole).etag !== object.etag) return UNAVAILABLE;
  return ok({ ...object, ...checksumsOf(whole) });
}

function lastModifiedOf({ headers }: StoreReply): Instant | undefined {
  const instant = Date.parse(headers.get('Last-Modified') ?? '');
  return Number.isNaN(instant) ? undefined : instant;
}

function checksumsOf({ headers }: StoreReply): Pick<InspectedObject, 'sha256' | 'compositeSha256'> {
  const text = headers.get(CHECKSUM) ?? '';
  if (isCompositeSha256(text)) return { compositeSha256: text };
  const sha256 = sha256InBase64(text);
  return sha256 === undefined ? {} : { sha256 };
}

export async function removeObject({ ask, key }: Asking): Promise<Result<void, StoreUnavailable>> {
  const reply = await ask({ method: 'DELETE', key });
  const isRemoved = reply?.status === 204 || reply?.status === 200;
  // S3 answers 204 for what isn't there; some of its relatives say so.
  const isAbsent = reply?.status === 404 && reply.code === 'NoSuchKey';
  return isRemoved || isAbsent ? ok(undefined) : UNAVAILABLE;
}
