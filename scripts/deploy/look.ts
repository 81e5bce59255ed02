// Looks at what there is, in the file and in the account, and changes nothing.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../private-file.ts';
import { stop } from '../stop.ts';
import { aliasesOf } from './faults.ts';
import { healthFault } from './health.ts';
import type { DeployOptions } from './options.ts';
import type { Found } from './plan.ts';
import type { Production, Settings } from './production.ts';
import { missingSecrets, type Surroundings, successorOf } from './secrets.ts';
import { type Account, readAccounts, type Wrangler } from './wrangler.ts';

/** Of this run alone: two may be under way, for two files. */
const BUNDLE = `.local/deploy-${process.pid}`;

/** Ends the script where nobody is logged in, or where it isn't clear which account is meant. */
export async function chooseAccount({ accountId }: Production): Promise<Account> {
  const accounts = await readAccounts();
  if (!accounts) {
    stop(
      'Nobody is logged in to Cloudflare: run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN.',
    );
  }
  const wanted = accountId ?? process.env.CLOUDFLARE_ACCOUNT_ID;
  const [first, second] = accounts.filter(({ id }) => wanted === undefined || id === wanted);
  if (first && !second) return first;
  const list = accounts.map(({ id, name }) => `  ${id}  ${name}`).join('\n');
  if (!first) stop(`The login doesn't reach the account ${wanted ?? ''}. It reaches:\n${list}`);
  return stop(`The login reaches several accounts: set CLOUDFLARE_ACCOUNT_ID to one of\n${list}`);
}

export async function look(
  wrangler: Wrangler,
  production: Production,
  account: Account,
  options: DeployOptions,
  surroundings: Surroundings,
): Promise<Found> {
  const { name, vars } = production;
  const title = `${name}-grants`;
  const [present, existing] = await Promise.all([
    wrangler.secretNames(),
    production.grantsId ? undefined : wrangler.namespaceId(title),
    wrangler.bundle(BUNDLE),
  ]);
  const { rotate } = options;
  const missing = missingSecrets(aliasesOf(production), present ?? [], surroundings);
  if (rotate && missing.some((secret) => secret.name === rotate)) {
    stop(`There is no ${rotate} yet, so there is nothing to rotate: run this without --rotate.`);
  }
  return {
    worker: name,
    publicUrl: String(vars.PUBLIC_URL),
    account: `${account.name} (${account.id})`,
    config: options.config,
    stores: Object.entries((vars.STORES ?? {}) as Settings).map(([alias, store]) => {
      const { bucket, endpoint } = store as Settings;
      return { alias, where: `${bucket} at ${endpoint}` };
    }),
    present,
    namespace: { title, configured: production.grantsId, existing },
    missing,
    successor: rotate && successorOf(rotate, present ?? [], surroundings),
    isDeployed: present !== undefined && (await isDeployed(wrangler, production, options)),
  };
}

/** What was uploaded but didn't get its address, since the deployment broke off, doesn't answer there. */
async function isDeployed(
  wrangler: Wrangler,
  { vars }: Production,
  { config }: DeployOptions,
): Promise<boolean> {
  if ((await wrangler.deployedTag()) !== tagOf(config)) return false;
  return (await healthFault(String(vars.PUBLIC_URL))) === undefined;
}

/** Says which code and which settings run. wrangler's own README in the bundle holds the time. */
export function tagOf(config: string): string {
  const { version } = readJson<{ version: string }>('package.json') ?? { version: 'unknown' };
  const hash = createHash('sha256').update(readFileSync(config));
  const files = readdirSync(BUNDLE).filter((file) => !/\.(?:md|map)$/.test(file));
  for (const file of files.sort()) hash.update(readFileSync(join(BUNDLE, file)));
  return `${version}-${hash.digest('hex').slice(0, 12)}`;
}

export function forgetBundle(): void {
  rmSync(BUNDLE, { recursive: true, force: true });
}
