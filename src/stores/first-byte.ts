// What an object is, by its first byte: the platform may turn a HEAD into a GET, which has another
// signature.

import type { StoredObject } from '../links/stored-object.ts';
import type { StoreReply, StoreRequest } from './ask-store.ts';

type Ask = (request: StoreRequest) => Promise<StoreReply | undefined>;

export async function askFirstByte(
  ask: Ask,
  request: StoreRequest,
): Promise<StoreReply | undefined> {
  const first = await ask({ ...request, unsignedHeaders: { Range: 'bytes=0-0' } });
  // An empty object has no first byte.
  return first?.status === 416 ? ask(request) : first;
}

export function isObject({ status }: StoreReply): boolean {
  return status === 200 || status === 206;
}

export function storedObjectOf({ headers }: StoreReply): StoredObject {
  const [, total] = /\/(\d+)$/.exec(headers.get('Content-Range') ?? '') ?? [];
  return {
    size: Number(total ?? headers.get('Content-Length') ?? 0),
    contentType: headers.get('Content-Type') ?? undefined,
    etag: headers.get('ETag') ?? undefined,
  };
}
