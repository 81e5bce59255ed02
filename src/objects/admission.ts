// Who may ask a ledger for what: the key in force, its scope, and its rate.

import { isInForce, isUsable, type StoredKey } from '../apps/api-key.ts';
import type { App } from '../apps/app.ts';
import type { Bounds, Scope } from '../apps/bounds.ts';
import { type Caller, OPERATOR } from '../apps/caller.ts';
import type { RateState } from '../apps/ports.ts';
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
};

export type Admission = {
  readonly result: Result<Admitted, RequestDenial>;
  readonly rate?: RateState | undefined;
};

export type Admit = (
  app: App | undefined,
  caller: Caller,
  scope: Scope,
  now: Instant,
  /** A further part of a request that was admitted before takes nothing from the rate. */
  isFurtherPart?: boolean,
) => Admission;

/** Rates are kept in memory: they guard the ledger, and a new one is idle anyway. */
export function createAdmission(keys: KeyTable): Admit {
  const rateFreeAt = new Map<string, Instant>();

  return function admit(app, caller, scope, now, isFurtherPart = false) {
    if (caller.kind === 'operator') {
      return app
        ? { result: ok({ app, bounds: { app }, actor: OPERATOR }) }
        : { result: denied({ reason: 'app_not_found' }) };
    }
    const key = app && keys.find(caller.credential.keyId);
    if (!app || !isInForce(key, caller.credential, now)) {
      return { result: denied({ reason: 'unauthenticated' }) };
    }
    const limit = key.requestsPerMinute;
    const freeAt = rateFreeAt.get(key.id);
    const taken = isFurtherPart
      ? ({ ok: true, nextFreeAt: freeAt ?? now } as const)
      : takeRate({ limit, windowSeconds: MINUTE_SECONDS }, freeAt, now);
    if (!taken.ok) {
      const { retryAfterSeconds } = taken;
      return {
        result: denied({ reason: 'too_many_requests', retryAfterSeconds }),
        rate: { requestsPerMinute: limit, remaining: 0, resetSeconds: retryAfterSeconds },
      };
    }
    rateFreeAt.set(key.id, taken.nextFreeAt);
    const result = key.scopes.includes(scope)
      ? ok({ app, bounds: { app, key }, actor: key.id, key })
      : denied({ reason: 'scope_missing', scope } as const);
    return { result, rate: rateOf(limit, Math.max(0, taken.nextFreeAt - now)) };
  };
}

function rateOf(requestsPerMinute: number, busyMs: number): RateState {
  const share = 1 - busyMs / (MINUTE_SECONDS * SECOND_MS);
  return {
    requestsPerMinute,
    remaining: Math.floor(requestsPerMinute * share),
    resetSeconds: Math.ceil(busyMs / SECOND_MS),
  };
}

/** Whether whoever was admitted still is: a key may be revoked while its request waits. */
export function isStillAdmitted(keys: KeyTable, { key }: Admitted, now: Instant): boolean {
  const newest = key && keys.find(key.id);
  return key === undefined || (newest !== undefined && isUsable(newest, now));
}
