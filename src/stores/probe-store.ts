// Sends a store one request of a check, signed or as anybody would, and reads what it says.

import type { Store } from '../config.ts';
import { withDeadline } from '../lib/deadline.ts';
import { type Clock, SECOND_MS } from '../lib/time.ts';
import type { Fetch } from './ask-store.ts';
import { objectUrl } from './object-url.ts';
import type { Presigner, PresignObject } from './presign.ts';
import { type Outcome, readAnswer } from './store-answer.ts';

/** A store that takes longer is no use to a recipient either, and an operator waits for six in a row. */
const TIMEOUT_MS = 5_000;
/** The URL is used at once, and by nobody else. */
const URL_SECONDS = 30;

type Signed = Pick<PresignObject, 'method' | 'key' | 'query'> & {
  /** Signed as they stand. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent beside them. */
  readonly unsignedHeaders?: Readonly<Record<string, string>>;
  readonly body?: string;
};

type Unsigned = {
  readonly method: 'GET' | 'OPTIONS';
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Probe = {
  signed(request: Signed): Promise<Outcome>;
  unsigned(request: Unsigned): Promise<Outcome>;
  /** The first byte of an object. */
  firstByte(key: string, query?: Readonly<Record<string, string>>): Promise<Outcome>;
};

export function createProbe(
  store: Store,
  {
    presign,
    clock,
    fetch,
    timeoutMs = TIMEOUT_MS,
  }: { presign: Presigner; clock: Clock; fetch: Fetch; timeoutMs?: number },
): Probe {
  async function send(url: string, init: RequestInit): Promise<Outcome> {
    try {
      return await withDeadline(timeoutMs, async (signal) => {
        const response = await fetch(url, {
          ...init,
          redirect: 'manual',
          cache: 'no-store',
          signal,
        });
        return readAnswer(response, clock());
      });
    } catch {
      // Nothing of the failure is told: it may quote the URL.
      return { kind: 'silence' };
    }
  }

  async function signed(request: Signed): Promise<Outcome> {
    const { method, body, headers = {}, unsignedHeaders } = request;
    const now = clock();
    const presigned = await presign(store, {
      method,
      key: request.key,
      query: request.query ?? {},
      headers,
      notAfter: now + URL_SECONDS * SECOND_MS,
      now,
    });
    if (!presigned) return { kind: 'ended' };
    const sent = { ...headers, ...unsignedHeaders };
    return send(presigned.url, { method, headers: sent, ...(body === undefined ? {} : { body }) });
  }

  return {
    signed,
    unsigned({ method, key, query, headers = {} }) {
      const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
      return send(objectUrl(store, key) + search, { method, headers });
    },
    async firstByte(key, query = {}) {
      const range = { Range: 'bytes=0-0' };
      const first = await signed({ method: 'GET', key, query, unsignedHeaders: range });
      // An empty object has no first byte.
      const isEmpty = first.kind === 'answer' && first.status === 416;
      return isEmpty ? signed({ method: 'GET', key, query }) : first;
    },
  };
}
