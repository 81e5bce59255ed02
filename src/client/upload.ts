// An upload that survives what happens on the way: a piece that broke is sent again, to a fresh URL where
// the old one ended, and a later run with the same claim sends only what is missing.

import { errorOf, HallpassError } from './hallpass-error.ts';
import { drawClaim, type RedeemOptions } from './redeem.ts';
import { sendWithRetry, sleep } from './retry.ts';
import { StoreError } from './store-error.ts';
import type { BegunUpload, SignedPart, UploadShown } from './types.ts';

export type UploadOptions = RedeemOptions & {
  /** Of a `File` its own name and type count without these. */
  readonly filename?: string | undefined;
  readonly contentType?: string | undefined;
  /** Whether to send SHA-256s, which some links require. */
  readonly checksum?: boolean | undefined;
  /** Hears how many bytes the store has. */
  readonly onProgress?: ((sent: number) => void) | undefined;
};

export type Uploaded = UploadShown & {
  /** With it a later run would have gone on. */
  readonly claim: string;
};

const TRIES = 5;
const FIRST_WAIT_MS = 200;
const PARTS_AT_ONCE = 3;
/** What is larger goes in parts, each with its own checksum: it is never held in memory as a whole. */
const MAX_WHOLE_BYTES = 67_108_864;
const MEANT_FOR_BROWSERS = 'content-length';

/** Uploads a file through a link. Throws `HallpassError` for what the gateway refuses. */
export async function upload(
  link: string,
  file: Blob,
  options: UploadOptions = {},
): Promise<Uploaded> {
  const { fetch: send = fetch, signal, claim = drawClaim(), onProgress = () => {} } = options;
  const base = `${link.replace(/\/+$/, '')}/uploads`;
  const wish = await wishOf(file, options);

  async function call<Answer>(method: string, url: string, body?: unknown): Promise<Answer> {
    const init: RequestInit = {
      method,
      headers: {
        Accept: 'application/json',
        'Hallpass-Claim': claim,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    };
    const response = await sendWithRetry(() => send(url, init), options);
    if (!response.ok) throw await errorOf(response);
    return (await response.json()) as Answer;
  }

  const begin = () => call<BegunUpload>('POST', base, wish);

  async function put(part: Blob, where: () => Promise<Where | undefined>): Promise<void> {
    for (let tried = 1; ; tried++) {
      try {
        const to = await where();
        // It is there already.
        if (!to) return;
        const { url, headers } = to;
        const own = Object.entries(headers).filter(
          ([name]) => name.toLowerCase() !== MEANT_FOR_BROWSERS,
        );
        const init = { method: 'PUT', headers: own, body: part, ...(signal ? { signal } : {}) };
        const response = await send(url, init);
        await response.body?.cancel();
        // 412: something is there, which completing tells more about.
        if (response.ok || response.status === 412) return;
        throw new StoreError(response.status);
      } catch (error) {
        const isFinal = error instanceof HallpassError || signal?.aborted;
        if (isFinal || tried >= TRIES) throw error;
        await sleep(FIRST_WAIT_MS * 2 ** tried * Math.random(), signal);
      }
    }
  }

  async function sendParts(id: string, partSize: number, count: number): Promise<void> {
    const { arrived = [] } = await call<UploadShown>('GET', `${base}/${id}`);
    const done = new Set(arrived.map(({ partNumber }) => partNumber));
    const missing = Array.from({ length: count }, (_, index) => index + 1).filter(
      (number) => !done.has(number),
    );
    let sent = arrived.reduce((sum, { size }) => sum + size, 0);
    onProgress(sent);
    const sendNext = async (): Promise<void> => {
      for (let number = missing.shift(); number !== undefined; number = missing.shift()) {
        const part = file.slice((number - 1) * partSize, number * partSize);
        await put(part, () => signPart(id, number as number, part));
        sent += part.size;
        onProgress(sent);
      }
    };
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, sendNext));
  }

  async function signPart(id: string, number: number, part: Blob): Promise<Where | undefined> {
    const sha256 = options.checksum ? { sha256: [await sha256Of(part)] } : {};
    const url = `${base}/${id}/parts`;
    const body = { partNumbers: [number], ...sha256 };
    const { parts } = await call<{ parts: SignedPart[] }>('POST', url, body);
    return parts[0];
  }

  const begun = await begin();
  const { id, partSize, parts } = begun;
  if (begun.state === 'begun') {
    if (partSize !== undefined && parts !== undefined) await sendParts(id, partSize, parts);
    else await sendWhole(begun);
  }
  const uploaded = await call<UploadShown>('POST', `${base}/${id}/complete`);
  return { ...uploaded, claim };

  async function sendWhole(first: BegunUpload): Promise<void> {
    let next: BegunUpload | undefined = first;
    await put(file, async () => {
      const to = next ?? (await begin());
      next = undefined;
      return to.url === undefined ? undefined : { url: to.url, headers: to.headers ?? {} };
    });
    onProgress(file.size);
  }
}

type Where = { readonly url: string; readonly headers: Readonly<Record<string, string>> };

async function wishOf(file: Blob, options: UploadOptions) {
  const { contentType = file.type || undefined, password } = options;
  const filename = options.filename ?? (file as Partial<File>).name;
  const isWhole = file.size <= MAX_WHOLE_BYTES;
  const sha256 = options.checksum && isWhole ? await sha256Of(file) : undefined;
  return { size: file.size, contentType, filename, password, sha256 };
}

async function sha256Of(part: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await part.arrayBuffer());
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
