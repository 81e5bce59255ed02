// Random histories of a few links against a model of them (fast-check's model-based testing).
// https://fast-check.dev/docs/advanced/model-based-testing/

import fc from 'fast-check';
import { describe, it } from 'vitest';
import { changes, mints, repeatedMints, revokes } from './app-commands.ts';
import { CHECK_TIMEOUT_MS, check, type Replay } from './checked.ts';
import {
  clockJumps,
  clockSteps,
  gateAlarms,
  gateEvictions,
  kvOutages,
  lateWrites,
  ledgerAlarms,
  ledgerEvictions,
} from './platform-commands.ts';
import { anonymousRedeems, forgeries, looks, prefetches, redeems } from './recipient-commands.ts';
import { expectReported } from './reports.ts';
import { type Command, oneOf } from './steps.ts';
import { inNewWorld } from './world.ts';

/** For example `{ seed: -1204, path: '12:0:3', replayPath: 'AAAH:B' }`; see checked.ts. */
const REPLAY: Replay = {};
const RUNS = 120;

/** Unbiased: short histories show little. */
const histories = fc.noBias(
  fc.commands(
    [
      oneOf<Command>(
        [4, mints],
        [1, repeatedMints],
        [5, changes],
        [3, revokes],
        [2, looks],
        [1, prefetches],
        [10, redeems],
        [1, anonymousRedeems],
        [1, forgeries],
        [2, clockSteps],
        [6, clockJumps],
        [2, gateEvictions],
        [1, ledgerEvictions],
        [1, gateAlarms],
        [2, ledgerAlarms],
        [6, lateWrites],
        [1, kvOutages],
      ),
    ],
    { maxCommands: 40, size: 'max', ...REPLAY },
  ),
);

describe('every history of links', () => {
  it(
    'is the one that the model tells',
    () =>
      check(
        [fc.noBias(mints), histories],
        (first, commands) =>
          inNewWorld(async (model, real) => {
            await first.run(model, real);
            await fc.asyncModelRun(() => ({ model, real }), commands);
            await expectReported(model, real);
          }),
        RUNS,
        REPLAY,
      ),
    CHECK_TIMEOUT_MS,
  );
});
