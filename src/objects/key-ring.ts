// Makes, rotates, lists and revokes the API keys of a ledger.

import { createApiKeys, isUsable, type KeyId, type StoredKey } from '../apps/api-key.ts';
import type { App } from '../apps/app.ts';
import { type Bounds, inheritBounds, type KeyBounds, widerFaults } from '../apps/bounds.ts';
import type { CreatedKey, KeyTerms, ShownKey } from '../apps/ports.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { DAY_MS, type Instant } from '../lib/time.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { Idempotency } from '../links/ports.ts';
import { type Admitted, isStillAdmitted } from './admission.ts';
import type { BulkEnding } from './bulk-ending.ts';
import type { LedgerContext } from './ledger-context.ts';
import { revokeKeyTree } from './revoke-key-tree.ts';

/** How long a rotated key and its successor are both in force. */
const ROTATION_OVERLAP_MS = DAY_MS;

/** A leaked key that makes keys must not make them without end. */
const MAX_KEYS = 1_000;

type Ruled<Value> = Result<Value, RequestDenial>;

export type KeyRing = ReturnType<typeof createKeyRing>;

export function createKeyRing(context: LedgerContext, bulkEnding: BulkEnding) {
  const { config, storage, tables, idempotent } = context;
  const apiKeys = createApiKeys(config.appKeys);

  function make(
    admitted: Admitted,
    terms: KeyBounds & KeyTerms,
    idempotency: Idempotency | undefined,
    now: Instant,
    keep: (key: StoredKey) => RequestDenial | undefined,
  ): Promise<Ruled<CreatedKey>> {
    const { app, bounds, actor } = admitted;
    const { scopes, stores, keyPrefixes, operations, maxTtlSeconds, requestsPerMinute } = terms;
    const created = { scopes, stores, keyPrefixes, operations, maxTtlSeconds, requestsPerMinute };
    return idempotent.once({
      actor,
      idempotency,
      now,
      again: (id, nonce) => makeAgain(app, id as KeyId, nonce),
      make: async (takeNonce, remember) => {
        const refused = refusal(terms, bounds, now);
        if (refused) return denied(refused);
        const { apiKey, ...identity } = await apiKeys.fromNonce(app.id, takeNonce());
        // From here on in one go: a key that was revoked meanwhile must leave none behind.
        if (!isStillAdmitted(tables.keys, admitted, now)) {
          return denied({ reason: 'unauthenticated' });
        }
        const { note, expiresAt } = terms;
        const key = { ...created, ...identity, note, expiresAt, createdAt: now, createdBy: actor };
        return storage.transactionSync(() => {
          const late = keep(key);
          if (late) return denied(late);
          remember(key.id);
          return ok({ key: shownKey(key), apiKey });
        });
      },
    });
  }

  function refusal(terms: KeyBounds, bounds: Bounds, now: Instant): RequestDenial | undefined {
    const errors = widerFaults(terms, bounds);
    if (errors.length > 0) return { reason: 'outside_bounds', errors };
    if (terms.expiresAt !== undefined && terms.expiresAt <= now) {
      const past = [{ pointer: '/expiresAt', detail: 'must be in the future' }];
      return { reason: 'invalid_request', errors: past };
    }
    if (tables.keys.countInForce(now) >= MAX_KEYS)
      return { reason: 'too_many_keys', quota: MAX_KEYS };
    return undefined;
  }

  function makeAgain(
    app: App,
    id: KeyId,
    nonce: Uint8Array<ArrayBuffer>,
  ): Promise<Ruled<CreatedKey>> | undefined {
    const key = tables.keys.find(id);
    if (!key) return undefined;
    return (async () => {
      const again = await apiKeys.fromNonceUnder(key.rootKeyId, app.id, nonce);
      return again
        ? ok({ key: shownKey(key), apiKey: again.apiKey })
        : denied({ reason: 'key_not_found' });
    })();
  }

  /** A key of this app that is no wider than the caller's. */
  function reach(admitted: Admitted, id: KeyId): Ruled<StoredKey> {
    const key = tables.keys.find(id);
    if (!key) return denied({ reason: 'key_not_found' });
    const errors = admitted.key ? widerFaults(key, admitted.bounds) : [];
    return errors.length > 0 ? denied({ reason: 'outside_bounds', errors }) : ok(key);
  }

  return {
    create(
      admitted: Admitted,
      terms: KeyTerms,
      idempotency: Idempotency | undefined,
      now: Instant,
    ): Promise<Ruled<CreatedKey>> {
      const inherited = { ...terms, ...inheritBounds(terms, admitted.key) };
      return make(admitted, inherited, idempotency, now, (key) => {
        tables.keys.add(key);
        tables.events.add('key.created', now, key.id, admitted.actor);
        return undefined;
      });
    },
    async rotate(
      admitted: Admitted,
      id: KeyId,
      idempotency: Idempotency | undefined,
      now: Instant,
    ): Promise<Ruled<CreatedKey>> {
      const found = reach(admitted, id);
      if (!found.ok) return found;
      if (!isUsable(found.value, now)) return denied({ reason: 'key_not_found' });
      // Another key's successor is no wider than whoever rotates it, and goes when that one goes.
      const { key: by, actor } = admitted;
      const terms = { ...found.value, ...inheritBounds(found.value, by) };
      const isItsOwn = by === undefined || by.id === id;
      return make(admitted, terms, idempotency, now, (key) => {
        const old = tables.keys.find(id);
        if (!old || !isUsable(old, now)) return { reason: 'key_not_found' };
        if (old.rotatedTo !== undefined) return { reason: 'key_rotated', rotatedTo: old.rotatedTo };
        // Its maker stays the same: revoking the old key must not take the new one along.
        tables.keys.add({ ...key, createdBy: isItsOwn ? old.createdBy : actor });
        tables.keys.rotate(old.id, key.id, now + ROTATION_OVERLAP_MS);
        tables.events.add('key.rotated', now, old.id, actor);
        return undefined;
      });
    },
    list(admitted: Admitted): ShownKey[] {
      const keys = tables.keys.list();
      return keys.filter((key) => !isWider(key, admitted)).map(shownKey);
    },
    async revoke(
      admitted: Admitted,
      id: KeyId,
      withLinks: boolean,
      now: Instant,
    ): Promise<Ruled<ShownKey>> {
      const found = reach(admitted, id);
      if (!found.ok) return found;
      const { key: by } = admitted;
      if (withLinks && by && !by.scopes.includes('links:revoke')) {
        return denied({ reason: 'scope_missing', scope: 'links:revoke' });
      }
      const revoked = storage.transactionSync(() =>
        revokeKeyTree(context, id, admitted.actor, now),
      );
      if (withLinks) {
        for (const mintedBy of revoked) {
          const request = { actor: admitted.actor, dryRun: false, now };
          const view = { app: admitted.app };
          const ended = await bulkEnding.revokeMany(view, { filter: { mintedBy } }, request);
          if (!ended.ok) return ended;
        }
      }
      return ok(shownKey({ ...found.value, revokedAt: found.value.revokedAt ?? now }));
    },
  };
}

function isWider(key: StoredKey, admitted: Admitted): boolean {
  return admitted.key !== undefined && widerFaults(key, admitted.bounds).length > 0;
}

function shownKey({ hash: _hash, rootKeyId: _rootKeyId, ...shown }: StoredKey): ShownKey {
  return shown;
}
