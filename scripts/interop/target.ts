// The store to try, by the environment: read as the Worker reads its own settings, so that what it would
// refuse is refused here.

import { randomBytes } from 'node:crypto';
import { type Config, readConfig } from '../../src/config.ts';
import { denied, ok, type Result } from '../../src/lib/result.ts';
import { CAPABILITIES } from './check.ts';

export const ALIAS = 'main';
/** Nothing of a run leads there. */
const PUBLIC_URL = 'https://files.example.com';

export type Settings = Readonly<Record<string, string | undefined>>;

/** What each setting of a store is called here. */
const NAMES = {
  [`STORES.${ALIAS}.endpoint`]: 'INTEROP_ENDPOINT',
  [`STORES.${ALIAS}.region`]: 'INTEROP_REGION',
  [`STORES.${ALIAS}.bucket`]: 'INTEROP_BUCKET',
  [`STORES.${ALIAS}.addressing`]: 'INTEROP_ADDRESSING',
  [`STORES.${ALIAS}.accessKeyId`]: 'INTEROP_ACCESS_KEY_ID',
  STORE_MAIN_SECRET_ACCESS_KEY: 'INTEROP_SECRET_ACCESS_KEY',
  STORE_MAIN_SESSION_TOKEN: 'INTEROP_SESSION_TOKEN',
  STORE_MAIN_SESSION_EXPIRES_AT: 'INTEROP_SESSION_EXPIRES_AT',
};

/** Whether the environment names no store at all, not even in part. */
export function namesNoStore(settings: Settings): boolean {
  return Object.values(NAMES).every((name) => (settings[name] ?? '') === '');
}

/** A deployment of this one store, said to be capable of everything. `reason` is one sentence. */
export function readTarget(settings: Settings): Result<Config, { readonly reason: string }> {
  const config = readConfig({
    PUBLIC_URL,
    LINK_KEYS: drawKey(),
    APP_KEYS: drawKey(),
    ADMIN_TOKEN: drawKey(),
    STORES: {
      [ALIAS]: {
        endpoint: settings.INTEROP_ENDPOINT,
        region: settings.INTEROP_REGION,
        bucket: settings.INTEROP_BUCKET,
        addressing: settings.INTEROP_ADDRESSING,
        accessKeyId: settings.INTEROP_ACCESS_KEY_ID,
        capabilities: Object.fromEntries(CAPABILITIES.map((name) => [name, true])),
      },
    },
    STORE_MAIN_SECRET_ACCESS_KEY: settings.INTEROP_SECRET_ACCESS_KEY,
    STORE_MAIN_SESSION_TOKEN: settings.INTEROP_SESSION_TOKEN || undefined,
    STORE_MAIN_SESSION_EXPIRES_AT: settings.INTEROP_SESSION_EXPIRES_AT,
  });
  const fault = config.storeFaults.get(ALIAS);
  return fault === undefined ? ok(config) : denied({ reason: `${asCalledHere(fault)}.` });
}

function asCalledHere(fault: string): string {
  const sentence = fault.replace(/^Store "main" is disabled: /, '');
  return Object.entries(NAMES).reduce(
    (text, [setting, name]) => text.replace(setting, name),
    sentence,
  );
}

function drawKey(): string {
  return randomBytes(32).toString('base64url');
}
