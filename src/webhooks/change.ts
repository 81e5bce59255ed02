// What becomes of a webhook that is changed, rotated, disabled or enabled again.

import type { StoredKey } from '../apps/api-key.ts';
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
  const changed = mergePatch<KeptWebhook>(webhook, terms);
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

/** Whoever enables it answers for it. What happened meanwhile is not sent. */
function enable(webhook: KeptWebhook, by: StoredKey | undefined, lastEvent: number): KeptWebhook {
  const { within, sentUpTo, hearsUpTo = lastEvent } = webhook;
  return {
    ...webhook,
    keyId: by?.id,
    within: within && { ...within, expiresAt: by?.expiresAt },
    disabledAt: undefined,
    disabledReason: undefined,
    // Rather too much than too little, where its outbox was out of reach all the time.
    sentUpTo: sentUpTo < hearsUpTo ? sentUpTo : lastEvent,
    hearsUpTo: undefined,
  };
}

/** The next secret signs from now on, the one before for a while too. */
export function rotateSecret(webhook: KeptWebhook, rootKeyId: string, now: Instant): KeptWebhook {
  const { secret } = webhook;
  return {
    ...webhook,
    secret: { generation: secret.generation + 1, rootKeyId },
    oldSecret: { ...secret, until: now + ROTATION_OVERLAP_MS },
    rotatedAt: now,
  };
}
