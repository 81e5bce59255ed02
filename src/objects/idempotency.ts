// Makes a thing once for each Idempotency-Key of an actor, and the same thing again for a day. Only a
// nonce is kept, from which secrets are derived; the secrets themselves are nowhere.

import type { Bytes } from '../lib/digest.ts';
import { randomBytes } from '../lib/random.ts';
import { denied, type Result } from '../lib/result.ts';
import { DAY_MS, type Instant } from '../lib/time.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { Idempotency } from '../links/ports.ts';
import { NONCE_BYTES } from '../links/token.ts';
import type { IdempotencyTable } from './idempotency-table.ts';

const KEPT_MS = DAY_MS;

type Made<Value> = Promise<Result<Value, RequestDenial>>;

export type Once = <Value>(request: {
  readonly actor: string;
  readonly idempotency: Idempotency | undefined;
  readonly now: Instant;
  /** What was made from this nonce before, `undefined` to have it made anew. */
  readonly again: (id: string, nonce: Bytes) => Made<Value> | undefined;
  /** Takes the nonce when nothing is wrong any more, and tells the id of what it becomes. */
  readonly make: (takeNonce: () => Bytes, remember: (id: string) => void) => Made<Value>;
}) => Made<Value>;

export type IdempotentWork = { readonly once: Once; forget(now: Instant): void };

export function createIdempotentWork(table: IdempotencyTable): IdempotentWork {
  // In memory is enough: whoever is asked again is the very object that works on the first request,
  // and when it dies the request may be repeated at once.
  const underway = new Set<string>();

  const once: Once = async (request) => {
    const { actor, idempotency } = request;
    if (!idempotency)
      return request.make(
        () => randomBytes(NONCE_BYTES),
        () => {},
      );
    const name = `${actor} ${idempotency.key}`;
    if (underway.has(name)) return denied({ reason: 'idempotency_key_in_use' });
    underway.add(name);
    try {
      return await makeOnce({ ...request, idempotency });
    } finally {
      underway.delete(name);
    }
  };

  const makeOnce = async <Value>(
    request: Parameters<Once>[0] & { idempotency: Idempotency },
  ): Made<Value> => {
    const { actor, now } = request;
    const { key, requestHashes } = request.idempotency;
    const earlier = table.find(actor, key, now - KEPT_MS);
    if (earlier && !requestHashes.includes(earlier.requestHash)) {
      return denied({ reason: 'idempotency_key_reused' });
    }
    const again = earlier?.made && (await request.again(earlier.made, earlier.nonce));
    if (again) return again as Result<Value, RequestDenial>;

    // A nonce that became nothing yet is taken up again; one that became a failure is not.
    let nonce = earlier && !earlier.made ? earlier.nonce : undefined;
    const takeNonce = () => {
      if (nonce) return nonce;
      nonce = randomBytes(NONCE_BYTES);
      table.put(actor, key, requestHashes[0] ?? '', nonce, now);
      return nonce;
    };
    const remember = (id: string) => {
      if (nonce) table.link(actor, key, nonce, id);
    };
    return (await request.make(takeNonce, remember)) as Result<Value, RequestDenial>;
  };

  return {
    once,
    forget(now) {
      table.forget(now - KEPT_MS);
    },
  };
}
