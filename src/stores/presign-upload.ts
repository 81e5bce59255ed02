// Presigns what a sender writes: an object, or parts of one, of exactly this size and content.

import type { Store } from '../config.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import type {
  PartRequest,
  PresignedPart,
  PresignedWrite,
  PutRequest,
  StoreUnavailable,
  UploadExpired,
} from '../links/upload-ports.ts';
import type { Presigner, PresignObject } from './presign.ts';
import { sha256InBase64 } from './sha256-text.ts';

type Denial = StoreUnavailable | UploadExpired;

/** Who presigns, for which object, and when. */
type Writing = {
  readonly presign: Presigner;
  readonly store: Store;
  readonly key: string;
  readonly now: Instant;
};

export function presignPut(
  writing: Writing,
  { expiresAt, ...request }: PutRequest,
): Promise<Result<PresignedWrite, Denial>> {
  return presignWrite(writing, { headers: putHeaders(request) }, expiresAt);
}

export async function presignParts(
  writing: Writing,
  multipartId: string,
  parts: readonly PartRequest[],
  expiresAt: Instant,
): Promise<Result<PresignedPart[], Denial>> {
  const presigned: PresignedPart[] = [];
  for (const { partNumber, ...part } of parts) {
    const query = { partNumber: String(partNumber), uploadId: multipartId };
    const headers = putHeaders({ ...part, ifAbsent: false });
    const write = await presignWrite(writing, { query, headers }, expiresAt);
    if (!write.ok) return write;
    presigned.push({ partNumber, ...write.value });
  }
  return ok(presigned);
}

async function presignWrite(
  { presign, store, key, now }: Writing,
  { query = {}, headers = {} }: Pick<PresignObject, 'query' | 'headers'>,
  expiresAt: Instant,
): Promise<Result<PresignedWrite, Denial>> {
  // What permitted it may end on the way here.
  if (now >= expiresAt) return denied({ reason: 'expired' });
  const write = { method: 'PUT', key, query, headers, notAfter: expiresAt, now } as const;
  const presigned = await presign(store, write);
  return presigned ? ok({ ...presigned, headers }) : denied({ reason: 'store_unavailable' });
}

function putHeaders({
  size,
  contentType,
  ifAbsent,
  sha256,
}: Omit<PutRequest, 'expiresAt'>): Record<string, string> {
  return {
    'Content-Length': String(size),
    ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
    ...(ifAbsent ? { 'If-None-Match': '*' } : {}),
    ...(sha256 === undefined ? {} : { 'x-amz-checksum-sha256': checksumOf(sha256) }),
  };
}

function checksumOf(sha256: string): string {
  const checksum = sha256InBase64(sha256);
  if (checksum === undefined) throw new RangeError('a SHA-256 is 64 hex digits or base64');
  return checksum;
}
