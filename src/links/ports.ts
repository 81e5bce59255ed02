// What the verbs on links need from outside. storage/, stores/ and objects/ provide it.

import type { Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import type { Activity, Totals } from './activity.ts';
import type { LimitedLink, OpenFacts } from './decide.ts';
import type { LinkDenial, RequestDenial } from './denial.ts';
import type { Grant } from './grant.ts';
import type { Link } from './link.ts';
import type { LinkId } from './link-ref.ts';
import type { GateReport, ReportReceipt } from './report.ts';
import type { StoredObject } from './stored-object.ts';
import type { Upload, UploadedObject, UploadWish } from './upload.ts';

/** A grant near the recipient; with an edge link's limits, which no gate is asked about. */
export type CachedGrant = { readonly grant: Grant; readonly edge?: LimitedLink | undefined };

/** A cache of grants: it may be late or empty, and for strong links it never decides. */
export interface Grants {
  /** `undefined` when the cache doesn't hold it or can't answer. */
  get(id: LinkId): Promise<CachedGrant | undefined>;
  /** The same for whoever has to know whether it is there: throws when the cache can't answer. */
  read(id: LinkId): Promise<CachedGrant | undefined>;
  put(id: LinkId, cached: CachedGrant, expiresAt: Instant): Promise<void>;
}

/** What the ledger tells a gate: the whole link each time, so that writes may be lost or repeated. */
export type GateRecord = LimitedLink & { readonly version: number; readonly grant: Grant };

/** All that a gate knows of its link, but its claims. */
export type GateState = { readonly record: GateRecord; readonly totals: Totals };

export type GateAnswer =
  | { readonly kind: 'deny'; readonly denial: LinkDenial }
  | { readonly kind: 'rehash'; readonly iterations: number }
  | {
      readonly kind: 'confirm';
      readonly needsPassword: boolean;
      readonly usesLeft?: number | undefined;
      readonly expiresAt: Instant;
      /** The claim stands for a use already: what is confirmed spends nothing. */
      readonly isClaimKnown: boolean;
      readonly grant?: Grant | undefined;
    }
  | {
      readonly kind: 'allow';
      readonly expiresAt: Instant;
      /** Until when the claim gets fresh URLs for the use it stands for. */
      readonly claimEndsAt?: Instant | undefined;
      readonly grant?: Grant | undefined;
    };

/** What a gate answers to whoever wants to upload, and to whoever comes back for an upload. */
export type UploadAnswer =
  | { readonly kind: 'deny'; readonly denial: LinkDenial }
  | { readonly kind: 'rehash'; readonly iterations: number }
  | {
      readonly kind: 'upload';
      readonly upload: Upload;
      readonly grant: Grant;
      readonly expiresAt: Instant;
    };

/** A new upload, as far as the Worker knows it. */
export type UploadPlan = {
  readonly wish: UploadWish;
  /** Sent right away by a client that knows nothing of what the grant asks for. */
  readonly isUnannounced?: boolean | undefined;
  /** By a client that can't send parts. */
  readonly isOnePiece?: boolean | undefined;
  /** Under which name, where the grant is a prefix. */
  readonly filename?: string | undefined;
  /** When the URL will have ended that is given out for it now. */
  readonly urlEndsAt: Instant;
  /** Makes a name unique: base62. */
  readonly unique: string;
};

/** What the store was found to have, or that the sender gave up. */
export type UploadOutcome =
  | { readonly kind: 'arrived'; readonly object: UploadedObject; readonly isAnnounced: boolean }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'multipart'; readonly multipartId: string };

