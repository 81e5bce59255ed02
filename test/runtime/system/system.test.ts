// Random histories of the whole system on a platform that fails at every call site, checked against what
// was promised (fast-check's model-based testing).
// https://fast-check.dev/docs/advanced/model-based-testing/

import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as app from './app-commands.ts';
import * as operator from './operator-commands.ts';
import * as platform from './platform-commands.ts';
import * as recipient from './recipient-commands.ts';
import { expectAgreement } from './settle.ts';
import { type Command, oneOf } from './steps.ts';
import { inNewWorld } from './world.ts';

const commands = oneOf<Command>(
  [6, app.mints],
  [2, app.repeatedMints],
  [5, app.changes],
  [3, app.revokes],
  [3, app.races],
  [2, app.overtakenChanges],
  [2, app.makeWebhooks],
  [1, app.changeWebhooks],
  [2, operator.operatorRevokes],
  [2, operator.insistentRevokes],
  [1, operator.bulkRevokes],
  [4, operator.suspensions],
  [2, operator.makeKeys],
  [2, operator.revokeKeys],
  [2, recipient.opens],
  [7, recipient.redeems],
  [3, recipient.useUps],
  [4, recipient.uploads],
  [6, platform.clockMoves],
  [3, platform.clockJumps],
  [3, platform.evictions],
  [6, platform.alarms],
  [2, platform.outages],
  [2, platform.kvModes],
  [2, platform.endpointModes],
  [1, platform.storeModes],
  [5, platform.lateCalls],
);

/** For example `{ seed: -1204, path: '12:0:3', replayPath: 'AAAH:B' }`, as a failure prints it. */
const REPLAY: { seed?: number; path?: string; replayPath?: string } = {};

/** `FAULT_RUNS=2000 FAULT_SEED=7` make a long run of it; see test/vitest.config.ts. */
const { FAULT_RUNS = '', FAULT_SEED = '' } = env as { FAULT_RUNS?: string; FAULT_SEED?: string };
const isLong = FAULT_RUNS !== '';

const RUNS = isLong ? Number(FAULT_RUNS) : 40;
/** A slow machine has done enough after that. */
const ALL_RUNS_MS = isLong ? 3_600_000 : 12_000;
/** To be shrunk a failure needs longer than the runs that found it. */
const CHECK_TIMEOUT_MS = ALL_RUNS_MS + 120_000;

const FIXED_SEED = 20_261_125;

describe('every history of the system', () => {
  const chosen = REPLAY.seed ?? (FAULT_SEED === '' ? undefined : Number(FAULT_SEED));
  const seeds = chosen === undefined ? [FIXED_SEED, drawSeed()] : [chosen];

  for (const seed of seeds) {
    it(`keeps its promises, whatever fails (seed ${seed})`, () => check(seed), CHECK_TIMEOUT_MS);
  }
});

function drawSeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}

async function check(seed: number): Promise<void> {
  const seen = new Map<string, number>();
  const enoughAt = performance.now() + ALL_RUNS_MS;
  let histories = 0;
  let steps = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.noBias(app.mints),
      // Unbiased: short histories show little.
      fc.noBias(fc.commands([commands], { maxCommands: 40, size: 'max', ...REPLAY })),
      async (first, history) => {
        // To interrupt a history would leave it at work in the middle of the next.
        if (performance.now() > enoughAt) return;
        await inNewWorld(async (model, real) => {
          await first.run(model, real);
          await fc.asyncModelRun(() => ({ model, real }), history);
          await expectAgreement(model, real);
          histories += 1;
          steps += real.platform.steps;
          for (const [what, times] of real.platform.seen) {
            seen.set(what, (seen.get(what) ?? 0) + times);
          }
        });
      },
    ),
    {
      numRuns: RUNS,
      seed,
      ...(REPLAY.path === undefined ? {} : { path: REPLAY.path, endOnFailure: true }),
    },
  );
  if (isLong) console.log(JSON.stringify({ seed, histories, steps, seen: [...seen].sort() }));
  // A system in which nothing succeeds keeps its promises too.
  if (REPLAY.path === undefined) expect(seen.get('answered 201')).toBeGreaterThan(0);
}
