// The secrets of webhooks and what they sign, by Standard Webhooks 1.0.0. A secret is derived from the
// webhook's id and a generation, so that it is stored nowhere and yet the same again.

import { type Bytes, hmacSha256, importHmacKey, utf8 } from '../lib/digest.ts';
import { createPurposeKeys } from '../lib/root-keys.ts';
import { type Instant, SECOND_MS } from '../lib/time.ts';
import type { SecretRef, WebhookId } from './webhook.ts';

export type WebhookSecrets = {
  /** The id of the newest root key, under which new secrets are derived. */
  newestRootKeyId(): Promise<string>;
  /** `undefined` when its root key was removed. */
  derive(id: WebhookId, ref: SecretRef): Promise<Bytes | undefined>;
};

export function createWebhookSecrets(rootKeys: readonly Bytes[]): WebhookSecrets {
  const keys = createPurposeKeys(rootKeys, 'webhook');
  return {
    newestRootKeyId: async () => (await keys.newest()).rootKeyId,
    async derive(id, { generation, rootKeyId }) {
      const purpose = await keys.under(rootKeyId);
      return purpose && hmacSha256(purpose.key, utf8(`${id} ${generation}`));
    },
  };
}

/** A secret as its receiver configures it. */
export function secretText(secret: Bytes): string {
  return `whsec_${base64(secret)}`;
}

export type SignedMessage = { readonly id: string; readonly body: string };

/** The headers that authenticate a message, with a signature by each secret. */
export async function signatureHeaders(
  secrets: readonly Bytes[],
  { id, body }: SignedMessage,
  now: Instant,
): Promise<Record<string, string>> {
  const timestamp = Math.floor(now / SECOND_MS);
  const signed = utf8(`${id}.${timestamp}.${body}`);
  const signatures = secrets.map(async (secret) => {
    return `v1,${base64(await hmacSha256(await importHmacKey(secret), signed))}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': (await Promise.all(signatures)).join(' '),
  };
}

function base64(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes));
}
