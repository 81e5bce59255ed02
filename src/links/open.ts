// A recipient opens a link: KV says what it is, the gate says whether it may open now.

import { denied, ok, type Result } from '../lib/result.ts';
import type { Clock, Instant } from '../lib/time.ts';
import { Unavailable } from '../lib/unavailable.ts';
import type { SiteHash } from './address.ts';
import { type ClaimHash, isClaim } from './claim.ts';
import { decideConditions, type OpenFacts } from './decide.ts';
import type { LinkDenial } from './denial.ts';
import type { Grant } from './grant.ts';
import type { LinkId, LinkRef } from './link-ref.ts';
import type { Passwords } from './password.ts';
import type {
  FetchedObject,
  FetchObject,
  Floods,
  GateAnswer,
  Gates,
  Grants,
  Presign,
  PresignedUrl,
} from './ports.ts';
import type { Tokens } from './token.ts';
import type { Transfer } from './transfer.ts';

export type OpenRequest = {
  readonly token: string;
  readonly method: 'GET' | 'HEAD';
  /** The redeemer's claim; `redeems` when it is meant to spend a use. */
  readonly claim?: { readonly value: string; readonly redeems: boolean } | undefined;
  readonly password?: string | undefined;
  readonly address?: string | undefined;
  readonly country?: string | undefined;
  /** What is asked of a streamed object; absent where it is only redeemed, to be fetched later. */
  readonly asked?: Readonly<Record<string, string>> | undefined;
  /** Told which link it is and whose as soon as that is known, whatever becomes of the request. */
  readonly notice?: ((about: About) => void) | undefined;
};

export type About = { readonly link?: LinkId; readonly app?: string };

export type Opened =
  | (PresignedUrl & { readonly kind: 'url'; readonly claimEndsAt?: Instant | undefined })
  /** A streamed link was redeemed: its own URL gives the object, with the claim. */
  | {
      readonly kind: 'self';
      readonly expiresAt: Instant;
      readonly claimEndsAt?: Instant | undefined;
    }
  | {
      readonly kind: 'object';
      readonly object: FetchedObject;
      readonly transfer: Transfer;
      readonly claimEndsAt?: Instant | undefined;
    }
  | {
      readonly kind: 'confirm';
      readonly grant: Grant;
      readonly needsPassword: boolean;
      readonly usesLeft?: number | undefined;
      readonly expiresAt: Instant;
      readonly isClaimKnown: boolean;
    };

export type FactServices = Pick<OpenServices, 'claimHash' | 'siteHash' | 'passwords'>;

export type OpenServices = {
  readonly tokens: Tokens;
  readonly claimHash: ClaimHash;
  readonly siteHash: SiteHash;
  readonly passwords: Passwords;
  readonly floods: Floods;
  readonly grants: Grants;
  readonly gates: Gates;
  /** Whether the store that a link was granted in gives anything out now. */
  readonly isServed: (grant: Grant) => boolean;
  readonly presign: Presign;
  readonly fetchObject: FetchObject;
  readonly clock: Clock;
};

type Permit = {
  readonly link: LinkRef;
  readonly grant: Grant;
  readonly expiresAt: Instant;
  readonly claimEndsAt?: Instant | undefined;
};

/** Answers a presigned URL or the object, or that the link has to be confirmed first. Refuses with any `LinkDenial`. */
export async function openLink(
  services: OpenServices,
  request: OpenRequest,
): Promise<Result<Opened, LinkDenial>> {
  if (request.claim && !isClaim(request.claim.value)) return denied({ reason: 'claim_invalid' });
  const link = await services.tokens.read(request.token);
  if (!link) return denied({ reason: 'not_found' });
  request.notice?.({ link: link.id });
  if (!(await services.floods(link.id))) return denied({ reason: 'flooded' });

  const cached = await services.grants.get(link.id);
  if (cached) request.notice?.({ app: cached.grant.app });
  if (cached?.edge) {
    const denial = decideConditions(cached.edge, request, services.clock());
    if (denial) return denied(denial);
    const { expiresAt } = cached.edge.limits;
    return give(services, request, { link, grant: cached.grant, expiresAt });
  }

  // A use isn't spent on what can't be given: the gate says what else there is to say of the link.
  const isServed = cached === undefined || services.isServed(cached.grant);
  const asked = isServed ? request : { ...request, claim: lookingOnly(request.claim) };
  const answer = await askGate(services, asked, link, cached === undefined);
  if (answer.kind === 'deny') return denied(answer.denial);
  if (!isServed) return denied({ reason: 'store_unavailable' });
  const grant = answer.grant ?? cached?.grant;
  if (!grant) throw new Unavailable('the gate permitted an open without a grant');
  request.notice?.({ app: grant.app });
  if (answer.kind === 'confirm') return ok({ ...answer, grant });
  const { expiresAt, claimEndsAt } = answer;
  return give(services, request, { link, grant, expiresAt, claimEndsAt });
}

function lookingOnly(claim: OpenRequest['claim']): OpenRequest['claim'] {
  return claim && { ...claim, redeems: false };
}

/** What was permitted, in the way that the link delivers it. */
async function give(
  services: OpenServices,
  { method, asked }: OpenRequest,
  { link, grant, expiresAt, claimEndsAt }: Permit,
): Promise<Result<Opened, LinkDenial>> {
  if (grant.delivery !== 'stream') {
    const presigned = await services.presign({ method, grant, expiresAt });
    return presigned.ok ? ok({ ...presigned.value, kind: 'url', claimEndsAt }) : presigned;
  }
  if (!asked) return ok({ kind: 'self', expiresAt: claimEndsAt ?? expiresAt, claimEndsAt });
  const fetched = await services.fetchObject({ method, grant, headers: asked });
  if (!fetched.ok) return fetched;
  const transfer = { link: link.id, isEdge: grant.consistency === 'edge', expiresAt };
  return ok({ kind: 'object', object: fetched.value, transfer, claimEndsAt });
}

/** One call, or two when the password was hashed with other iterations than the link's. */
async function askGate(
  services: OpenServices,
  request: OpenRequest,
  link: LinkRef,
  wantsGrant: boolean,
): Promise<Exclude<GateAnswer, { kind: 'rehash' }>> {
  const facts = await factsOf(services, request, link, services.passwords.iterations);
  const answer = await services.gates.open(link.id, facts, wantsGrant);
  if (answer.kind !== 'rehash') return answer;
  const rehashed = await factsOf(services, request, link, answer.iterations);
  const second = await services.gates.open(link.id, rehashed, wantsGrant);
  if (second.kind === 'rehash') throw new Unavailable('the password of a link kept changing');
  return second;
}

/** What a gate is told of a request; a password comes hashed. */
export async function factsOf(
  services: FactServices,
  request: Omit<OpenRequest, 'token'>,
  link: LinkRef,
  iterations: number,
): Promise<OpenFacts> {
  const { claim, password, address, country, method } = request;
  return {
    method,
    address,
    country,
    // Tries are counted and uses are recorded by it: of other opens nobody asks for it.
    site: password !== undefined || claim?.redeems ? await services.siteHash(address) : '',
    claim: claim && {
      hash: await services.claimHash(claim.value, link),
      redeems: claim.redeems,
    },
    password:
      password === undefined
        ? undefined
        : await services.passwords.hash(password, link, iterations),
  };
}
