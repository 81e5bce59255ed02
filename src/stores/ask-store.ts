// Sends a store one signed request and reads as much of its answer as is wanted, within bounds.

import type { Store } from '../config.ts';
import { withDeadline } from '../lib/deadline.ts';
import { denied } from '../lib/result.ts';
import { type Clock, SECOND_MS } from '../lib/time.ts';
import type { StoreUnavailable } from '../links/upload-ports.ts';
import type { Presigner, PresignObject } from './presign.ts';
import { readStoreError, readText } from './store-answer.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Shorter than a ledger's call, so that a hanging store is a refusal with a name. */
const TIMEOUT_MS = 3_000;
/** The URL is used at once, and by nobody else. */
const URL_SECONDS = 30;
/** A page of 1,000 parts with their checksums has less than half of it. */
const MAX_TEXT_BYTES = 1_048_576;

export type StoreRequest = Pick<PresignObject, 'method' | 'key' | 'query' | 'headers'> & {
  /** Sent beside the signed ones. */
  readonly unsignedHeaders?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs?: number;
  /** Of an object that is served no byte is wanted. */
  readonly wantsText?: boolean;
};

export type StoreReply = {
  readonly status: number;
  readonly headers: Headers;
  /** Empty unless it was wanted. */
  readonly text: string;
  /** S3's code of what went wrong, with whatever status. */
  readonly code?: string | undefined;
};

/** What a store without a clear answer comes to. */
export const UNAVAILABLE: { readonly ok: false; readonly denial: StoreUnavailable } = denied({
  reason: 'store_unavailable',
});

/** `undefined` when the store gave no answer in time, or couldn't be asked. */
export type AskStore = (store: Store, request: StoreRequest) => Promise<StoreReply | undefined>;

export function createStoreAsker(presign: Presigner, clock: Clock, fetch: Fetch): AskStore {
  return async function askStore(store, request) {
    const { method, key, query = {}, headers = {} } = request;
    const now = clock();
    const notAfter = now + URL_SECONDS * SECOND_MS;
    const presigned = await presign(store, { method, key, query, headers, notAfter, now });
    if (!presigned) return undefined;
    try {
      return await withDeadline(request.timeoutMs ?? TIMEOUT_MS, async (signal) => {
        const response = await fetch(presigned.url, {
          method,
          headers: { ...headers, ...request.unsignedHeaders },
          ...(request.body === undefined ? {} : { body: request.body }),
          redirect: 'manual',
          cache: 'no-store',
          signal,
        });
        return readReply(response, request.wantsText ?? false);
      });
    } catch {
      // Nothing of the failure is told: it may quote the URL.
      return undefined;
    }
  };
}

async function readReply(response: Response, wantsText: boolean): Promise<StoreReply> {
  const { status, headers } = response;
  if (response.ok && !wantsText) {
    await response.body?.cancel();
    return { status, headers, text: '' };
  }
  const text = await readText(response, MAX_TEXT_BYTES);
  return { status, headers, text, code: readStoreError(text)?.code };
}
