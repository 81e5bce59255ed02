// An app's API key: hp_<app>_<secret>. Its tag is checked before any storage, its hash in the ledger.

import { type Bytes, equalInConstantTime, hmacSha256, sha256, utf8 } from '../lib/digest.ts';
import { createPurposeKeys } from '../lib/root-keys.ts';
import { createTaggedSecrets } from '../lib/tagged-secret.ts';
import type { Instant } from '../lib/time.ts';
import type { KeyBounds } from './bounds.ts';

/** OWASP ASVS 5, 11.5.1: at least 128 random bits. */
const RANDOM_BYTES = 16;

const API_KEY = /^hp_([0-9A-Za-z]{1,32})_([0-9A-Za-z]{29})$/;

export type KeyId = `key_${string}`;

/** An authentic API key as it travels inside: enough to look it up, too little to use it. */
export type Credential = {
  readonly app: string;
  readonly keyId: KeyId;
  readonly hash: Bytes;
};

/** What the ledger keeps of an API key. */
export type StoredKey = KeyBounds & {
  readonly id: KeyId;
  readonly hash: Bytes;
  readonly rootKeyId: string;
  readonly note?: string | undefined;
  readonly createdAt: Instant;
  /** The key that made it, or `operator`. */
  readonly createdBy: string;
  readonly revokedAt?: Instant | undefined;
  /** The key that takes its place. */
  readonly rotatedTo?: KeyId | undefined;
};

export type ApiKey = {
  readonly apiKey: string;
  readonly id: KeyId;
  readonly hash: Bytes;
  readonly rootKeyId: string;
};

export type ApiKeys = {
  /** The API key that this nonce stands for under the newest root key: always the same. */
  fromNonce(app: string, nonce: Bytes): Promise<ApiKey>;
  /** The same for a key that was made under an older root key. */
  fromNonceUnder(rootKeyId: string, app: string, nonce: Bytes): Promise<ApiKey | undefined>;
  /** The credential of an authentic API key; `undefined` for any other text. */
  credentialOf(text: string): Promise<Credential | undefined>;
};

export function createApiKeys(rootKeys: readonly Bytes[]): ApiKeys {
  const secrets = createTaggedSecrets({
    rootKeys,
    purpose: 'api key',
    randomBytes: RANDOM_BYTES,
  });
  const nonceKeys = createPurposeKeys(rootKeys, 'api key nonce');

  return {
    async fromNonce(app, nonce) {
      const { key } = await nonceKeys.newest();
      const secret = await secrets.make(await randomFrom(key, nonce), app);
      return apiKeyOf(app, secret);
    },
    async fromNonceUnder(rootKeyId, app, nonce) {
      const nonceKey = await nonceKeys.under(rootKeyId);
      if (!nonceKey) return undefined;
      const random = await randomFrom(nonceKey.key, nonce);
      const secret = await secrets.makeUnder(rootKeyId, random, app);
      return secret && apiKeyOf(app, secret);
    },
    async credentialOf(text) {
      const [, app, secret] = API_KEY.exec(text) ?? [];
      if (app === undefined || secret === undefined) return undefined;
      const known = await secrets.read(secret, app);
      return known && { app, keyId: `key_${known.id}`, hash: await sha256(utf8(text)) };
    },
  };
}

/** Whether a stored key is the presented one and in force. */
export function isInForce(
  stored: StoredKey | undefined,
  presented: Credential,
  now: Instant,
): stored is StoredKey {
  return (
    stored !== undefined &&
    equalInConstantTime(stored.hash, presented.hash) &&
    isUsable(stored, now)
  );
}

/** Whether a key has neither been revoked nor expired. */
export function isUsable({ revokedAt, expiresAt }: StoredKey, now: Instant): boolean {
  return revokedAt === undefined && now < (expiresAt ?? Number.POSITIVE_INFINITY);
}

async function apiKeyOf(
  app: string,
  secret: { text: string; id: string; rootKeyId: string },
): Promise<ApiKey> {
  const apiKey = `hp_${app}_${secret.text}`;
  return {
    apiKey,
    id: `key_${secret.id}`,
    hash: await sha256(utf8(apiKey)),
    rootKeyId: secret.rootKeyId,
  };
}

async function randomFrom(nonceKey: CryptoKey, nonce: Bytes): Promise<Bytes> {
  return (await hmacSha256(nonceKey, nonce)).slice(0, RANDOM_BYTES);
}
