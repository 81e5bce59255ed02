// From the terms an app asks for to the grant and limits of a link, or to what is wrong with them.

import type { AppDefaults } from '../apps/app.ts';
import { type Bounds, boundFault } from '../apps/bounds.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { ceilToSecond, floorToSecond, type Instant, SECOND_MS } from '../lib/time.ts';
import { DEFAULT_CLAIM_SECONDS } from './claim.ts';
import type { FieldError, RequestDenial } from './denial.ts';
import {
  type Consistency,
  type Delivery,
  type Disposition,
  type Grant,
  isInlineType,
  type Operation,
  type UploadTerms,
} from './grant.ts';
import type { Limits } from './limits.ts';
import { DEFAULT_RATE_LIMIT, type RateLimit } from './rate.ts';
import { isPrefix } from './upload-key.ts';

export type MintTerms = {
  readonly store: string;
  readonly key: string;
  readonly versionId?: string | undefined;
  /** Whether the object has to be there already. */
  readonly verifyObject: boolean;
  readonly operation: Operation;
  readonly consistency: Consistency;
  readonly delivery?: Delivery | undefined;
  readonly ttlSeconds?: number | undefined;
  readonly expiresAt?: Instant | undefined;
  readonly notBefore?: Instant | undefined;
  readonly maxUses?: number | undefined;
  readonly claimSeconds?: number | undefined;
  readonly confirm?: boolean | undefined;
  readonly rateLimit?: RateLimit | undefined;
  readonly allowCidrs?: readonly string[] | undefined;
  readonly allowCountries?: readonly string[] | undefined;
  /** In clear: whoever keeps the link hashes it first. */
  readonly password?: string | undefined;
  readonly filename?: string | undefined;
  readonly disposition?: Disposition | undefined;
  readonly contentType?: string | undefined;
  readonly upload?: UploadTerms | undefined;
  readonly note?: string | undefined;
  readonly tags: readonly string[];
};

/** What of a store is pinned into a grant, or decides what may be granted. */
export type GrantableStore = {
  readonly endpoint: string;
  readonly bucket: string;
  readonly responseOverrides: boolean;
  readonly versions: boolean;
  readonly conditionalWrites: boolean;
  readonly checksums: boolean;
};

/** What says how an object is given out. */
const DOWNLOAD_FIELDS = [
  'delivery',
  'filename',
  'disposition',
  'contentType',
  'versionId',
  'verifyObject',
  'confirm',
] as const;

/** A link to be, still without the hash of its password. */
export type Draft = { readonly grant: Grant; readonly limits: Limits };

/** Drafts a link. Refuses with `outside_bounds`, `store_unavailable` or `invalid_request`. */
export function draftLink(options: {
  readonly app: string;
  readonly terms: MintTerms;
  readonly bounds: Bounds;
  readonly defaults: AppDefaults;
  readonly store: GrantableStore | undefined;
  readonly maxTtlSeconds: number;
  readonly now: Instant;
}): Result<Draft, RequestDenial> {
  const { terms, bounds, store, now, maxTtlSeconds } = options;
  const outside = boundFault(bounds, terms);
  if (outside) return denied({ reason: 'outside_bounds', errors: [outside] });
  if (!store) return denied({ reason: 'store_unavailable' });

  const limits = limitsOf(terms, options.defaults, now);
  const pointer = terms.expiresAt === undefined ? '/ttlSeconds' : '/expiresAt';
  const tooLong = lifetimeFault(bounds, pointer, { expiresAt: limits.expiresAt, createdAt: now });
  if (tooLong) return denied({ reason: 'outside_bounds', errors: [tooLong] });
  const errors = [
    ...expiryFaults({
      pointer,
      expiresAt: limits.expiresAt,
      createdAt: now,
      now,
      maxTtlSeconds,
    }),
    ...limitFaults(limits),
    ...overrideFaults(terms, store),
    ...versionFaults(terms, store),
    ...uploadFaults(terms, store),
    ...edgeFaults(terms),
  ];
  if (errors.length > 0) return denied({ reason: 'invalid_request', errors });
  return ok({ grant: grantOf(options.app, terms, store), limits });
}

function limitsOf(terms: MintTerms, defaults: AppDefaults, now: Instant): Limits {
  return {
    expiresAt: expiryOf(terms, now),
    notBefore: terms.notBefore,
    maxUses: terms.maxUses,
    claimSeconds: terms.claimSeconds ?? DEFAULT_CLAIM_SECONDS,
    confirm: terms.confirm ?? false,
    rateLimit:
      terms.consistency === 'edge'
        ? undefined
        : (terms.rateLimit ?? defaults.rateLimit ?? DEFAULT_RATE_LIMIT),
    allowCidrs: terms.allowCidrs,
    allowCountries: terms.allowCountries,
  };
}

/** A lifetime is rounded up and never shorter than asked, an instant down and never later. */
function expiryOf(terms: MintTerms, now: Instant): Instant {
  if (terms.expiresAt !== undefined) return floorToSecond(terms.expiresAt);
  return ceilToSecond(now + (terms.ttlSeconds ?? 0) * SECOND_MS);
}

