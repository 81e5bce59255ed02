// Within which bounds an app and each of its keys may act. A key's bounds only narrow its app's.

import type { Instant } from '../lib/time.ts';
import type { FieldError } from '../links/denial.ts';
import { OPERATIONS, type Operation } from '../links/grant.ts';
import type { AppBounds } from './app.ts';

export const SCOPES = [
  'links:mint',
  'links:read',
  'links:revoke',
  'events:read',
  'webhooks:manage',
  'keys:manage',
] as const;

export type Scope = (typeof SCOPES)[number];

export const DEFAULT_REQUESTS_PER_MINUTE = 600;

export type KeyBounds = {
  readonly scopes: readonly Scope[];
  /** Each absent bound means: as far as the app's. */
  readonly stores?: readonly string[] | undefined;
  readonly keyPrefixes?: readonly string[] | undefined;
  readonly operations?: readonly Operation[] | undefined;
  readonly maxTtlSeconds?: number | undefined;
  readonly requestsPerMinute: number;
  readonly expiresAt?: Instant | undefined;
};

/** What a key is made with: what it leaves out, it inherits. */
export type NewKeyBounds = Omit<KeyBounds, 'requestsPerMinute'> & {
  readonly requestsPerMinute?: number | undefined;
};

/** What a caller acts within: its app's bounds, and its key's unless it is an operator. */
export type Bounds = { readonly app: AppBounds; readonly key?: KeyBounds | undefined };

/** What of a link bounds are about. */
export type Bounded = {
  readonly store: string;
  readonly key: string;
  readonly operation: Operation;
};

/** The first bound that a link lies outside of, by the field that it bounds. */
export function boundFault({ app, key }: Bounds, link: Bounded): FieldError | undefined {
  if (!app.stores.includes(link.store)) {
    return { pointer: '/store', detail: "must be one of this app's stores" };
  }
  if (!isUnder(link.key, app.keyPrefixes)) {
    return { pointer: '/key', detail: "must begin with one of this app's key prefixes" };
  }
  if (key?.stores && !key.stores.includes(link.store)) {
    return { pointer: '/store', detail: "must be one of this API key's stores" };
  }
  if (!isUnder(link.key, key?.keyPrefixes)) {
    return { pointer: '/key', detail: "must begin with one of this API key's key prefixes" };
  }
  if (key?.operations && !key.operations.includes(link.operation)) {
    return { pointer: '/operation', detail: "must be one of this API key's operations" };
  }
  return undefined;
}

export function isWithin(bounds: Bounds, link: Bounded): boolean {
  return boundFault(bounds, link) === undefined;
}

/**
 * Every bound in which a key is wider than its maker, by the field that sets it. What a key leaves out
 * is as wide as its app: a new one has inherited its maker's before.
 */
export function widerFaults(key: KeyBounds, { app, key: by }: Bounds): FieldError[] {
  const faults: FieldError[] = [];
  const wider = (pointer: string, detail: string) => faults.push({ pointer, detail });

  if (by && !isSubset(key.scopes, by.scopes)) {
    wider('/scopes', 'must not exceed its maker’s scopes');
  }
  if (!isSubset(key.stores ?? app.stores, by?.stores ?? app.stores)) {
    wider('/stores', 'must be among the stores its maker may use');
  }
  const prefixes = key.keyPrefixes ?? app.keyPrefixes;
  for (const outer of [app.keyPrefixes, by?.keyPrefixes]) {
    if (outer && !prefixes?.every((prefix) => isUnder(prefix, outer))) {
      wider('/keyPrefixes', 'must lie under the key prefixes its maker may use');
      break;
    }
  }
  if (by?.operations && !isSubset(key.operations ?? OPERATIONS, by.operations)) {
    wider('/operations', 'must be among the operations its maker may use');
  }
  if (isMore(key.maxTtlSeconds, by?.maxTtlSeconds)) {
    wider('/maxTtlSeconds', 'must not exceed its maker’s');
  }
  if (isMore(key.requestsPerMinute, by?.requestsPerMinute)) {
    wider('/requestsPerMinute', 'must not exceed its maker’s');
  }
  if (isMore(key.expiresAt, by?.expiresAt)) {
    wider('/expiresAt', 'must not be later than its maker’s');
  }
  return faults;
}

/** A new key inherits what its maker is bound by and it leaves out: it can't outgrow its maker later. */
export function inheritBounds(key: NewKeyBounds, by: KeyBounds | undefined): KeyBounds {
  const widest = by?.requestsPerMinute ?? Number.POSITIVE_INFINITY;
  const requestsPerMinute = key.requestsPerMinute ?? Math.min(DEFAULT_REQUESTS_PER_MINUTE, widest);
  if (!by) return { ...key, requestsPerMinute };
  return {
    ...key,
    requestsPerMinute,
    stores: key.stores ?? by.stores,
    keyPrefixes: key.keyPrefixes ?? by.keyPrefixes,
    operations: key.operations ?? by.operations,
    maxTtlSeconds: key.maxTtlSeconds ?? by.maxTtlSeconds,
    expiresAt: key.expiresAt ?? by.expiresAt,
  };
}

function isUnder(key: string, prefixes: readonly string[] | undefined): boolean {
  return prefixes === undefined || prefixes.some((prefix) => key.startsWith(prefix));
}

/** An absent bound is none. */
function isMore(inner: number | undefined, outer: number | undefined): boolean {
  return (inner ?? Number.POSITIVE_INFINITY) > (outer ?? Number.POSITIVE_INFINITY);
}

function isSubset<Item>(inner: readonly Item[], outer: readonly Item[]): boolean {
  return inner.every((item) => outer.includes(item));
}
