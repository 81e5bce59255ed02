// Who may ask a ledger for what: the key in force, its scope, and its rate.

import { isInForce, type StoredKey } from '../apps/api-key.ts';
import type { App } from '../apps/app.ts';
import type { Bounds, Scope } from '../apps/bounds.ts';
import { type Caller, OPERATOR } from '../apps/caller.ts';
import type { RateState } from '../apps/ports.ts';
import type { Config } from '../config.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { type Instant, SECOND_MS } from '../lib/time.ts';
import type { RequestDenial } from '../links/denial.ts';
import { takeRate } from '../links/rate.ts';
import type { KeyTable } from './key-table.ts';

const MINUTE_SECONDS = 60;

export type Admitted = {
  readonly app: App;
  readonly bounds: Bounds;
  /** How events name whoever asks. */
  readonly actor: string;
  readonly key?: StoredKey | undefined;
  readonly rate?: RateState | undefined;
};

export type Admit = (
  app: App | undefined,
  caller: Caller,
  scope: Scope,
  now: Instant,
) => Result<Admitted, RequestDenial>;

/** Rates are kept in memory: they guard the ledger, and a new one is idle anyway. */
export function createAdmission(keys: KeyTable): Admit {
  const rateFreeAt = new Map<string, Instant>();

  return function admit(app, caller, scope, now) {
    if (caller.kind === 'operator') {
      return app
        ? ok({ app, bounds: { app }, actor: OPERATOR })
        : denied({ reason: 'app_not_found' });
    }
    const key = app && keys.find(caller.credential.keyId);
    if (!app || !isInForce(key, caller.credential, now)) {
      return denied({ reason: 'unauthenticated' });
    }
    const limit = key.requestsPerMinute;
    const taken = takeRate({ limit, windowSeconds: MINUTE_SECONDS }, rateFreeAt.get(key.id), now);
    if (!taken.ok) {
      return denied({ reason: 'too_many_requests', retryAfterSeconds: taken.retryAfterSeconds });
    }
    rateFreeAt.set(key.id, taken.nextFreeAt);
    if (!key.scopes.includes(scope)) return denied({ reason: 'scope_missing', scope });
    const busyMs = taken.nextFreeAt - now;
    const rate = {
      requestsPerMinute: limit,
      remaining: Math.floor(limit * (1 - busyMs / (MINUTE_SECONDS * SECOND_MS))),
      resetSeconds: Math.ceil(busyMs / SECOND_MS),
    };
    return ok({ app, bounds: { app, key }, actor: key.id, key, rate });
  };
}

/** The longest life of a link that this key may mint. */
export function maxTtlSeconds(config: Config, key: StoredKey | undefined): number {
  return Math.min(config.maxTtlSeconds, key?.maxTtlSeconds ?? Number.POSITIVE_INFINITY);
}
