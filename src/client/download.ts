// A download that survives what happens on the way: a broken connection goes on where it broke, and a
// presigned URL that ended meanwhile is replaced, for the same use. What is streamed comes from the link
// itself, by its claim.

import { errorOf, HallpassError } from './hallpass-error.ts';
import { drawClaim, type RedeemOptions, redeem } from './redeem.ts';
import { sendWithRetry, sleep } from './retry.ts';
import { StoreError } from './store-error.ts';

export type DownloadOptions = RedeemOptions & {
  /** Where to begin, in bytes: what an earlier run has already. */
  readonly offset?: number | undefined;
  /** The ETag of what an earlier run has: an object that changed since is refused. */
  readonly etag?: string | undefined;
};

export type Download = {
  readonly body: ReadableStream<Uint8Array>;
  /** Of the whole object, in bytes; unknown when the store doesn't tell. */
  readonly size: number | undefined;
  readonly contentType: string | undefined;
  readonly etag: string | undefined;
  readonly filename: string | undefined;
  /** With it a later run comes back for the same use. */
  readonly claim: string;
};

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** How often in a row nothing may arrive. */
const TRIES = 5;
const FIRST_WAIT_MS = 200;
const TOO_LATE = 403;

/** Thrown when what is left to fetch is of another object than what was fetched. */
export class ObjectChangedError extends Error {
  override readonly name = 'ObjectChangedError';
}

/** Redeems a link and downloads its object. Throws `HallpassError` for what the gateway refuses. */
export async function download(link: string, options: DownloadOptions = {}): Promise<Download> {
  const { fetch: send = fetch, signal, claim = drawClaim() } = options;
  let offset = options.offset ?? 0;
  let etag = options.etag;
  let url: string | undefined;

  /** A response that begins at the offset. */
  async function open(): Promise<Response> {
    const isFresh = url === undefined;
    url ??= (await redeem(link, { ...options, claim })).url;
    const headers: Record<string, string> = offset > 0 ? { Range: `bytes=${offset}-` } : {};
    if (isStream(url, link)) return openStream(url, headers);
    const response = await send(url, { headers, ...(signal ? { signal } : {}) });
    if (response.status === TOO_LATE && !isFresh) {
      await response.body?.cancel();
      url = undefined;
      return open();
    }
    if (!response.ok) throw await storeError(response);
    return expectSame(response);
  }

  async function openStream(self: string, range: Record<string, string>): Promise<Response> {
    const headers = { ...range, 'Hallpass-Claim': claim };
    const init: RequestInit = { headers, ...(signal ? { signal } : {}) };
    const response = await sendWithRetry(() => send(self, init), options);
    if (!response.ok) throw await errorOf(response);
    return expectSame(response);
  }

  function expectSame(response: Response): Response {
    expectContinued(response, offset, etag);
    etag = response.headers.get('ETag') ?? undefined;
    return response;
  }

  const first = await open();
  const size = sizeOf(first);
  let reader: Reader | undefined = first.body?.getReader();
  let failures = 0;

  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      while (true) {
        try {
          reader ??= (await open()).body?.getReader();
          const chunk = await reader?.read();
          if (!chunk?.value) {
            if (size !== undefined && offset < size) throw new Error('The download was cut short.');
            return controller.close();
          }
          const { value } = chunk;
          offset += value.length;
          failures = 0;
          return controller.enqueue(value);
        } catch (error) {
          reader = undefined;
          failures += 1;
          if (signal?.aborted || isFinal(error) || failures >= TRIES) throw error;
          await sleep(FIRST_WAIT_MS * 2 ** failures * Math.random(), signal);
        }
      }
    },
    cancel: (reason) => reader?.cancel(reason),
  });
  const { headers } = first;
  return {
    body,
    size,
    contentType: headers.get('Content-Type') ?? undefined,
    etag,
    filename: filenameOf(headers.get('Content-Disposition')),
    claim,
  };
}

/** The claim is for the gateway alone: a store would get it with the URL. */
function isStream(url: string, link: string): boolean {
  return new URL(url).origin === new URL(link).origin;
}

/** A store that ignores the range would have its beginning taken for the rest. */
function expectContinued(response: Response, offset: number, etag: string | undefined): void {
  const { headers, status } = response;
  const begins = Number(/^bytes (\d+)-/.exec(headers.get('Content-Range') ?? '')?.[1] ?? 0);
  if (offset > 0 && (status !== 206 || begins !== offset)) {
    throw new ObjectChangedError('The store doesn’t continue where the download broke.');
  }
  if (etag !== undefined && headers.get('ETag') !== etag) {
    throw new ObjectChangedError('The object has changed since the download began.');
  }
}

function sizeOf({ status, headers }: Response): number | undefined {
  const total =
    status === 206
      ? /\/(\d+)$/.exec(headers.get('Content-Range') ?? '')?.[1]
      : headers.get('Content-Length');
  return total === null || total === undefined ? undefined : Number(total);
}

/** RFC 6266: the extended name, which Hallpass always gives. */
function filenameOf(disposition: string | null): string | undefined {
  const [, encoded] = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '') ?? [];
  return encoded === undefined ? undefined : decodeURIComponent(encoded);
}

async function storeError(response: Response): Promise<StoreError> {
  await response.body?.cancel();
  return new StoreError(response.status);
}

/** What another try would not change. */
function isFinal(error: unknown): boolean {
  if (error instanceof StoreError) return error.status < 500;
  return error instanceof ObjectChangedError || error instanceof HallpassError;
}
