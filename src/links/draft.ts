// From the terms an app asks for to the grant and limits of a link, or to what is wrong with them.

import type { AppBounds } from '../apps/app.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { ceilToSecond, floorToSecond, type Instant, SECOND_MS } from '../lib/time.ts';
import type { FieldError, RequestDenial } from './denial.ts';
import { type Disposition, type Grant, isInlineType, type Operation } from './grant.ts';
import type { Limits } from './limits.ts';

export type MintTerms = {
  readonly store: string;
  readonly key: string;
  readonly operation: Operation;
  readonly ttlSeconds?: number | undefined;
  readonly expiresAt?: Instant | undefined;
  readonly filename?: string | undefined;
  readonly disposition?: Disposition | undefined;
  readonly contentType?: string | undefined;
  readonly note?: string | undefined;
  readonly tags: readonly string[];
};

/** What of a store is pinned into a grant, or decides what may be granted. */
export type GrantableStore = {
  readonly endpoint: string;
  readonly bucket: string;
  readonly responseOverrides: boolean;
};

export type Draft = { readonly grant: Grant; readonly limits: Limits };

/** Drafts a link. Refuses with `outside_bounds`, `store_unavailable` or `invalid_request`. */
export function draftLink(options: {
  readonly terms: MintTerms;
  readonly bounds: AppBounds;
  readonly store: GrantableStore | undefined;
  readonly maxTtlSeconds: number;
  readonly now: Instant;
}): Result<Draft, RequestDenial> {
  const { terms, bounds, store, now } = options;
  const outside = outsideBounds(terms, bounds);
  if (outside) return denied({ reason: 'outside_bounds', errors: [outside] });
  if (!store) return denied({ reason: 'store_unavailable' });

  const expiresAt = expiryOf(terms, now);
  const errors = [
    ...expiryFaults(terms, expiresAt, now, options.maxTtlSeconds),
    ...overrideFaults(terms, store),
  ];
  if (errors.length > 0) return denied({ reason: 'invalid_request', errors });
  return ok({ grant: grantOf(terms, store), limits: { expiresAt } });
}

function outsideBounds(terms: MintTerms, bounds: AppBounds): FieldError | undefined {
  if (!bounds.stores.includes(terms.store)) {
    return { pointer: '/store', detail: "must be one of this app's stores" };
  }
  if (bounds.keyPrefixes && !bounds.keyPrefixes.some((prefix) => terms.key.startsWith(prefix))) {
    return { pointer: '/key', detail: "must begin with one of this app's key prefixes" };
  }
  return undefined;
}

/** A lifetime is rounded up and never shorter than asked, an instant down and never later. */
function expiryOf(terms: MintTerms, now: Instant): Instant {
  if (terms.expiresAt !== undefined) return floorToSecond(terms.expiresAt);
  return ceilToSecond(now + (terms.ttlSeconds ?? 0) * SECOND_MS);
}

function expiryFaults(
  terms: MintTerms,
  expiresAt: Instant,
  now: Instant,
  maxTtlSeconds: number,
): FieldError[] {
  const pointer = terms.expiresAt === undefined ? '/ttlSeconds' : '/expiresAt';
  if (expiresAt <= now) return [{ pointer, detail: 'must be in the future' }];
  if (expiresAt > ceilToSecond(now + maxTtlSeconds * SECOND_MS)) {
    return [{ pointer, detail: `must end the link within ${maxTtlSeconds} seconds` }];
  }
  return [];
}

function overrideFaults(terms: MintTerms, store: GrantableStore): FieldError[] {
  const errors: FieldError[] = [];
  if (!store.responseOverrides) {
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

function grantOf(terms: MintTerms, store: GrantableStore): Grant {
  return {
    operation: terms.operation,
    store: terms.store,
    endpoint: store.endpoint,
    bucket: store.bucket,
    key: terms.key,
    disposition: terms.disposition ?? 'attachment',
    filename: terms.filename,
    contentType: terms.contentType,
  };
}
