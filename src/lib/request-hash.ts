// A keyed hash of a request, to tell the same request from another one later. Keyed, since a request
// may hold a password, which a plain hash would let anyone guess.

import { type Bytes, hex, hmacSha256, utf8 } from './digest.ts';
import { createPurposeKeys } from './root-keys.ts';

/** The hash under each root key, newest first: one made before a rotation is still found. */
export type RequestHashes = (request: unknown) => Promise<string[]>;

export function createRequestHashes(rootKeys: readonly Bytes[]): RequestHashes {
  const keys = createPurposeKeys(rootKeys, 'request');
  return async (request) => {
    const text = utf8(JSON.stringify(request));
    const all = await keys.all();
    return Promise.all(all.map(async ({ key }) => hex(await hmacSha256(key, text))));
  };
}
