// How a property is checked here: for how long at most, and how a failure is run again.

import fc from 'fast-check';

/**
 * What a failure printed: `{ seed: …, path: "…" }` and, behind the commands of a history,
 * `replayPath="…"`. Put into a test's REPLAY it runs just that case again, already shrunk.
 */
export type Replay = { seed?: number; path?: string; replayPath?: string };

/** More than any single run takes, unless it hangs. */
const RUN_MS = 30_000;
/** Then a failure is printed as far as it was shrunk; without one, a slow machine has done enough. */
const ALL_RUNS_MS = 60_000;

export const CHECK_TIMEOUT_MS = ALL_RUNS_MS + 2 * RUN_MS;

export async function check<Values>(
  property: fc.IAsyncPropertyWithHooks<Values>,
  numRuns: number,
  { seed, path }: Replay,
): Promise<void> {
  await fc.assert(property, {
    numRuns,
    plugins: [fc.timeout(RUN_MS), fc.interruptAfterTimeLimit(ALL_RUNS_MS)],
    ...(seed === undefined ? {} : { seed }),
    ...(path === undefined ? {} : { path, endOnFailure: true }),
  });
}
