// `npm run interop`: tries a store with everything that a link may ask of it, by Hallpass's own code, and says
// what it enforces, which settings it needs, and whether Hallpass can keep its promises there.

import { parseArgs } from 'node:util';
import { randomBytes } from '../src/lib/random.ts';
import { systemClock } from '../src/lib/time.ts';
import { startEmbedded } from './interop/embedded.ts';
import { tryStore } from './interop/matrix.ts';
import { reportTable } from './interop/table.ts';
import { namesNoStore, readTarget, type Settings } from './interop/target.ts';
import { stop } from './stop.ts';

const HELP = `Usage: npm run -s interop -- [--json]

Tries a store with everything that a link may ask of it, and prints what it enforces (yes, no, or can't where
it could not be told) and the settings it needs. Writes some 100 small objects and two of 5 MiB under
hallpass-interop/<random>/, and removes them; nothing else is touched.

  --json   the same as JSON

The store, by the environment; without any of these the embedded server is tried:
  INTEROP_ENDPOINT              https://s3.eu-central-1.amazonaws.com, without the bucket
  INTEROP_REGION                eu-central-1
  INTEROP_BUCKET                an empty one, or any
  INTEROP_ADDRESSING            path or virtual
  INTEROP_ACCESS_KEY_ID         of an identity that may also delete what it writes
  INTEROP_SECRET_ACCESS_KEY
  INTEROP_SESSION_TOKEN         of temporary credentials, with
  INTEROP_SESSION_EXPIRES_AT    their end, 2030-01-31T12:00:00Z

Exit codes: 0 Hallpass keeps its promises there, 1 it can't or the store could not be tried, 2 wrong setting.`;

const WRONG_SETTING = 2;

const options = readOptions();
if (options.help) console.log(HELP);
else await run(options.json);

async function run(asJson: boolean): Promise<void> {
  const embedded = namesNoStore(process.env) ? await startEmbedded() : undefined;
  try {
    process.exitCode = await report(embedded?.settings ?? process.env, asJson);
  } finally {
    await embedded?.close();
  }
}

/** Answers the exit code. */
async function report(settings: Settings, asJson: boolean): Promise<number> {
  const target = readTarget(settings);
  if (!target.ok) return complain(target.denial.reason, WRONG_SETTING);
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interruption.abort());
  }
  const tried = await tryStore(target.value, {
    clock: systemClock,
    random: randomBytes,
    fetch: (url, init) => fetch(url, init),
    interrupted: interruption.signal,
  });
  if (!tried.ok) return complain(tried.denial.reason, 1);
  const [store] = target.value.stores.values();
  if (!store) throw new Error('there is no store to try');
  console.log(asJson ? JSON.stringify(tried.value, null, 2) : reportTable(tried.value, store));
  const { broken, left } = tried.value;
  return broken.length === 0 && left.length === 0 ? 0 : 1;
}

function complain(sentence: string, exitCode: number): number {
  console.error(sentence);
  return exitCode;
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    return stop(`${(error as Error).message}\n\n${HELP}`, WRONG_SETTING);
  }
}
