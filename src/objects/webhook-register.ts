// Makes, lists, changes, rotates and deletes the webhooks of a ledger.

import type { StoredKey } from '../apps/api-key.ts';
import type { KeyBounds } from '../apps/bounds.ts';
import { encodeBase62 } from '../lib/base62.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import { createTurns } from '../lib/turns.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { Idempotency } from '../links/ports.ts';
import { changeWebhook, disable, rotateSecret, type WebhookPatch } from '../webhooks/change.ts';
import type { CreatedWebhook } from '../webhooks/ports.ts';
import { createWebhookSecrets, secretText } from '../webhooks/signature.ts';
import { targetFault } from '../webhooks/target.ts';
import {
  type KeptWebhook,
  MAX_WEBHOOKS,
  type SecretRef,
  type WebhookId,
  type WebhookTerms,
  widerThanKey,
} from '../webhooks/webhook.ts';
import { type Admitted, isStillAdmitted } from './admission.ts';
import type { LedgerContext } from './ledger-context.ts';
import type { WebhookSending } from './webhook-sending.ts';

const EVENTS = 'events:read';

type Ruled<Value> = Result<Value, RequestDenial>;

export type WebhookRegister = ReturnType<typeof createWebhookRegister>;

export function createWebhookRegister(context: LedgerContext, sending: WebhookSending) {
  const { config, storage, tables, idempotent } = context;
  const secrets = createWebhookSecrets(config.appKeys);
  const inTurn = createTurns();

  /** A webhook of this app that is no wider than the caller's key. */
  function reach({ key, bounds }: Admitted, id: WebhookId): Ruled<KeptWebhook> {
    const webhook = tables.webhooks.find(id);
    if (!webhook) return denied({ reason: 'webhook_not_found' });
    const errors = key ? widerThanKey(webhook, bounds) : [];
    return errors.length > 0 ? denied({ reason: 'outside_bounds', errors }) : ok(webhook);
  }

  /** For whoever was let in a moment ago: its key may have been revoked meanwhile. */
  function reachStill(admitted: Admitted, id: WebhookId, now: Instant): Ruled<KeptWebhook> {
    if (!isStillAdmitted(tables.keys, admitted, now)) return denied({ reason: 'unauthenticated' });
    return reach(admitted, id);
  }

  function targetDenial(url: string): RequestDenial | undefined {
    const { publicUrl, webhooksAllowLoopback: allowLoopback } = config;
    const detail = targetFault(url, { publicUrl, allowLoopback });
    return detail === undefined
      ? undefined
      : { reason: 'invalid_request', errors: [{ pointer: '/url', detail }] };
  }

  async function reveal(id: WebhookId, ref: SecretRef): Promise<string> {
    const secret = await secrets.derive(id, ref);
    if (!secret) throw new Error('the root key of a new secret is gone');
    return secretText(secret);
  }

  /** A repeated request: the very secret that it made, while there is its webhook. */
  async function revealAgain(admitted: Admitted, made: string): Promise<Ruled<CreatedWebhook>> {
    const { id, ...ref } = JSON.parse(made) as SecretRef & { readonly id: WebhookId };
    const secret = await secrets.derive(id, ref);
    const found = reach(admitted, id);
    if (!found.ok) return found;
    return secret
      ? ok({ webhook: found.value, secret: secretText(secret) })
      : denied({ reason: 'webhook_not_found' });
  }

  /** Why the caller may make none, though it was let in a moment ago. */
  function refusal(admitted: Admitted, now: Instant): RequestDenial | undefined {
    if (!isStillAdmitted(tables.keys, admitted, now)) return { reason: 'unauthenticated' };
    const isFull = tables.webhooks.list().length >= MAX_WEBHOOKS;
    return isFull ? { reason: 'too_many_webhooks', quota: MAX_WEBHOOKS } : undefined;
  }

  /** A webhook tells its key's holder of events, so the key has to be one that may read them. */
  function deaf({ key }: Admitted): RequestDenial | undefined {
    const isDeaf = key !== undefined && !key.scopes.includes(EVENTS);
    return isDeaf ? { reason: 'scope_missing', scope: EVENTS } : undefined;
  }

  return {
    reach,
    create(
      admitted: Admitted,
      { url, types, tags, note }: WebhookTerms,
      idempotency: Idempotency | undefined,
      now: Instant,
    ): Promise<Ruled<CreatedWebhook>> {
      const { key, actor } = admitted;
      return idempotent.once({
        actor,
        idempotency,
        now,
        again: (made) => revealAgain(admitted, made),
        make: async (takeNonce, remember) => {
          const fault = deaf(admitted) ?? targetDenial(url) ?? refusal(admitted, now);
          if (fault) return denied(fault);
          const id: WebhookId = `wh_${encodeBase62(takeNonce())}`;
          const ref = { generation: 1, rootKeyId: await secrets.newestRootKeyId() };
          const secret = await reveal(id, ref);
          await sending.expectChange(now);

          // From here on in one go: what others did while this one waited counts.
          const refused = refusal(admitted, now);
          if (refused) return denied(refused);
          const webhook: KeptWebhook = {
            ...{ id, url, types, tags, note },
            ...{ createdAt: now, createdBy: actor, keyId: key?.id, within: boundsOf(key) },
            ...{ secret: ref, version: 1, settled: true, sentUpTo: tables.events.lastGiven() },
          };
          storage.transactionSync(() => {
            tables.webhooks.add(webhook);
            remember(JSON.stringify({ id, ...ref }));
          });
          return ok({ webhook, secret });
        },
      });
    },
    list({ key, bounds }: Admitted): KeptWebhook[] {
      const webhooks = tables.webhooks.list();
      return webhooks.filter((webhook) => !key || widerThanKey(webhook, bounds).length === 0);
    },
    async change(
      admitted: Admitted,
      id: WebhookId,
      patch: WebhookPatch,
      ifVersion: number | undefined,
      now: Instant,
    ): Promise<Ruled<KeptWebhook>> {
      await sending.expectChange(now);
      const found = reachStill(admitted, id, now);
      if (!found.ok) return found;
      const { version } = found.value;
      if (version !== (ifVersion ?? version)) return denied({ reason: 'webhook_changed' });
      const by = { by: admitted.key, lastEvent: tables.events.last(), now };
      const changed = changeWebhook(found.value, patch, by);
      const isAimed = patch.url !== undefined || patch.enabled === true;
      const fault = deaf(admitted) ?? (isAimed ? targetDenial(changed.url) : undefined);
      if (fault) return denied(fault);
      tables.webhooks.change(changed);
      await sending.tell(id);
      return ok(tables.webhooks.find(id) ?? changed);
    },
    /** Whether its outbox knows already. */
    async delete(admitted: Admitted, id: WebhookId, now: Instant): Promise<Ruled<boolean>> {
      await sending.expectChange(now);
      const found = reachStill(admitted, id, now);
      if (!found.ok) return found;
      tables.webhooks.delete(id, now);
      await sending.tell(id);
      return ok(tables.webhooks.unsent(id, tables.events.last()) === undefined);
    },
    rotate(
      admitted: Admitted,
      id: WebhookId,
      idempotency: Idempotency | undefined,
      now: Instant,
    ): Promise<Ruled<CreatedWebhook>> {
      const make = async (remember: (made: string) => void): Promise<Ruled<CreatedWebhook>> => {
        const rootKeyId = await secrets.newestRootKeyId();
        const terms = { rootKeyId, by: admitted.key?.id, now };
        await sending.expectChange(now);
        const found = reach(admitted, id);
        if (!found.ok) return found;
        const rotated = rotateSecret(found.value, terms);
        const secret = await reveal(id, rotated.secret);
        const current = reachStill(admitted, id, now);
        if (!current.ok) return current;
        storage.transactionSync(() => {
          tables.webhooks.change(rotateSecret(current.value, terms));
          remember(JSON.stringify({ id, ...rotated.secret }));
        });
        await sending.tell(id);
        return ok({ webhook: tables.webhooks.find(id) ?? rotated, secret });
      };
      return idempotent.once({
        actor: admitted.actor,
        idempotency,
        now,
        again: (made) => revealAgain(admitted, made),
        // Two at once would make one generation of both.
        make: (takeNonce, remember) =>
          inTurn(id, () => {
            takeNonce();
            return make(remember);
          }),
      });
    },
    /** The endpoint of this version wants nothing any more; a newer one may have another. */
    async disableGone(id: WebhookId, version: number, now: Instant): Promise<void> {
      await sending.expectChange(now);
      const webhook = tables.webhooks.find(id);
      if (webhook?.version !== version || webhook.disabledAt !== undefined) return;
      tables.webhooks.change(disable(webhook, 'gone', tables.events.last(), now));
    },
  };
}

/** What of a key bounds what it sees, and nothing it could be used with. */
function boundsOf(key: StoredKey | undefined): KeyBounds | undefined {
  if (!key) return undefined;
  const { scopes, stores, keyPrefixes, operations, maxTtlSeconds, requestsPerMinute } = key;
  const { expiresAt } = key;
  return {
    ...{ scopes, stores, keyPrefixes, operations },
    ...{ maxTtlSeconds, requestsPerMinute, expiresAt },
  };
}
