// Asks a store whether an object is there, and what it is, before anybody is given a link to it.

import type { Config } from '../config.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { type Clock, SECOND_MS } from '../lib/time.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { VerifyObject } from '../links/ports.ts';
import type { StoredObject } from '../links/stored-object.ts';
import { createPresigner } from './presign.ts';

/** Shorter than a ledger's call, so that a hanging store is a refusal with a name. */
const TIMEOUT_MS = 3_000;
/** The URL is used at once, and by nobody else. */
const URL_SECONDS = 30;

type Verified = Result<StoredObject, RequestDenial>;

export function createObjectVerifier(config: Config, clock: Clock, fetch: Fetch): VerifyObject {
  const presign = createPresigner();

  return async function verifyObject({ store: alias, key, versionId }) {
    const store = config.stores.get(alias);
    if (!store) return denied({ reason: 'store_unavailable' });
    const now = clock();
    const presigned = await presign(store, {
      method: 'GET',
      key,
      query: versionId === undefined ? {} : { versionId },
      notAfter: now + URL_SECONDS * SECOND_MS,
      now,
    });
    if (!presigned) return denied({ reason: 'store_unavailable' });
    try {
      return await ask(fetch, presigned.url, versionId);
    } catch {
      // Nothing of the failure is told: it may quote the URL.
      return denied({ reason: 'store_unavailable' });
    }
  };
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** By its first byte: the platform may turn a HEAD into a GET, which has another signature. */
async function ask(fetch: Fetch, url: string, versionId: string | undefined): Promise<Verified> {
  const first = await get(fetch, url, { Range: 'bytes=0-0' });
  // An empty object has no first byte.
  const response = first.status === 416 ? await get(fetch, url, {}) : first;
  if (response.status === 200 || response.status === 206) return factsOf(response, versionId);
  // Whoever may not list the bucket is told 403 of what isn't there, and 400 of a malformed version.
  const isMissing = [400, 403, 404, 405].includes(response.status);
  return denied({ reason: isMissing ? 'object_not_found' : 'store_unavailable' });
}

async function get(fetch: Fetch, url: string, headers: Record<string, string>): Promise<Response> {
  const response = await fetch(url, {
    headers,
    redirect: 'manual',
    cache: 'no-store',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await response.body?.cancel();
  return response;
}

function factsOf({ headers }: Response, versionId: string | undefined): Verified {
  // A store that knows no versions answers with whatever it has.
  if (versionId !== undefined && headers.get('x-amz-version-id') !== versionId) {
    return denied({ reason: 'object_not_found' });
  }
  const [, total] = /\/(\d+)$/.exec(headers.get('Content-Range') ?? '') ?? [];
  return ok({
    size: Number(total ?? headers.get('Content-Length') ?? 0),
    contentType: headers.get('Content-Type') ?? undefined,
    etag: headers.get('ETag') ?? undefined,
  });
}
