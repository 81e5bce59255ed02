// A webhook: where an app wants its events sent, which of them, and within which bounds.

import type { KeyId } from '../apps/api-key.ts';
import { type Bounds, type KeyBounds, widerFaults } from '../apps/bounds.ts';
import type { Event, EventType } from '../events/event.ts';
import type { Instant } from '../lib/time.ts';
import type { FieldError } from '../links/denial.ts';

export type WebhookId = `wh_${string}`;

/** Enough to read them all in one go, and to know what each is for. */
export const MAX_WEBHOOKS = 20;

/** How long a webhook's old secret and its new one both sign. */
export const ROTATION_OVERLAP_MS = 86_400_000;

export const DISABLED_REASONS = [
  'gone',
  'by_hand',
  'key_revoked',
  'key_expired',
  'imported',
] as const;

/** `gone`: the endpoint answered 410. `imported`: nobody has enabled it here yet. */
export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** From what a secret is derived; it is kept nowhere. */
export type SecretRef = { readonly generation: number; readonly rootKeyId: string };

export type Webhook = {
  readonly id: WebhookId;
  readonly url: string;
  /** Absent means events of every type. */
  readonly types?: readonly EventType[] | undefined;
  /** Only events of links that have one of these; absent means all, those of keys too. */
  readonly tags?: readonly string[] | undefined;
  readonly note?: string | undefined;
  readonly createdAt: Instant;
  /** The API key that made it, or `operator`. */
  readonly createdBy: string;
  /** The API key that answers for it: whoever made it, or gave it another URL or enabled it since. None for an operator's. */
  readonly keyId?: KeyId | undefined;
  /** What that key may see, and until when; absent for an operator's. */
  readonly within?: KeyBounds | undefined;
  readonly disabledAt?: Instant | undefined;
  readonly disabledReason?: DisabledReason | undefined;
  readonly secret: SecretRef;
  /** The secret before, which signs too until `until`. */
  readonly oldSecret?: (SecretRef & { readonly until: Instant }) | undefined;
  /** The API key that rotated it to this secret, which is revoked with it. */
  readonly secretKeyId?: KeyId | undefined;
  readonly rotatedAt?: Instant | undefined;
};

/** A webhook as the ledger keeps it. */
export type KeptWebhook = Webhook & {
  /** Each change makes a higher one. */
  readonly version: number;
  /** Whether its outbox has this version. */
  readonly settled: boolean;
  /** Up to which event its outbox has been given what it asked for. */
  readonly sentUpTo: number;
  /** Up to which event it hears; absent while it is enabled. */
  readonly hearsUpTo?: number | undefined;
};

/** What of a webhook may be set. */
export type WebhookTerms = Pick<Webhook, 'url' | 'types' | 'tags' | 'note'>;

/** Whether a webhook asked for an event; `tags` are its link's, `undefined` when it is of no link. */
export function wantsEvent(
  webhook: Webhook,
  event: Pick<Event, 'type' | 'at'>,
  tags: readonly string[] | undefined,
): boolean {
  const { types, within } = webhook;
  if (types && !types.includes(event.type)) return false;
  if (webhook.tags && !webhook.tags.some((tag) => tags?.includes(tag))) return false;
  return event.at < (within?.expiresAt ?? Number.POSITIVE_INFINITY);
}

/** In what a webhook is wider than a key: an operator's is wider than any. */
export function widerThanKey({ within }: Webhook, bounds: Bounds): FieldError[] {
  if (within) return widerFaults(within, bounds);
  return [{ pointer: '', detail: 'this webhook was made by an operator' }];
}

/** The secrets that sign now, the newest first. */
export function secretsInForce({ secret, oldSecret }: Webhook, now: Instant): SecretRef[] {
  return oldSecret && now < oldSecret.until ? [secret, oldSecret] : [secret];
}
