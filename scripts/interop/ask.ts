// Sends a store one request, as a recipient or a sender would, and takes the whole answer.

import { withDeadline } from '../../src/lib/deadline.ts';
import type { Bytes } from '../../src/lib/digest.ts';
import type { Fetch } from '../../src/stores/ask-store.ts';

/** Five mebibytes by a slow line. */
const TIMEOUT_MS = 60_000;

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Bytes;
};

/** Why a check has no verdict. Its message names no URL: a presigned one is a secret. */
export class CannotTell extends Error {
  override readonly name = 'CannotTell';
}

/** Throws `CannotTell` when there was no answer in time. */
export async function ask(fetch: Fetch, url: string, init: RequestInit = {}): Promise<Answer> {
  try {
    return await withDeadline(TIMEOUT_MS, async (signal) => {
      const response = await fetch(url, { ...init, redirect: 'manual', signal });
      const { status, headers } = response;
      return { status, headers, body: new Uint8Array(await response.arrayBuffer()) };
    });
  } catch {
    throw new CannotTell('the store gave no answer in time');
  }
}

/** A refusal is about the request: what a store that fails or is busy answers is none. */
export function isRefused({ status }: Answer): boolean {
  // S3 has no chunked bodies, and says so by "not implemented".
  return (status >= 400 && status < 500 && status !== 429) || status === 501;
}

export function isGiven({ status }: Answer): boolean {
  return status === 200;
}

export function equals(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
