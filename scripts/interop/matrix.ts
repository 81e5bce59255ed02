// Tries a store with everything that a grant may ask of it, and leaves nothing there.

import type { Config } from '../../src/config.ts';
import { encodeBase62 } from '../../src/lib/base62.ts';
import type { Random } from '../../src/lib/random.ts';
import { denied, ok, type Result } from '../../src/lib/result.ts';
import { type Clock, toIso } from '../../src/lib/time.ts';
import type { Fetch } from '../../src/stores/ask-store.ts';
import { createStoreChecker } from '../../src/stores/check-store.ts';
import { CannotTell } from './ask.ts';
import { type Area, type Check, cannot, type Verdict } from './check.ts';
import { keys } from './keys.ts';
import { multipart } from './multipart.ts';
import { overrides } from './overrides.ts';
import { reads } from './reads.ts';
import { createScratch } from './scratch.ts';
import { type Asked, brokenPromises, type Capabilities, capabilitiesBy } from './settings.ts';
import { clocks, sessions, signatures } from './signatures.ts';
import { streams } from './streams.ts';
import { ALIAS } from './target.ts';
import { createTrial, presignPut, send, type Trial } from './trial.ts';
import { versions } from './versions.ts';
import { writes } from './writes.ts';

const PREFIX = 'hallpass-interop';
const PREFIX_BYTES = 12;

export type Report = {
  readonly ranAt: string;
  readonly store: {
    readonly endpoint: string;
    readonly region: string;
    readonly bucket: string;
    readonly addressing: string;
  };
  readonly asked: readonly Asked[];
  readonly capabilities: Capabilities;
  /** What promises stand on and the store doesn't do. */
  readonly broken: readonly string[];
  /** Keys that could not be removed. */
  readonly left: readonly string[];
};

/** Why a store can't be tried, in sentences. */
type Hindrance = { readonly reason: string };

export type MatrixServices = {
  readonly clock: Clock;
  readonly random: Random;
  readonly fetch: Fetch;
  /** Once it is aborted nothing more is tried, and what was written is removed. */
  readonly interrupted: AbortSignal;
};

/** `config` is of one store, which is said to be able to do everything. */
export async function tryStore(
  config: Config,
  services: MatrixServices,
): Promise<Result<Report, Hindrance>> {
  const { clock, random } = services;
  const trialsOf = (part: string) => prepare(config, services, part);
  const name = encodeBase62(random(PREFIX_BYTES));
  const hindrance =
    (await faultOfStore(config, services)) ?? (await faultOfRights(trialsOf(`${name}/rights/`)));
  if (hindrance !== undefined) return denied({ reason: hindrance });

  const startedAt = clock();
  const { trial, tidy } = trialsOf(`${name}/`);
  const asked: Asked[] = [];
  let left: string[] = [];
  try {
    const fault = await faultOfWriting(trial);
    if (fault !== undefined) return denied({ reason: fault });
    for (const { title, checks } of areasFor(trial)) {
      for (const check of checks) {
        if (services.interrupted.aborted) break;
        const { name, what, backs } = check;
        asked.push({ area: title, name, what, backs, ...(await verdictOf(check, trial)) });
      }
    }
  } finally {
    left = await tidy(trial);
  }
  if (services.interrupted.aborted) return denied({ reason: interruption(left) });
  const { endpoint, region, bucket, addressing } = trial.store;
  return ok({
    ranAt: toIso(startedAt),
    store: { endpoint, region, bucket, addressing },
    asked,
    capabilities: capabilitiesBy(asked),
    broken: brokenPromises(asked),
    left,
  });
}

function areasFor({ store }: Trial): Area[] {
  const always = [reads, overrides, keys, versions, writes, multipart, streams, signatures, clocks];
  return store.session ? [...always, sessions] : always;
}

function prepare(config: Config, { clock, fetch }: MatrixServices, part: string) {
  const [store] = config.stores.values();
  if (!store) throw new Error('there is no store to try');
  const { scratch, tidy } = createScratch(store, `${PREFIX}/${part}`, fetch);
  return { trial: createTrial(config, { clock, scratch }), tidy };
}

async function verdictOf({ run }: Check, trial: Trial): Promise<Verdict> {
  try {
    return await run(trial);
  } catch (error) {
    if (error instanceof CannotTell) return cannot(error.message);
    throw error;
  }
}

/** What would spoil everything: no answer, wrong credentials, region or bucket, a wrong clock. */
async function faultOfStore(
  config: Config,
  { clock, random, fetch }: MatrixServices,
): Promise<string | undefined> {
  const check = createStoreChecker(config, clock, random, fetch);
  const checked = await check(ALIAS, { write: false, prefix: `${PREFIX}/` });
  if (!checked.ok) throw new Error(checked.denial.reason);
  // That anybody may list it is found by the matrix, beside what else is wrong.
  const faults = checked.value.findings.filter(
    ({ level, code }) => level === 'error' && code !== 'bucket_public',
  );
  return faults.length === 0 ? undefined : faults.map(({ message }) => message).join('\n');
}

/** One object is written and removed before many are. */
async function faultOfRights({
  trial,
  tidy,
}: ReturnType<typeof prepare>): Promise<string | undefined> {
  const fault = await faultOfWriting(trial);
  if (fault !== undefined) return fault;
  const left = await tidy(trial);
  if (left.length === 0) return undefined;
  return `The access key may not delete what it writes, so that a run would leave it: for this run it needs s3:DeleteObject, and s3:DeleteObjectVersion where the bucket keeps versions. Delete ${left.join(', ')} yourself.`;
}

/** Writes the object that is there for whatever only reads. */
async function faultOfWriting(trial: Trial): Promise<string | undefined> {
  const { key, body, type } = trial.sample;
  try {
    const write = await presignPut(trial, key, body, { contentType: type });
    const { status } = await send(trial, write, body);
    if (status === 200) return undefined;
    return `The store answers ${status} to writing "${key}": the access key needs s3:PutObject there.`;
  } catch (error) {
    if (error instanceof CannotTell) return `"${key}" can’t be written: ${error.message}.`;
    throw error;
  }
}

function interruption(left: readonly string[]): string {
  const rest = left.length === 0 ? '' : ` but ${left.join(', ')}`;
  return `Interrupted: what was written is removed${rest}.`;
}