/** The authority over every open. Each call throws `Unavailable` when a gate can't answer. */
export interface Gates {
  /** `wantsGrant` when the cache had none. */
  open(id: LinkId, facts: OpenFacts, wantsGrant: boolean): Promise<GateAnswer>;
  /** Until when the link is open as things are; `undefined` once it is shut. Spends and counts nothing. */
  openUntil(id: LinkId): Promise<Instant | undefined>;
  /**
   * With what the ledger has heard from the gate, which it may have forgotten. Answers when the link was
   * ended, which the ledger may have forgotten.
   */
  write(id: LinkId, record: GateRecord, reported?: Totals): Promise<Instant | undefined>;
  /** `undefined` when the gate doesn't know the link any more. */
  inspect(id: LinkId): Promise<Activity | undefined>;
  beginUpload(id: LinkId, facts: OpenFacts, plan: UploadPlan): Promise<UploadAnswer>;
  /** An upload by its claim, as long as the link lives. With `urlEndsAt` URLs are given out for it. */
  findUpload(id: LinkId, facts: OpenFacts, urlEndsAt?: Instant): Promise<UploadAnswer>;
  /** Notes what became of an upload; the first to end it is right. */
  noteUpload(id: LinkId, claim: string, outcome: UploadOutcome): Promise<Upload | undefined>;
  /** All that a check compares; `undefined` when the gate doesn't know the link. */
  stateOf(id: LinkId): Promise<GateState | undefined>;
  /** The app whose link it is, `undefined` when the gate doesn't know the link any more. */
  appOf(id: LinkId): Promise<string | undefined>;
}

/** A gate's report to the ledger of its app. Throws `Unavailable` when the ledger can't answer. */
export type ReportToLedger = (app: string, report: GateReport) => Promise<ReportReceipt>;

/** An Idempotency-Key with the hashes of its request, newest root key first. */
export type Idempotency = { readonly key: string; readonly requestHashes: readonly string[] };

export type MintedLink = { readonly link: Link; readonly token: string };

export type PresignRequest = {
  readonly method: 'GET' | 'HEAD';
  readonly grant: Grant;
  /** The end of the link, which no URL outlives. */
  readonly expiresAt: Instant;
};

export type PresignedUrl = { readonly url: string; readonly expiresAt: Instant };

/** Presigns a URL for the granted object. Refuses with `expired` or `store_unavailable`. */
export type Presign = (request: PresignRequest) => Promise<Result<PresignedUrl, LinkDenial>>;

export type ObjectRequest = {
  readonly method: 'GET' | 'HEAD';
  readonly grant: Grant;
  /** What of its request a recipient asks of the object, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
};

export type FetchedObject = {
  readonly status: 200 | 206 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: ReadableStream<Uint8Array> | null | undefined;
  /** Of the body, in bytes, where the store tells. */
  readonly size?: number | undefined;
};

/**
 * Fetches the granted object. Refuses with `store_unavailable`, `store_failing`, `object_missing`,
 * `range_not_satisfiable` or `precondition_failed`.
 */
export type FetchObject = (request: ObjectRequest) => Promise<Result<FetchedObject, LinkDenial>>;

/** Refuses with `object_not_found` or `store_unavailable`. */
export type VerifyObject = (object: {
  readonly store: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}) => Promise<Result<StoredObject, RequestDenial>>;

/** Whether an open of a link may go on, or is one too many at this place. */
export type Floods = (id: LinkId) => Promise<boolean>;

/** A gate as its Durable Object, one for each link and named by the link id. */
export interface LinkGateObject {
  open(facts: OpenFacts, wantsGrant: boolean): Promise<GateAnswer>;
  openUntil(): Promise<Instant | undefined>;
  write(record: GateRecord, reported?: Totals): Promise<Instant | undefined>;
  inspect(): Promise<Activity | undefined>;
  beginUpload(facts: OpenFacts, plan: UploadPlan): Promise<UploadAnswer>;
  findUpload(facts: OpenFacts, urlEndsAt?: Instant): Promise<UploadAnswer>;
  noteUpload(claim: string, outcome: UploadOutcome): Promise<Upload | undefined>;
  state(): Promise<GateState | undefined>;
  app(): Promise<string | undefined>;
}
