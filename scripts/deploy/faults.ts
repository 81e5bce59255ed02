// What is wrong with the settings of production, by the Worker's own reader of them and a few rules that
// hold in production only. Each fault is a sentence without a secret.

import { type Config, ConfigError, readConfig } from '../../src/config.ts';
import { ROOT_KEY_NAMES } from './options.ts';
import type { Production, Settings } from './production.ts';

const TOKENS = ['ADMIN_TOKEN', 'METRICS_TOKEN'];
const IS_STORE_SECRET = /^STORE_\w+_(?:SECRET_ACCESS_KEY|SESSION_TOKEN)$/;

/**
 * `secrets` are those that will be put; those that are there already (`present`) can't be read back and
 * pass for good ones.
 */
export function faultsOf(
  production: Production,
  present: readonly string[],
  secrets: Readonly<Record<string, string>>,
): string[] {
  const { vars, exposures } = production;
  const misplaced = Object.keys(vars).filter(isSecret);
  if (misplaced.length > 0) {
    return misplaced.map((name) => `${name} must be a secret: vars can be read, and are committed`);
  }
  try {
    const config = readConfig({ ...vars, ...standIns(present), ...secrets });
    return [
      ...exposures,
      ...config.storeFaults.values(),
      ...faultsInProduction(config, production),
    ];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [...exposures, error.message];
  }
}

/** The aliases of all stores, disabled ones too. */
export function aliasesOf({ vars }: Production): string[] {
  return typeof vars.STORES === 'object' && vars.STORES !== null ? Object.keys(vars.STORES) : [];
}

function faultsInProduction(config: Config, { hosts }: Production): string[] {
  const { protocol, hostname } = new URL(config.publicUrl);
  const checks: [boolean, string][] = [
    [
      !/(?:^|\.)example\.com$/.test(hostname),
      `PUBLIC_URL is still the example, ${config.publicUrl}`,
    ],
    [protocol === 'https:', `PUBLIC_URL must be https in production, got ${config.publicUrl}`],
    [
      hosts.includes(hostname),
      `routes must have ${hostname}, where PUBLIC_URL says that links live`,
    ],
    [
      config.adminHost === undefined || hosts.includes(config.adminHost),
      `routes must have ${config.adminHost}, the host that ADMIN_HOST names`,
    ],
    [!config.webhooksAllowLoopback, 'WEBHOOKS_ALLOW_LOOPBACK must not be set in production'],
    [
      config.stores.size + config.storeFaults.size > 0,
      'There is no store: describe one in [env.production.vars.STORES.main]',
    ],
  ];
  return checks.filter(([isGood]) => !isGood).map(([, sentence]) => sentence);
}

function isSecret(name: string): boolean {
  const isRootKey = ROOT_KEY_NAMES.some((rootKey) => name.startsWith(rootKey));
  return isRootKey || TOKENS.includes(name) || IS_STORE_SECRET.test(name);
}

/** Settings that `readConfig` takes, in place of secrets whose names alone are known. */
function standIns(names: readonly string[]): Settings {
  return Object.fromEntries(
    names.flatMap((name) => {
      if (ROOT_KEY_NAMES.some((rootKey) => name.startsWith(rootKey))) return [[name, ROOT_KEY]];
      if (name.endsWith('_SESSION_EXPIRES_AT')) return [[name, '2999-12-31T00:00:00Z']];
      // No two secrets are the same.
      return isSecret(name) ? [[name, name.padEnd(32, '.')]] : [];
    }),
  );
}

/** 32 bytes as base64url. */
const ROOT_KEY = 'A'.repeat(43);
