// What uploads ask of the stores of this deployment, each in the store that was pinned.

import type { Config, Store } from '../config.ts';
import type { Clock } from '../lib/time.ts';
import type { PinnedObject, UploadStore } from '../links/upload-ports.ts';
import { createStoreAsker, type Fetch, UNAVAILABLE } from './ask-store.ts';
import { inspectObject, removeObject } from './inspect-object.ts';
import {
  type Asking,
  abortMultipart,
  beginMultipart,
  completeMultipart,
  listParts,
} from './multipart.ts';
import { pinnedStore } from './pinned-store.ts';
import { createPresigner } from './presign.ts';
import { presignParts, presignPut } from './presign-upload.ts';

export function createUploadStore(config: Config, clock: Clock, fetch: Fetch): UploadStore {
  const presign = createPresigner();
  const askStore = createStoreAsker(presign, clock, fetch);

  /** The store of an object, if it is still that one and can enforce what is asked for. */
  function storeOf(object: PinnedObject, asked: Demands = {}): Store | undefined {
    const store = pinnedStore(config, object);
    return store && meets(store, asked) ? store : undefined;
  }

  function asking(store: Store, { key }: PinnedObject): Asking {
    return { key, ask: (request) => askStore(store, request) };
  }

  return {
    async presignPut(object, request) {
      const { ifAbsent, sha256 } = request;
      const store = storeOf(object, { ifAbsent, checksum: sha256 !== undefined });
      if (!store) return UNAVAILABLE;
      return presignPut({ presign, store, key: object.key, now: clock() }, request);
    },
    async beginMultipart(object, request) {
      const store = storeOf(object, { checksum: request.checksum });
      return store ? beginMultipart(asking(store, object), request) : UNAVAILABLE;
    },
    async presignParts(object, multipartId, parts, expiresAt) {
      const checksum = parts.some(({ sha256 }) => sha256 !== undefined);
      const store = storeOf(object, { checksum });
      if (!store) return UNAVAILABLE;
      const writing = { presign, store, key: object.key, now: clock() };
      return presignParts(writing, multipartId, parts, expiresAt);
    },
    async listParts(object, multipartId) {
      const store = storeOf(object);
      return store ? listParts(asking(store, object), multipartId) : UNAVAILABLE;
    },
    async completeMultipart(object, multipartId, parts, { ifAbsent }) {
      const checksum = parts.some(({ sha256 }) => sha256 !== undefined);
      const store = storeOf(object, { ifAbsent, checksum });
      if (!store) return UNAVAILABLE;
      return completeMultipart(asking(store, object), multipartId, parts, { ifAbsent });
    },
    async abortMultipart(object, multipartId) {
      const store = storeOf(object);
      return store ? abortMultipart(asking(store, object), multipartId) : UNAVAILABLE;
    },
    async inspect(object) {
      const store = storeOf(object);
      return store ? inspectObject(asking(store, object), store) : UNAVAILABLE;
    },
    async remove(object) {
      const store = storeOf(object);
      return store ? removeObject(asking(store, object)) : UNAVAILABLE;
    },
  };
}

/** What a sender is held to by the store alone. */
type Demands = { readonly ifAbsent?: boolean; readonly checksum?: boolean };

function meets(store: Store, { ifAbsent, checksum }: Demands): boolean {
  return (store.conditionalWrites || !ifAbsent) && (store.checksums || !checksum);
}
