// What is uploaded through a link: what its sender wants to send, whether the grant permits it, and what
// became of it.

import { type Instant, SECOND_MS } from '../lib/time.ts';
import type { UploadTerms } from './grant.ts';
import { MAX_SINGLE_PUT_BYTES, type PartPlan } from './part-plan.ts';

/** What a sender says of its file before anything is sent. */
export type UploadWish = {
  readonly size: number;
  readonly contentType?: string | undefined;
  /** Base64. */
  readonly sha256?: string | undefined;
};

/** What the store has, once it was looked at. */
export type UploadedObject = {
  readonly size: number;
  readonly contentType?: string | undefined;
  readonly etag?: string | undefined;
  /** Base64; of a multipart upload the composite of its parts. */
  readonly sha256?: string | undefined;
};

export type UploadState =
  /** A URL is out, or may be asked for. */
  | 'begun'
  | 'uploaded'
  /** The store has something else than was announced. */
  | 'rejected'
  | 'aborted'
  /** Something else is under its key, which may be anybody's. */
  | 'lost'
  /** Nothing came and nothing can come any more: its use was given back. */
  | 'given_back';

export type Upload = UploadWish & {
  /** Hash of the claim that stands for it. */
  readonly claim: string;
  readonly key: string;
  readonly plan: PartPlan;
  /** Of the store, where it has more than one part. */
  readonly multipartId?: string | undefined;
  readonly begunAt: Instant;
  /** By when every URL has ended that was given out for it. */
  readonly urlEndsAt: Instant;
  /** How often the store was looked at since the last URL was given out. */
  readonly looks: number;
  /** How often the store couldn't tell, and until when it isn't asked again. */
  readonly failures: number;
  readonly notBefore?: Instant | undefined;
  readonly state: UploadState;
  readonly object?: UploadedObject | undefined;
};

export type UploadDenial =
  | { readonly reason: 'upload_too_large'; readonly maxBytes: number }
  | { readonly reason: 'content_type_not_allowed'; readonly contentTypes: readonly string[] }
  | { readonly reason: 'checksum_required' };

/** Why a grant doesn't permit what a sender wants to send. */
export function uploadDenial(terms: UploadTerms, wish: UploadWish): UploadDenial | undefined {
  const { maxBytes, contentTypes, checksum } = terms;
  if (wish.size > maxBytes) return { reason: 'upload_too_large', maxBytes };
  if (contentTypes && !contentTypes.some((allowed) => isOfType(wish.contentType ?? '', allowed))) {
    return { reason: 'content_type_not_allowed', contentTypes };
  }
  // Of parts each comes with its own: a sender needn't read a large file twice.
  const isWhole = wish.size <= MAX_SINGLE_PUT_BYTES;
  if (checksum === 'required' && isWhole && wish.sha256 === undefined) {
    return { reason: 'checksum_required' };
  }
  return undefined;
}

/** Whether a media type is the allowed one, or of the allowed `type/*`. */
function isOfType(contentType: string, allowed: string): boolean {
  const [essence = ''] = contentType.toLowerCase().split(';');
  const wanted = allowed.toLowerCase();
  return wanted.endsWith('/*')
    ? essence.trim().startsWith(wanted.slice(0, -1))
    : essence.trim() === wanted;
}

/** Whether the same claim asks for the same upload. */
export function isSameWish(upload: Upload, wish: UploadWish): boolean {
  return (
    upload.size === wish.size &&
    upload.contentType === wish.contentType &&
    upload.sha256 === wish.sha256
  );
}

/** Between the store's clock and ours. */
const CLOCK_SKEW_MS = 60 * SECOND_MS;

/** Whether the store has what was announced. What it doesn't tell is not held against it. */
export function isAsAnnounced(
  upload: Upload,
  object: UploadedObject & { readonly lastModified?: Instant | undefined },
): boolean {
  if (object.size !== upload.size) return false;
  // What was there before is somebody else's.
  if (object.lastModified !== undefined && object.lastModified < upload.begunAt - CLOCK_SKEW_MS) {
    return false;
  }
  // The composite of parts is another number than the whole object's.
  const isWhole = upload.plan.partCount === 1;
  if (isWhole && upload.sha256 && object.sha256 && object.sha256 !== upload.sha256) return false;
  if (object.contentType === undefined || upload.contentType === undefined) return true;
  return object.contentType === upload.contentType;
}
