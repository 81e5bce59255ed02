// Fetches a granted object for a stream. Nothing of what a store says of itself goes any further.

import type { Config, Store } from '../config.ts';
import type { Log } from '../lib/log.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import type { Clock } from '../lib/time.ts';
import type { LinkDenial } from '../links/denial.ts';
import type { Grant } from '../links/grant.ts';
import type { FetchedObject, FetchObject } from '../links/ports.ts';
import { type AskedHeaders, isOfAnother, questionOf } from './ask-object.ts';
import type { Fetch } from './ask-store.ts';
import { objectHeaders, validatorHeaders, wholeHeaders } from './object-headers.ts';
import { pinnedStore } from './pinned-store.ts';
import { createRequestSigner } from './sign-request.ts';
import { MAX_ERROR_BYTES, readText } from './store-answer.ts';

/** Until a store begins to answer; how long a transfer takes is the recipient's affair. */
const TIMEOUT_MS = 20_000;

type Answer = Result<FetchedObject, LinkDenial>;
type Ask = (headers: AskedHeaders) => Promise<Response>;

/** An answer that says nothing of what was asked: the store is at fault, or how it is set up. */
class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
  readonly status: number;

  constructor(status: number) {
    super();
    this.status = status;
  }
}

export function createObjectFetcher(
  config: Config,
  clock: Clock,
  fetch: Fetch,
  log: Log,
): FetchObject {
  const sign = createRequestSigner();

  async function ask(store: Store, grant: Grant, headers: AskedHeaders): Promise<Response> {
    const { key, versionId } = grant;
    const query = versionId === undefined ? {} : { versionId };
    const signed = await sign(store, { key, query, now: clock() });
    return firstAnswer(fetch, signed.url, {
      // Encoded on the way, it would be neither as long as is said nor the part that was asked for.
      headers: { ...headers, ...signed.headers, 'Accept-Encoding': 'identity' },
      redirect: 'manual',
      cache: 'no-store',
      // As it is stored: decoded, it would have another length.
      encodeResponseBody: 'manual',
    });
  }

  return async function fetchObject({ method, grant, headers }) {
    const store = pinnedStore(config, grant);
    const sessionEnd = store?.session?.expiresAt ?? Number.POSITIVE_INFINITY;
    if (!store || sessionEnd <= clock()) return denied({ reason: 'store_unavailable' });
    try {
      const answer = method === 'HEAD' ? askHead : askGet;
      return await answer((asked) => ask(store, grant, asked), grant, headers);
    } catch (error) {
      const status = error instanceof StoreRefused ? error.status : undefined;
      // Not its message: it may quote the URL.
      const { name } = error as Error;
      log('error', { event: 'store.failed', store: store.alias, error: name, status });
      return denied({ reason: 'store_failing' });
    }
  };
}

async function askGet(ask: Ask, grant: Grant, asked: AskedHeaders): Promise<Answer> {
  const question = questionOf('GET', asked);
  let response = await ask(question.headers);
  if (question.otherwise && isOfAnother(question, response)) {
    await response.body?.cancel();
    response = await ask(question.otherwise.headers);
  }
  if (response.status !== 200 && response.status !== 206) return withoutObject(response);
  const { status, body, headers } = response;
  const length = headers.get('Content-Length');
  return ok({
    status,
    headers: objectHeaders(grant, headers),
    body: body as ReadableStream<Uint8Array> | null,
    size: length === null ? undefined : Number(length),
  });
}

async function askHead(ask: Ask, grant: Grant, asked: AskedHeaders): Promise<Answer> {
  const { headers } = questionOf('HEAD', asked);
  const first = await ask(headers);
  // An empty object has no first byte.
  const { range: _, ...conditions } = headers;
  const response = first.status === 416 ? await ask(conditions) : first;
  if (response !== first) await first.body?.cancel();
  if (response.status !== 200 && response.status !== 206) return withoutObject(response);
  await response.body?.cancel();
  return ok({ status: 200, headers: objectHeaders(grant, wholeHeaders(response.headers)) });
}

/** A store's refusals, of which only some are about what was asked. */
async function withoutObject(response: Response): Promise<Answer> {
  const { status, headers } = response;
  if (status === 416) {
    return denied({ reason: 'range_not_satisfiable', size: await sizeTold(response) });
  }
  await response.body?.cancel();
  switch (status) {
    case 304:
      return ok({ status, headers: validatorHeaders(headers) });
    case 404:
      return denied({ reason: 'object_missing' });
    case 412:
      return denied({ reason: 'precondition_failed' });
    default:
      throw new StoreRefused(status);
  }
}

/** S3 tells it in the error itself: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
async function sizeTold(response: Response): Promise<number | undefined> {
  const text = await readText(response, MAX_ERROR_BYTES);
  const [, size] =
    /^bytes \*\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '') ??
    /<ActualObjectSize>(\d{1,15})</.exec(text) ??
    [];
  return size === undefined ? undefined : Number(size);
}

async function firstAnswer(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), TIMEOUT_MS);
  try {
    return await fetch(url, { ...init, signal: late.signal });
  } finally {
    clearTimeout(timer);
  }
}