/** What the key bounds a lifetime to, counted like the deployment's own cap. */
export function lifetimeFault(
  { key }: Bounds,
  pointer: '/ttlSeconds' | '/expiresAt',
  { expiresAt, createdAt }: { readonly expiresAt: Instant; readonly createdAt: Instant },
): FieldError | undefined {
  const { maxTtlSeconds } = key ?? {};
  if (maxTtlSeconds === undefined || expiresAt <= latestEnd(createdAt, maxTtlSeconds)) {
    return undefined;
  }
  const detail = `must end the link within the ${maxTtlSeconds} seconds of this API key's maxTtlSeconds`;
  return { pointer, detail };
}

function latestEnd(createdAt: Instant, maxTtlSeconds: number): Instant {
  return ceilToSecond(createdAt + maxTtlSeconds * SECOND_MS);
}

/** The lifetime counts from the creation, so that no chain of changes gets past the cap. */
export function expiryFaults(options: {
  readonly pointer: '/ttlSeconds' | '/expiresAt';
  readonly expiresAt: Instant;
  readonly createdAt: Instant;
  readonly now: Instant;
  readonly maxTtlSeconds: number;
}): FieldError[] {
  const { pointer, expiresAt, maxTtlSeconds } = options;
  if (expiresAt <= options.now) return [{ pointer, detail: 'must be in the future' }];
  if (expiresAt > latestEnd(options.createdAt, maxTtlSeconds)) {
    return [{ pointer, detail: `must end the link within ${maxTtlSeconds} seconds` }];
  }
  return [];
}

export function limitFaults(limits: Limits): FieldError[] {
  if (limits.notBefore === undefined || limits.notBefore < limits.expiresAt) return [];
  return [{ pointer: '/notBefore', detail: 'must be before the end of the link' }];
}

function overrideFaults(terms: MintTerms, store: GrantableStore): FieldError[] {
  const errors: FieldError[] = [];
  // A stream is named and typed by the gateway, whatever its store can do.
  if (!store.responseOverrides && terms.delivery !== 'stream') {
    for (const field of ['filename', 'disposition', 'contentType'] as const) {
      if (terms[field] === undefined) continue;
      errors.push({ pointer: `/${field}`, detail: 'must be left out: this store ignores it' });
    }
  }
  if (terms.disposition === 'inline' && !isInlineType(terms.contentType ?? '')) {
    errors.push({
      pointer: '/contentType',
      detail:
        'must be a raster image, audio, video, application/pdf or text/plain to be shown inline',
    });
  }
  return errors;
}

function versionFaults({ versionId }: MintTerms, { versions }: GrantableStore): FieldError[] {
  if (versionId === undefined || versions) return [];
  return [{ pointer: '/versionId', detail: 'must be left out: this store has no versions' }];
}

/** What an upload can't be, and what its store could not be held to. */
function uploadFaults(terms: MintTerms, store: GrantableStore): FieldError[] {
  const { operation, upload, key } = terms;
  if (operation !== 'upload') {
    return upload ? [{ pointer: '/upload', detail: 'must be left out of a download' }] : [];
  }
  if (!upload) return [{ pointer: '/upload', detail: 'must say what may be uploaded' }];
  const errors: FieldError[] = [];
  for (const field of DOWNLOAD_FIELDS) {
    if (terms[field] === undefined || terms[field] === false) continue;
    errors.push({ pointer: `/${field}`, detail: 'must be left out of an upload' });
  }
  if (terms.consistency === 'edge') {
    errors.push({ pointer: '/consistency', detail: 'must be "strong" for an upload' });
  }
  if (isPrefix(key) && upload.overwrite) {
    const detail = 'must be false where each file gets a key of its own';
    errors.push({ pointer: '/upload/overwrite', detail });
  }
  if (!upload.overwrite && !store.conditionalWrites) {
    const detail = 'must be true: this store can’t be told to keep what is there';
    errors.push({ pointer: '/upload/overwrite', detail });
  }
  if (upload.checksum && !store.checksums) {
    const detail = 'must be left out: this store checks none';
    errors.push({ pointer: '/upload/checksum', detail });
  }
  return errors;
}

/** What only a gate can hold to is refused rather than silently not held to. */
function edgeFaults(terms: MintTerms): FieldError[] {
  if (terms.consistency === 'strong') return [];
  const fields = ['maxUses', 'password', 'confirm', 'rateLimit', 'claimSeconds'] as const;
  return fields
    .filter((field) => terms[field] !== undefined && terms[field] !== false)
    .map((field) => ({
      pointer: `/${field}`,
      detail: 'must be left out when consistency is "edge"',
    }));
}

function grantOf(app: string, terms: MintTerms, store: GrantableStore): Grant {
  return {
    app,
    operation: terms.operation,
    consistency: terms.consistency,
    store: terms.store,
    endpoint: store.endpoint,
    bucket: store.bucket,
    key: terms.key,
    versionId: terms.versionId,
    delivery: terms.delivery,
    disposition: terms.disposition ?? 'attachment',
    upload: terms.upload,
    filename: terms.filename,
    contentType: terms.contentType,
  };
}
