// Hallpass's own code, pointed at the store that is tried: nothing of it is written a second time here.

import type { Config, Store } from '../../src/config.ts';
import type { Bytes } from '../../src/lib/digest.ts';
import type { Result } from '../../src/lib/result.ts';
import { type Clock, type Instant, SECOND_MS } from '../../src/lib/time.ts';
import type { Grant } from '../../src/links/grant.ts';
import type { FetchObject, Presign } from '../../src/links/ports.ts';
import type { PresignedWrite, PutRequest, UploadStore } from '../../src/links/upload-ports.ts';
import type { Fetch } from '../../src/stores/ask-store.ts';
import { createObjectFetcher } from '../../src/stores/fetch-object.ts';
import { createPresigner, type Presigner } from '../../src/stores/presign.ts';
import { createGrantPresigner } from '../../src/stores/presign-grant.ts';
import { createUploadStore } from '../../src/stores/upload-store.ts';
import { type Answer, ask, CannotTell } from './ask.ts';
import { pinned, type Scratch } from './scratch.ts';

const LINK_SECONDS = 600;

/** An object that is there, for whatever only reads. */
export type Sample = { readonly key: string; readonly body: Bytes; readonly type: string };

export type Trial = {
  readonly store: Store;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly scratch: Scratch;
  readonly sample: Sample;
  readonly presign: Presigner;
  /** As an open does where the store has no response overrides. */
  readonly presignPlain: Presign;
  /** As an open does where it has them. */
  readonly presignNamed: Presign;
  readonly fetchObject: FetchObject;
  readonly uploads: UploadStore;
};

/** `config` says of its only store that it can do everything, so that all of it is tried. */
export function createTrial(
  config: Config,
  { clock, scratch }: { readonly clock: Clock; readonly scratch: Scratch },
): Trial {
  const [store] = config.stores.values();
  if (!store) throw new Error('there is no store to try');
  const { fetch } = scratch;
  const plain = { ...store, responseOverrides: false };
  return {
    store,
    clock,
    fetch,
    scratch,
    sample: {
      key: scratch.key('sample.bin'),
      body: numbered(65_536),
      type: 'application/x-hallpass',
    },
    presign: createPresigner(),
    presignPlain: createGrantPresigner(
      { ...config, stores: new Map([[store.alias, plain]]) },
      clock,
    ),
    presignNamed: createGrantPresigner(config, clock),
    fetchObject: createObjectFetcher(config, clock, fetch, () => {}),
    uploads: createUploadStore(config, clock, fetch),
  };
}

/** No two parts of it alike. */
export function numbered(size: number): Bytes {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 4 <= size; at += 4) view.setUint32(at, at);
  return bytes;
}

export function grantOf({ store }: Trial, key: string, terms: Partial<Grant> = {}): Grant {
  return {
    app: 'Interop',
    operation: 'download',
    consistency: 'strong',
    disposition: 'attachment',
    ...pinned(store, key),
    ...terms,
  };
}

export function linkEnd({ clock }: Trial): Instant {
  return clock() + LINK_SECONDS * SECOND_MS;
}

/** Opens a link as its recipient does, who follows the redirect. */
export async function open(
  trial: Trial,
  grant: Grant,
  {
    method = 'GET',
    headers = {},
    presign = trial.presignPlain,
  }: { method?: 'GET' | 'HEAD'; headers?: Record<string, string>; presign?: Presign } = {},
): Promise<Answer> {
  const presigned = await presign({ method, grant, expiresAt: linkEnd(trial) });
  return ask(trial.fetch, granted(presigned).url, { method, headers });
}

/** Presigns a PUT as an upload link does, of a body as it is unless `request` says otherwise. */
export async function presignPut(
  trial: Trial,
  key: string,
  body: Bytes,
  request: Partial<PutRequest> = {},
): Promise<PresignedWrite> {
  const put = { size: body.length, ifAbsent: false, expiresAt: linkEnd(trial), ...request };
  return granted(await trial.uploads.presignPut(pinned(trial.store, key), put));
}

/** Sends as a sender does: with the headers it was given, except for the one that fetch computes itself. */
export function send(
  { fetch }: Trial,
  { url, headers }: PresignedWrite,
  body: Bytes,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Answer> {
  const sent = Object.entries({ ...headers, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[0] !== 'Content-Length',
  );
  return ask(fetch, url, { method: 'PUT', headers: Object.fromEntries(sent), body });
}

/** Writes an object, which has to be there for what comes next. */
export async function put(trial: Trial, key: string, body: Bytes): Promise<Answer> {
  return send(trial, await presignPut(trial, key, body), body);
}

/** Hallpass itself refuses what can't be asked any more, such as when the session has ended. */
export function granted<Value>(result: Result<Value, { readonly reason: string }>): Value {
  if (!result.ok) throw new CannotTell(`Hallpass refuses: ${result.denial.reason}`);
  return result.value;
}
