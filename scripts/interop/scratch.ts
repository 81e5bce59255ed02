// What a run writes, all of it under a prefix of its own, and how it is removed again. Nothing else is ever
// deleted.

import type { Store } from '../../src/config.ts';
import { type Clock, SECOND_MS } from '../../src/lib/time.ts';
import type { UploadStore } from '../../src/links/upload-ports.ts';
import type { Fetch } from '../../src/stores/ask-store.ts';
import { addressesObject } from '../../src/stores/object-url.ts';
import type { Presigner } from '../../src/stores/presign.ts';
import { ask } from './ask.ts';

const URL_SECONDS = 30;

export type Scratch = {
  readonly prefix: string;
  /** A key of this run: whatever comes to be there is removed at its end. */
  key(name: string): string;
  /** Aborted at the end, if it wasn't completed. */
  noteUpload(key: string, multipartId: string): void;
  /** Sees which versions come to be: without them a bucket that keeps versions would keep these. */
  readonly fetch: Fetch;
};

export type Remover = {
  readonly store: Store;
  readonly clock: Clock;
  readonly presign: Presigner;
  /** With the scratch's own fetch. */
  readonly uploads: UploadStore;
};

export function createScratch(store: Store, prefix: string, fetch: Fetch) {
  /** The versions of each object of this run. */
  const written = new Map<string, Set<string>>();
  const multiparts: { key: string; multipartId: string }[] = [];

  function noteVersion(url: string, headers: Headers): void {
    const version = headers.get('x-amz-version-id');
    const key = [...written.keys()].find((candidate) => addressesObject(url, store, candidate));
    if (version && key !== undefined) written.get(key)?.add(version);
  }

  const scratch: Scratch = {
    prefix,
    key(name) {
      const key = prefix + name;
      if (!written.has(key)) written.set(key, new Set());
      return key;
    },
    noteUpload(key, multipartId) {
      multiparts.push({ key, multipartId });
    },
    async fetch(url, init) {
      const response = await fetch(url, init);
      const isWrite = !['GET', 'HEAD'].includes(init.method ?? 'GET');
      if (isWrite && response.ok) noteVersion(url, response.headers);
      return response;
    },
  };

  /** Answers what could not be removed. */
  async function tidy(remover: Remover): Promise<string[]> {
    const left: string[] = [];
    for (const { key, multipartId } of multiparts) {
      const aborted = await remover.uploads.abortMultipart(pinned(store, key), multipartId);
      if (!aborted.ok) left.push(`${key} (a multipart upload)`);
    }
    for (const [key, versions] of written) {
      if (!key.startsWith(prefix)) throw new Error('only what this run wrote is removed');
      // In a bucket with versions it makes a marker, also of what never was there: one more of them.
      const isGone = versions.size > 0 || (await remover.uploads.remove(pinned(store, key))).ok;
      const removals = [...versions].map((version) => removeVersion(remover, fetch, key, version));
      const areGone = await Promise.all(removals);
      if (!isGone || areGone.includes(false)) left.push(key);
    }
    return left;
  }

  return { scratch, tidy };
}

async function removeVersion(
  { store, clock, presign }: Remover,
  fetch: Fetch,
  key: string,
  versionId: string,
): Promise<boolean> {
  const now = clock();
  const notAfter = now + URL_SECONDS * SECOND_MS;
  const request = { method: 'DELETE', key, query: { versionId }, notAfter, now } as const;
  const presigned = await presign(store, request);
  if (!presigned) return false;
  try {
    const { status } = await ask(fetch, presigned.url, { method: 'DELETE' });
    return status === 204 || status === 200 || status === 404;
  } catch {
    return false;
  }
}

/** As a grant pins an object. */
export function pinned({ alias, endpoint, bucket }: Store, key: string) {
  return { store: alias, endpoint, bucket, key };
}
