// Changes of a living link, as a merge patch (RFC 7396): null takes a limit away.

import type { Bounds } from '../apps/bounds.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { floorToSecond, type Instant } from '../lib/time.ts';
import type { RequestDenial } from './denial.ts';
import { expiryFaults, lifetimeFault, limitFaults } from './draft.ts';
import type { Limits } from './limits.ts';
import type { Link } from './link.ts';
import type { PasswordHash } from './password.ts';
import { DEFAULT_RATE_LIMIT, type RateLimit } from './rate.ts';

type Patch<Fields> = { readonly [Field in keyof Fields]?: Fields[Field] | null | undefined };

export type LinkPatch = {
  readonly expiresAt?: Instant | undefined;
  readonly claimSeconds?: number | undefined;
  readonly confirm?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
} & Patch<{
  notBefore: Instant;
  maxUses: number;
  rateLimit: RateLimit;
  allowCidrs: readonly string[];
  allowCountries: readonly string[];
  password: string;
  note: string;
}>;

export type LinkChange = Pick<Link, 'limits' | 'note' | 'tags'>;

/**
 * The link's new limits, note and tags. Refuses with `outside_bounds` or `invalid_request`. The password comes hashed:
 * `undefined` keeps it, null takes it away.
 */
export function changeLink(options: {
  readonly link: Link;
  readonly patch: LinkPatch;
  readonly password: PasswordHash | null | undefined;
  readonly defaultRateLimit: RateLimit | undefined;
  readonly bounds: Bounds;
  readonly maxTtlSeconds: number;
  readonly now: Instant;
}): Result<LinkChange, RequestDenial> {
  const { link, patch } = options;
  const { limits } = link;
  const changed: Limits = {
    expiresAt: patch.expiresAt === undefined ? limits.expiresAt : floorToSecond(patch.expiresAt),
    claimSeconds: patch.claimSeconds ?? limits.claimSeconds,
    confirm: patch.confirm ?? limits.confirm,
    notBefore: merged(limits.notBefore, patch.notBefore),
    maxUses: merged(limits.maxUses, patch.maxUses),
    allowCidrs: merged(limits.allowCidrs, patch.allowCidrs),
    allowCountries: merged(limits.allowCountries, patch.allowCountries),
    password: merged(limits.password, options.password),
    // Without a rate of its own a link has its app's.
    rateLimit:
      merged(limits.rateLimit, patch.rateLimit) ?? options.defaultRateLimit ?? DEFAULT_RATE_LIMIT,
  };
  const tooLong =
    patch.expiresAt === undefined
      ? undefined
      : lifetimeFault(options.bounds, '/expiresAt', { ...changed, createdAt: link.createdAt });
  if (tooLong) return denied({ reason: 'outside_bounds', errors: [tooLong] });
  const errors = [
    ...(patch.expiresAt === undefined
      ? []
      : expiryFaults({
          pointer: '/expiresAt',
          expiresAt: changed.expiresAt,
          createdAt: link.createdAt,
          now: options.now,
          maxTtlSeconds: options.maxTtlSeconds,
        })),
    ...limitFaults(changed),
  ];
  if (errors.length > 0) return denied({ reason: 'invalid_request', errors });
  return ok({
    limits: changed,
    note: merged(link.note, patch.note),
    tags: patch.tags ?? link.tags,
  });
}

function merged<Value>(kept: Value | undefined, patch: Value | null | undefined) {
  return patch === undefined ? kept : (patch ?? undefined);
}
