// What the verbs on links need from outside. storage/, stores/ and objects/ provide it.

import type { Credential } from '../apps/api-key.ts';
import type { Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import type { LinkDenial, RequestDenial } from './denial.ts';
import type { MintTerms } from './draft.ts';
import type { Grant } from './grant.ts';
import type { LimitedLink } from './limits.ts';
import type { Link, LinkId } from './link.ts';

/** A cache of grants near the recipient: it may be late or empty, and it never decides. */
export interface Grants {
  /** `undefined` when the cache doesn't hold it or can't answer. */
  get(id: LinkId): Promise<Grant | undefined>;
  put(id: LinkId, grant: Grant, expiresAt: Instant): Promise<void>;
}

/** What the ledger tells a gate: the whole link each time, so that writes may be lost or repeated. */
export type GateRecord = LimitedLink & { readonly version: number; readonly grant: Grant };

export type OpenFacts = {
  /** Asked for when the cache had no grant. */
  readonly wantsGrant: boolean;
};

export type OpenPermit = {
  readonly expiresAt: Instant;
  readonly grant?: Grant | undefined;
};

/** The authority over every open. Each call throws `Unavailable` when a gate can't answer. */
export interface Gates {
  open(id: LinkId, facts: OpenFacts): Promise<Result<OpenPermit, LinkDenial>>;
  write(id: LinkId, record: GateRecord): Promise<void>;
}

export type MintCommand = {
  readonly terms: MintTerms;
  readonly idempotency?: { readonly key: string; readonly requestHash: string } | undefined;
};

export type MintedLink = { readonly link: Link; readonly token: string };

/** The authority over an app's links. Each call throws `Unavailable` when a ledger can't answer. */
export interface Ledgers {
  mint(credential: Credential, command: MintCommand): Promise<Result<MintedLink, RequestDenial>>;
  inspect(credential: Credential, id: LinkId): Promise<Result<Link, RequestDenial>>;
  revoke(credential: Credential, id: LinkId): Promise<Result<Link, RequestDenial>>;
}

export type PresignRequest = {
  readonly method: 'GET' | 'HEAD';
  readonly grant: Grant;
  /** The end of the link, which no URL outlives. */
  readonly expiresAt: Instant;
};

/** Presigns a URL for the granted object. Refuses with `expired` or `store_unavailable`. */
export type Presign = (request: PresignRequest) => Promise<Result<string, LinkDenial>>;

/** A gate as its Durable Object, one for each link and named by the link id. */
export interface LinkGateObject {
  open(facts: OpenFacts): Promise<Result<OpenPermit, LinkDenial>>;
  write(record: GateRecord): Promise<void>;
}
