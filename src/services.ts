// The composition root: one set of services for each environment the Worker is given.

import { type ApiKeys, createApiKeys } from './apps/api-key.ts';
import type { AppKeys, Apps } from './apps/ports.ts';
import { type Config, type Env, readConfig } from './config.ts';
import { type Random, randomBytes } from './lib/random.ts';
import { type Clock, systemClock } from './lib/time.ts';
import type { Gates, Grants, Ledgers, Presign } from './links/ports.ts';
import { createTokens, type Tokens } from './links/token.ts';
import { createApps, createGates, createLedgers } from './objects/clients.ts';
import { createKvGrants } from './storage/kv-grants.ts';
import { createGrantPresigner } from './stores/presign-grant.ts';

export type Services = {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly tokens: Tokens;
  readonly apiKeys: ApiKeys;
  readonly grants: Grants;
  readonly gates: Gates;
  readonly ledgers: Ledgers;
  readonly appKeys: AppKeys;
  readonly apps: Apps;
  readonly presign: Presign;
};

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
  for (const fault of config.storeFaults) console.error(fault);
  const ledgers = createLedgers(env);
  return {
    config,
    clock: systemClock,
    random: randomBytes,
    tokens: createTokens(config.linkKeys),
    apiKeys: createApiKeys(config.appKeys),
    grants: createKvGrants(env.GRANTS, systemClock),
    gates: createGates(env),
    ledgers,
    appKeys: ledgers,
    apps: createApps(env),
    presign: createGrantPresigner(config, systemClock),
  };
}
