// Multipart uploads, as a store is asked about them.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html

import { denied, ok, type Result } from '../lib/result.ts';
import { MAX_PARTS } from '../links/part-plan.ts';
import type {
  CompletedPart,
  ObjectExists,
  PartsInvalid,
  StoredPart,
  StoreUnavailable,
  UploadGone,
} from '../links/upload-ports.ts';
import { type StoreReply, type StoreRequest, UNAVAILABLE } from './ask-store.ts';
import {
  completionXml,
  type PartsPage,
  readCompletedEtag,
  readPartsPage,
  readUploadId,
} from './multipart-xml.ts';
import { sha256InBase64 } from './sha256-text.ts';

/** One object, and its store that is asked about it. */
export type Asking = {
  readonly ask: (request: StoreRequest) => Promise<StoreReply | undefined>;
  readonly key: string;
};

/** A store puts the parts together before it answers. */
const COMPLETE_TIMEOUT_MS = 30_000;
/** As many as S3 gives at once. */
const PAGE_PARTS = 1_000;
/** A store may give fewer at once, but not for ever. */
const MAX_PAGES = 100;

/** What S3 refuses to complete; it tells with 200 what it finds out late. */
const COMPLETE_DENIALS: Readonly<
  Record<string, (UploadGone | ObjectExists | PartsInvalid)['reason']>
> = {
  NoSuchUpload: 'upload_gone',
  // The object was deleted meanwhile: S3 asks to begin the upload anew.
  ConditionalRequestConflict: 'upload_gone',
  PreconditionFailed: 'object_exists',
  InvalidPart: 'parts_invalid',
  InvalidPartOrder: 'parts_invalid',
  EntityTooSmall: 'parts_invalid',
  BadDigest: 'parts_invalid',
};

export async function beginMultipart(
  { ask, key }: Asking,
  { contentType, checksum }: { contentType?: string | undefined; checksum: boolean },
): Promise<Result<{ multipartId: string }, StoreUnavailable>> {
  const reply = await ask({
    method: 'POST',
    key,
    query: { uploads: '' },
    headers: {
      ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
      ...(checksum ? { 'x-amz-checksum-algorithm': 'SHA256' } : {}),
    },
    wantsText: true,
  });
  const multipartId = reply?.status === 200 ? readUploadId(reply.text) : undefined;
  return multipartId === undefined ? UNAVAILABLE : ok({ multipartId });
}

export async function listParts(
  asking: Asking,
  multipartId: string,
): Promise<Result<StoredPart[], StoreUnavailable | UploadGone>> {
  const parts: StoredPart[] = [];
  let marker = 0;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await listPage(asking, multipartId, marker);
    if (!page.ok) return page;
    parts.push(...page.value.parts);
    const { next } = page.value;
    if (next === undefined) return isOrdered(parts) ? ok(parts) : UNAVAILABLE;
    if (next <= marker) return UNAVAILABLE;
    marker = next;
  }
  return UNAVAILABLE;
}

async function listPage(
  { ask, key }: Asking,
  multipartId: string,
  marker: number,
): Promise<Result<PartsPage, StoreUnavailable | UploadGone>> {
  const reply = await ask({
    method: 'GET',
    key,
    query: {
      uploadId: multipartId,
      'max-parts': String(PAGE_PARTS),
      ...(marker === 0 ? {} : { 'part-number-marker': String(marker) }),
    },
    wantsText: true,
  });
  if (reply && isGone(reply)) return denied({ reason: 'upload_gone' });
  const page = reply?.status === 200 ? readPartsPage(reply.text) : undefined;
  return page ? ok(page) : UNAVAILABLE;
}

/** Whether they are numbered as parts are, each once. */
function isOrdered(parts: readonly StoredPart[]): boolean {
  return parts.every(({ partNumber }, index) => {
    const before = parts[index - 1]?.partNumber ?? 0;
    return partNumber > before && partNumber <= MAX_PARTS;
  });
}

export async function completeMultipart(
  { ask, key }: Asking,
  multipartId: string,
  parts: readonly CompletedPart[],
  { ifAbsent }: { ifAbsent: boolean },
): Promise<Result<{ etag: string }, StoreUnavailable | UploadGone | ObjectExists | PartsInvalid>> {
  const completed = inOrder(parts);
  if (!completed) return denied({ reason: 'parts_invalid' });
  const reply = await ask({
    method: 'POST',
    key,
    query: { uploadId: multipartId },
    headers: ifAbsent ? { 'If-None-Match': '*' } : {},
    body: completionXml(completed),
    timeoutMs: COMPLETE_TIMEOUT_MS,
    wantsText: true,
  });
  if (!reply) return UNAVAILABLE;
  const reason = Object.hasOwn(COMPLETE_DENIALS, reply.code ?? '')
    ? COMPLETE_DENIALS[reply.code ?? '']
    : undefined;
  if (reason) return denied({ reason });
  if (reply.status === 412) return denied({ reason: 'object_exists' });
  const etag = reply.status === 200 ? readCompletedEtag(reply.text) : undefined;
  return etag === undefined ? UNAVAILABLE : ok({ etag });
}

/** By their numbers, with checksums as S3 writes them; `undefined` for what can be no upload. */
function inOrder(parts: readonly CompletedPart[]): CompletedPart[] | undefined {
  const sorted = parts
    .map((part) => ({ ...part, sha256: part.sha256 && sha256InBase64(part.sha256) }))
    .sort((a, b) => a.partNumber - b.partNumber);
  const isNumbered = sorted.every(({ partNumber }, index) => {
    const before = sorted[index - 1]?.partNumber ?? 0;
    return Number.isInteger(partNumber) && partNumber > before && partNumber <= MAX_PARTS;
  });
  const isSound = parts.every(({ sha256 }) => sha256 === undefined || sha256InBase64(sha256));
  return isNumbered && isSound && sorted.length > 0 ? sorted : undefined;
}

export async function abortMultipart(
  { ask, key }: Asking,
  multipartId: string,
): Promise<Result<void, StoreUnavailable>> {
  const reply = await ask({ method: 'DELETE', key, query: { uploadId: multipartId } });
  const isAborted = reply?.status === 204 || reply?.status === 200;
  return isAborted || (reply && isGone(reply)) ? ok(undefined) : UNAVAILABLE;
}

function isGone({ status, code }: StoreReply): boolean {
  return status === 404 && code === 'NoSuchUpload';
}
