// The composition root: one set of services for each environment the Worker is given.

import { type ApiKeys, createApiKeys } from './apps/api-key.ts';
import { createExportSignatures, type ExportSignatures } from './apps/export-signature.ts';
import type { Apps, LedgerOf } from './apps/ports.ts';
import { type Config, type Env, readConfig } from './config.ts';
import { type Cursors, createCursors } from './lib/cursor.ts';
import type { Log } from './lib/log.ts';
import { pause } from './lib/pause.ts';
import { type Random, randomBytes } from './lib/random.ts';
import { createRequestHashes, type RequestHashes } from './lib/request-hash.ts';
import { SECOND_MS, systemClock } from './lib/time.ts';
import { createSiteHash } from './links/address.ts';
import { createClaimHash } from './links/claim.ts';
import type { OpenServices } from './links/open.ts';
import { createPasswords } from './links/password.ts';
import type { Floods } from './links/ports.ts';
import { createTokens } from './links/token.ts';
import type { TransferServices } from './links/transfer.ts';
import { drawUnique } from './links/upload-key.ts';
import type { UploadServices } from './links/uploads.ts';
import { createApps, createGates, createLedgers, createSessions } from './objects/clients.ts';
import { writeApart } from './objects/operator-log.ts';
import { createWebhookLedgers } from './objects/webhook-clients.ts';
import type { Sessions } from './operators/ports.ts';
import { createSessionSecrets, type SessionSecrets } from './operators/session.ts';
import { createMeasure, type Measure } from './storage/analytics.ts';
import { createKvGrants } from './storage/kv-grants.ts';
import { type CheckStore, createStoreChecker } from './stores/check-store.ts';
import { createObjectFetcher } from './stores/fetch-object.ts';
import { isServed } from './stores/pinned-store.ts';
import { createGrantPresigner } from './stores/presign-grant.ts';
import { createStoreHealths, type StoreHealth, type StoreHealths } from './stores/store-health.ts';
import { createUploadOrigin } from './stores/upload-origin.ts';
import { createUploadStore } from './stores/upload-store.ts';
import type { WebhookLedgerOf } from './webhooks/ports.ts';

export type { Config, StoreHealth };

export type Services = OpenServices &
  TransferServices &
  UploadServices & {
    readonly config: Config;
    readonly random: Random;
    readonly requestHashes: RequestHashes;
    readonly apiKeys: ApiKeys;
    readonly cursors: Cursors;
    readonly ledgerOf: LedgerOf;
    readonly webhooksOf: WebhookLedgerOf;
    readonly apps: Apps;
    readonly exportSignatures: ExportSignatures;
    readonly checkStore: CheckStore;
    readonly storeHealths: StoreHealths;
    readonly sessions: Sessions;
    readonly sessionSecrets: SessionSecrets;
    readonly measure: Measure | undefined;
  };

/** The one service that needs no settings. */
export const log: Log = writeApart;

const servicesByEnv = new WeakMap<Env, Services>();

/** Throws `ConfigError` for a wrong setting. */
export function servicesOf(env: Env): Services {
  const kept = servicesByEnv.get(env);
  if (kept) return kept;
  const services = createServices(env);
  servicesByEnv.set(env, services);
  return services;
}

function createServices(env: Env): Services {
  const config = readConfig(env);
  for (const error of config.storeFaults.values()) log('error', { event: 'store.disabled', error });
  return {
    config,
    clock: systemClock,
    random: randomBytes,
    tokens: createTokens(config.linkKeys),
    claimHash: createClaimHash(config.linkKeys),
    siteHash: createSiteHash(config.linkKeys),
    passwords: createPasswords(config.linkKeys, config.passwordIterations),
    requestHashes: createRequestHashes(config.linkKeys),
    apiKeys: createApiKeys(config.appKeys),
    floods: createFloods(env),
    grants: createKvGrants(env.GRANTS, systemClock),
    gates: createGates(env),
    cursors: createCursors(config.linkKeys, randomBytes),
    ledgerOf: createLedgers(env),
    webhooksOf: createWebhookLedgers(env),
    apps: createApps(env),
    exportSignatures: createExportSignatures(config.linkKeys),
    storeHealths: createStoreHealths(config, systemClock, randomBytes, (url, init) =>
      fetch(url, init),
    ),
    sessions: createSessions(env),
    sessionSecrets: createSessionSecrets(config.appKeys, config.adminToken, randomBytes),
    measure: createMeasure(env, log),
    isServed: (grant) => isServed(config, grant, systemClock()),
    presign: createGrantPresigner(config, systemClock),
    fetchObject: createObjectFetcher(config, systemClock, (url, init) => fetch(url, init), log),
    pause,
    recheckMs: config.streamRecheckSeconds * SECOND_MS,
    uploadStore: createUploadStore(config, systemClock, (url, init) => fetch(url, init)),
    uploadOrigin: createUploadOrigin(config),
    longestUrlSeconds: Math.max(
      0,
      ...[...config.stores.values()].map((store) => store.maxUrlSeconds),
    ),
    hasChecksums: (store) => config.stores.get(store)?.checksums === true,
    drawUnique: () => drawUnique(randomBytes),
    checkStore: createStoreChecker(config, systemClock, randomBytes, (url, init) =>
      fetch(url, init),
    ),
  };
}

/** Where no binding sheds floods, the gate alone stands against them. */
function createFloods({ FLOODS }: Env): Floods {
  return async (id) => {
    try {
      return FLOODS === undefined || (await FLOODS.limit({ key: id })).success;
    } catch {
      return true;
    }
  };
}
