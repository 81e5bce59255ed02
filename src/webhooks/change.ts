// What becomes of a webhook that is changed, rotated, disabled or enabled again.

import type { KeyId, StoredKey } from '../apps/api-key.ts';
import { type MergePatch, mergePatch } from '../lib/merge-patch.ts';
import type { Instant } from '../lib/time.ts';
import {
  type DisabledReason,
  type KeptWebhook,
  ROTATION_OVERLAP_MS,
  type WebhookTerms,
} from './webhook.ts';

export type WebhookPatch = MergePatch<WebhookTerms> & { readonly enabled?: boolean | undefined };

type Circumstances = {
  /** The API key that asks, none for an operator. */
  readonly by: StoredKey | undefined;
  /** The newest event there is. */
  readonly lastEvent: number;
  readonly now: Instant;
};

export function changeWebhook(
  webhook: KeptWebhook,
  { enabled, ...terms }: WebhookPatch,
  { by, lastEvent, now }: Circumstances,
): KeptWebhook {
  const merged = mergePatch<KeptWebhook>(webhook, terms);
  const changed = merged.url === webhook.url ? merged : answeredForBy(merged, by);
  if (enabled === undefined || enabled === (webhook.disabledAt === undefined)) return changed;
  return enabled ? enable(changed, by, lastEvent) : disable(changed, 'by_hand', lastEvent, now);
}

/** What happened before is still heard of, though it is too late to be delivered. */
export function disable(
  webhook: KeptWebhook,
  disabledReason: DisabledReason,
  lastEvent: number,
  now: Instant,
): KeptWebhook {
  return { ...webhook, disabledAt: now, disabledReason, hearsUpTo: lastEvent };
}

/** Whoever says where events go, or that they go again: the webhook ends with that key. */
function answeredForBy(webhook: KeptWebhook, by: StoredKey | undefined): KeptWebhook {
  const { within } = webhook;
  return { ...webhook, keyId: by?.id, within: within && { ...within, expiresAt: by?.expiresAt } };
}

/** What happened meanwhile is not sent. */
function enable(webhook: KeptWebhook, by: StoredKey | undefined, lastEvent: number): KeptWebhook {
  const { sentUpTo, hearsUpTo = lastEvent } = webhook;
  return {
    ...answeredForBy(webhook, by),
    disabledAt: undefined,
    disabledReason: undefined,
    // Rather too much than too little, where its outbox was out of reach all the time.
    sentUpTo: sentUpTo < hearsUpTo ? sentUpTo : lastEvent,
    hearsUpTo: undefined,
  };
}

/**
 * The next secret signs from now on, the one before for a while too. A ledger that was restored would count
 * once more to the secrets that it gave out since; the clock doesn't.
 */
export function rotateSecret(
  webhook: KeptWebhook,
  { rootKeyId, by, now }: { rootKeyId: string; by: KeyId | undefined; now: Instant },
): KeptWebhook {
  const { secret } = webhook;
  return {
    ...webhook,
    secret: { generation: Math.max(secret.generation + 1, now), rootKeyId },
    secretKeyId: by,
    oldSecret: { ...secret, until: now + ROTATION_OVERLAP_MS },
    rotatedAt: now,
  };
}
