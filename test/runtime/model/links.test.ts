// Random histories of a few links against a model of them (fast-check's model-based testing).
//
// A failure prints `{ seed: …, path: "…" }` and, behind the commands, `replayPath="…"`. To run just
// that history again, put all three into REPLAY:
//   const REPLAY = { seed: -1204, path: '12:0:3', replayPath: 'AAAH:B' };

import fc from 'fast-check';
import { describe, it } from 'vitest';
import { changes, mints, repeatedMints, revokes } from './app-commands.ts';
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
import { type Command, inNewWorld, oneOf } from './world.ts';

const REPLAY: { seed?: number; path?: string; replayPath?: string } = {};

const RUNS = 200;
/** A failing history is shrunk for so long at most, and then printed as it is. */
const SHRINK_MS = 60_000;

/** Unbiased: short histories show little. */
const histories = fc.noBias(
  fc.commands(
    [
      oneOf<Command>(
        [3, mints],
        [1, repeatedMints],
        [4, changes],
        [2, revokes],
        [4, looks],
        [1, prefetches],
        [12, redeems],
        [1, anonymousRedeems],
        [1, forgeries],
        [2, clockSteps],
        [4, clockJumps],
        [2, gateEvictions],
        [1, ledgerEvictions],
        [1, gateAlarms],
        [1, ledgerAlarms],
        [2, lateWrites],
        [1, kvOutages],
      ),
    ],
    { maxCommands: 30, size: 'max', ...REPLAY },
  ),
);

describe('every history of links', () => {
  it(
    'is the one that the model tells',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.noBias(mints), histories, (first, commands) =>
          inNewWorld(async (model, real) => {
            await first.run(model, real);
            await fc.asyncModelRun(() => ({ model, real }), commands);
          }),
        ),
        { numRuns: RUNS, interruptAfterTimeLimit: SHRINK_MS, ...REPLAY },
      );
    },
    2 * SHRINK_MS,
  );
});
