// What uploads need of a store: URLs to write to, multipart uploads, and the truth about an object.
// stores/ provides it.

import type { Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import type { Grant } from './grant.ts';
import type { PresignedUrl } from './ports.ts';
import type { StoredObject } from './stored-object.ts';

/** An object where a grant pinned it: a store alias that was pointed elsewhere is unavailable. */
export type PinnedObject = Pick<Grant, 'store' | 'endpoint' | 'bucket' | 'key'>;

/** SHA-256 as 64 hex digits, or as base64, which is how stores have it. */
export type Sha256Text = string;

export type StoreUnavailable = { readonly reason: 'store_unavailable' };
/** What the URL stands for ended on the way here. */
export type UploadExpired = { readonly reason: 'expired' };
/** The multipart upload was completed or aborted, or never begun: it can't go on. */
export type UploadGone = { readonly reason: 'upload_gone' };
/** Nothing may be overwritten, and something is there. */
export type ObjectExists = { readonly reason: 'object_exists' };
/** The parts aren't those that the store holds, or one that isn't the last is too small. */
export type PartsInvalid = { readonly reason: 'parts_invalid' };

/** The sender must send exactly these headers: each is signed. */
export type PresignedWrite = PresignedUrl & { readonly headers: Readonly<Record<string, string>> };

export type PutRequest = {
  /** Bytes; the store takes neither more nor less. */
  readonly size: number;
  /** Must be fit for a header. */
  readonly contentType?: string | undefined;
  /** Whether the store refuses the object with 412 where one is there. */
  readonly ifAbsent: boolean;
  readonly sha256?: Sha256Text | undefined;
  /** The end of what the URL stands for, which it never outlives. */
  readonly expiresAt: Instant;
};

export type PartRequest = {
  /** From 1 to 10,000. */
  readonly partNumber: number;
  readonly size: number;
  readonly sha256?: Sha256Text | undefined;
};

export type PresignedPart = PresignedWrite & { readonly partNumber: number };

export type StoredPart = {
  readonly partNumber: number;
  readonly size: number;
  readonly etag: string;
  /** Base64. */
  readonly sha256?: string | undefined;
};

export type CompletedPart = Pick<StoredPart, 'partNumber' | 'etag'> & {
  /** Of every part, where the upload was begun with checksums. */
  readonly sha256?: Sha256Text | undefined;
};

export type InspectedObject = StoredObject & {
  readonly lastModified?: Instant | undefined;
  /** Of the whole object, base64. */
  readonly sha256?: string | undefined;
  /** Base64 of the SHA-256 of its parts' SHA-256s, a hyphen, and how many parts it has. */
  readonly compositeSha256?: string | undefined;
};

/** The origin that writes of an object go to; `undefined` when there is no such store any more. */
export type UploadOrigin = (object: PinnedObject) => string | undefined;

/**
 * Every call refuses with `store_unavailable` when the store gives no clear answer, isn't the one that
 * was pinned, or can't enforce what is asked for (`ifAbsent`, a checksum): it is never left out.
 */
export interface UploadStore {
  presignPut(
    object: PinnedObject,
    request: PutRequest,
  ): Promise<Result<PresignedWrite, StoreUnavailable | UploadExpired>>;
  /** With `checksum`, every part must come with its SHA-256. */
  beginMultipart(
    object: PinnedObject,
    request: { readonly contentType?: string | undefined; readonly checksum: boolean },
  ): Promise<Result<{ readonly multipartId: string }, StoreUnavailable>>;
  presignParts(
    object: PinnedObject,
    multipartId: string,
    parts: readonly PartRequest[],
    expiresAt: Instant,
  ): Promise<Result<PresignedPart[], StoreUnavailable | UploadExpired>>;
  /** All parts that the store holds, by their numbers. */
  listParts(
    object: PinnedObject,
    multipartId: string,
  ): Promise<Result<StoredPart[], StoreUnavailable | UploadGone>>;
  /**
   * After `store_unavailable` it may have been done all the same: asked again the store may say
   * `upload_gone`, and `inspect` tells.
   */
  completeMultipart(
    object: PinnedObject,
    multipartId: string,
    parts: readonly CompletedPart[],
    options: { readonly ifAbsent: boolean },
  ): Promise<
    Result<{ readonly etag: string }, StoreUnavailable | UploadGone | ObjectExists | PartsInvalid>
  >;
  /** An upload that is gone is aborted. */
  abortMultipart(
    object: PinnedObject,
    multipartId: string,
  ): Promise<Result<void, StoreUnavailable>>;
  /** `undefined` only where the store says for certain that there is no such object. */
  inspect(object: PinnedObject): Promise<Result<InspectedObject | undefined, StoreUnavailable>>;
  /** Of what isn't there, nothing is to be removed. */
  remove(object: PinnedObject): Promise<Result<void, StoreUnavailable>>;
}
