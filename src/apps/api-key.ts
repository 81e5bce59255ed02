// An app's API key: hp_<app>_<secret>. Its tag is checked before any storage, its hash in the ledger.

import { type Bytes, equalInConstantTime, sha256, utf8 } from '../lib/digest.ts';
import { createTaggedSecrets } from '../lib/tagged-secret.ts';
import type { Instant } from '../lib/time.ts';

/** OWASP ASVS 5, 11.5.1: at least 128 random bits. */
export const API_KEY_RANDOM_BYTES = 16;

const API_KEY = /^hp_([0-9A-Za-z]{1,32})_([0-9A-Za-z]{29})$/;

export type KeyId = `key_${string}`;

/** An authentic API key as it travels inside: enough to look it up, too little to use it. */
export type Credential = {
  readonly app: string;
  readonly keyId: KeyId;
  readonly hash: Bytes;
};

/** What the ledger keeps of an API key. */
export type StoredKey = {
  readonly id: KeyId;
  readonly hash: Bytes;
  readonly createdAt: Instant;
};

export type ApiKeys = {
  make(app: string, random: Bytes): Promise<{ apiKey: string; credential: Credential }>;
  /** The credential of an authentic API key; `undefined` for any other text. */
  credentialOf(text: string): Promise<Credential | undefined>;
};

export function createApiKeys(rootKeys: readonly Bytes[]): ApiKeys {
  const secrets = createTaggedSecrets({
    rootKeys,
    purpose: 'api key',
    randomBytes: API_KEY_RANDOM_BYTES,
  });

  return {
    async make(app, random) {
      const secret = await secrets.make(random, app);
      const apiKey = `hp_${app}_${secret.text}`;
      return { apiKey, credential: await credential(app, secret.id, apiKey) };
    },
    async credentialOf(text) {
      const [, app, secret] = API_KEY.exec(text) ?? [];
      if (app === undefined || secret === undefined) return undefined;
      const known = await secrets.read(secret, app);
      return known && credential(app, known.id, text);
    },
  };
}

export function isSameKey(stored: StoredKey, presented: Credential): boolean {
  return equalInConstantTime(stored.hash, presented.hash);
}

async function credential(app: string, id: string, apiKey: string): Promise<Credential> {
  return { app, keyId: `key_${id}`, hash: await sha256(utf8(apiKey)) };
}
