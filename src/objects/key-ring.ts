// Makes, rotates, lists and revokes the API keys of a ledger.

import { createApiKeys, type KeyId, type StoredKey } from '../apps/api-key.ts';
import type { App } from '../apps/app.ts';
import { inheritBounds, widerFaults } from '../apps/bounds.ts';
import type { CreatedKey, KeyTerms, ShownKey } from '../apps/ports.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import { DAY_MS, type Instant } from '../lib/time.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { Idempotency } from '../links/ports.ts';
import { disable } from '../webhooks/change.ts';
import type { Admitted } from './admission.ts';
import type { BulkEnding } from './bulk-ending.ts';
import type { LedgerContext } from './ledger-context.ts';

/** How long a rotated key and its successor are both in force. */
const ROTATION_OVERLAP_MS = DAY_MS;

type Ruled<Value> = Result<Value, RequestDenial>;

export type KeyRing = ReturnType<typeof createKeyRing>;

export function createKeyRing(context: LedgerContext, bulkEnding: BulkEnding) {
  const { config, storage, tables, idempotent } = context;
  const apiKeys = createApiKeys(config.appKeys);

  function make(
    admitted: Admitted,
    terms: KeyTerms,
    idempotency: Idempotency | undefined,
    now: Instant,
    keep: (key: StoredKey) => void,
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
        const errors = widerFaults(terms, bounds);
        if (errors.length > 0) return denied({ reason: 'outside_bounds', errors });
        const { apiKey, ...identity } = await apiKeys.fromNonce(app.id, takeNonce());
        const { note, expiresAt } = terms;
        const key = { ...created, ...identity, note, expiresAt, createdAt: now, createdBy: actor };
        storage.transactionSync(() => {
          keep(key);
          remember(key.id);
        });
        return ok({ key: shownKey(key), apiKey });
      },
    });
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

  /** Whoever was let in by a key goes with it. */
  function revokeTree(id: KeyId, actor: string, now: Instant): KeyId[] {
    if (tables.keys.revoke(id, now)) tables.events.add('key.revoked', now, id, actor);
    for (const webhook of tables.webhooks.enabledBy(id)) {
      tables.webhooks.change(disable(webhook, 'key_revoked', tables.events.last(), now));
    }
    const made = tables.keys.madeBy(id);
    return [id, ...made.flatMap((key) => revokeTree(key.id, actor, now))];
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
      const old = found.value;
      if (old.revokedAt !== undefined) return denied({ reason: 'key_not_found' });
      return make(admitted, old, idempotency, now, (key) => {
        // Its maker stays the same: revoking the old key must not take the new one along.
        tables.keys.add({ ...key, createdBy: old.createdBy });
        tables.keys.rotate(old.id, key.id, now + ROTATION_OVERLAP_MS);
        tables.events.add('key.rotated', now, old.id, admitted.actor);
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
      const revoked = storage.transactionSync(() => revokeTree(id, admitted.actor, now));
      if (withLinks) {
        for (const mintedBy of revoked) {
          const request = { actor: admitted.actor, dryRun: false, now };
          await bulkEnding.revokeMany({ app: admitted.app }, { filter: { mintedBy } }, request);
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
