// `npm run deploy`: tells what is there, what is missing and what it will do, asks, does it, and looks
// whether the gateway answers. Secrets go to wrangler by its standard input, and nowhere else.

import { setTimeout as pause } from 'node:timers/promises';
import { ask, confirm } from '../src/cli/prompt.ts';
import { isAttended as hasTerminal, type Session } from '../src/cli/session.ts';
import { apply } from './deploy/apply.ts';
import { collectSecrets } from './deploy/collect-secrets.ts';
import { aliasesOf, faultsOf } from './deploy/faults.ts';
import { healthFault, leadsSomewhere, waitForHealth } from './deploy/health.ts';
import { chooseAccount, forgetBundle, look, tagOf } from './deploy/look.ts';
import { readOptions } from './deploy/options.ts';
import { type Found, foundInWords, planInWords, planOf, type Step } from './deploy/plan.ts';
import { readProduction } from './deploy/production.ts';
import type { Missing } from './deploy/secrets.ts';
import { missingSecrets } from './deploy/secrets.ts';
import { createWrangler, WranglerError } from './deploy/wrangler.ts';
import { stop } from './stop.ts';

const OLDEST_NODE = 22;

const options = readOptions(process.argv.slice(2));
const { stdin, stdout, stderr, env } = process;
const { signal } = new AbortController();
const session: Session = { stdin, stdout, stderr, env, signal, isJson: false };
const isAttended = hasTerminal(session) && !options.isYes;

process.once('exit', forgetBundle);
try {
  await deploy();
} catch (error) {
  if (!(error instanceof WranglerError)) throw error;
  stop(`${error.message}\n\nRun this again: it goes on from what is there by then.`);
}

async function deploy(): Promise<void> {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    stop(
      `Node ${process.versions.node} is too old: start this by \`npm run deploy\`, which brings its own.`,
    );
  }
  const production = await readProduction(options.config);
  // A dry run needs neither a terminal nor the secrets themselves.
  const surroundings = {
    environment: env,
    canAsk: options.isDryRun || isAttended,
    canShow: options.isDryRun || stdout.isTTY === true,
  };
  const needed = missingSecrets(aliasesOf(production), [], surroundings).map(({ name }) => name);
  stopAtFaults(faultsOf(production, needed, {}));

  const account = await chooseAccount(production);
  const wrangler = createWrangler(options.config, account.id);
  const found = await look(wrangler, production, account, options, surroundings);
  const steps = planOf(found);
  console.log([...foundInWords(found), '', ...planInWords(steps, found), ''].join('\n'));
  stopAtFaults(found.missing.filter(({ source }) => source === 'none').map(nobodyToAsk));
  if (options.isDryRun) {
    console.log('This was a dry run: nothing was changed.');
    return;
  }

  if (steps.length > 0) {
    await stopIfTaken(found, steps);
    const question = 'Go on?';
    if (!options.isYes && !isAttended)
      stop(`${question} Nobody can be asked here: say so with --yes.`);
    if (!(await confirm(session, question, options.isYes))) return;
    const secrets = await collectSecrets(session, secretsOf(steps));
    stopAtFaults(faultsOf(production, [...needed, ...(found.present ?? [])], secrets));
    await showAdminToken(found.missing, secrets);
    const tag = () => tagOf(options.config);
    const { config } = options;
    await apply(steps, { wrangler, config, secrets, tag, isAttended, say: console.log });
  }
  await tellHealth(found);
  tellNext(found);
}

function stopAtFaults(faults: readonly string[]): void {
  if (faults.length === 0) return;
  const list = faults.map((fault) => `  - ${fault}`).join('\n');
  stop(`Nothing was changed. First, in ${options.config}, or as said here:\n${list}`);
}

function nobodyToAsk({ name }: Missing): string {
  return `${name} is missing: run this at a terminal, or set it as an environment variable`;
}

/** Where nobody can be asked, wrangler would take over a DNS record without a word. */
async function stopIfTaken({ present, publicUrl }: Found, steps: readonly Step[]): Promise<void> {
  const isFirst = present === undefined && steps.some((step) => step.do === 'deploy');
  if (!isFirst || isAttended || !(await leadsSomewhere(publicUrl))) return;
  if ((await healthFault(publicUrl)) === undefined) return;
  stop(
    `Nothing was changed. ${publicUrl} leads somewhere already: run this at a terminal, where wrangler ` +
      'asks before it takes over a DNS record, or remove that record first.',
  );
}

function secretsOf(steps: readonly Step[]): readonly Missing[] {
  return steps.flatMap((step) => (step.do === 'put secrets' ? step.secrets : []));
}

/** Before it is put, so that whatever happens then, nobody is locked out. */
async function showAdminToken(
  missing: readonly Missing[],
  secrets: Readonly<Record<string, string>>,
): Promise<void> {
  const token = missing.find(({ source }) => source === 'shown');
  if (!token) return;
  console.log(`\n${token.name}, which you need to sign in. Keep it now, it isn't shown again:\n`);
  console.log(`  ${secrets[token.name]}\n`);
  if (isAttended) await ask(session, { prompt: 'Kept it? Press Enter. ' });
}

async function tellHealth({ publicUrl }: Found): Promise<void> {
  console.log(`Asking ${publicUrl}/healthz …`);
  const waiting = { seconds: options.waitSeconds, now: Date.now, pause };
  const fault = await waitForHealth(publicUrl, waiting);
  if (fault === undefined) return console.log('The gateway answers.\n');
  stop(
    `The gateway doesn't answer yet: ${fault}.\nA new domain needs some minutes. If it stays so, the ` +
      "Worker's log in Cloudflare's dashboard says why in one sentence; then run this again.",
  );
}

function tellNext({ publicUrl, stores }: Found): void {
  const alias = stores[0]?.alias ?? 'main';
  console.log(`Next, with the admin token, an app with its key, and a link:

  npm run -s cli -- login ${publicUrl}
  export HALLPASS_API_KEY=$(npm run -s cli -- keys create --app "$(npm run -s cli -- apps create --name first --store ${alias})")
  npm run -s cli -- mint <key of an object> --store ${alias} --ttl 10m`);
}
