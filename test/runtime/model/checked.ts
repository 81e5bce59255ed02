// How a property is checked here: for how long at most, and how a failure is run again.

import fc from 'fast-check';

/**
 * What a failure printed: `{ seed: …, path: "…" }` and, behind the commands of a history,
 * `replayPath="…"`. Put into a test's REPLAY it runs just that case again, already shrunk.
 */
export type Replay = { seed?: number; path?: string; replayPath?: string };

/** More than any single run takes, unless it hangs. */
const RUN_MS = 30_000;
/** Then no run is begun: a failure was shrunk far enough, and without one a slow machine has done enough. */
const ALL_RUNS_MS = 60_000;

export const CHECK_TIMEOUT_MS = ALL_RUNS_MS + 2 * RUN_MS;

export async function check<Values extends [unknown, ...unknown[]]>(
  arbitraries: { [Index in keyof Values]: fc.Arbitrary<Values[Index]> },
  run: (...values: Values) => Promise<void>,
  numRuns: number,
  { seed, path }: Replay,
): Promise<void> {
  const enoughAt = performance.now() + ALL_RUNS_MS;
  const property = fc.asyncProperty<Values>(...arbitraries, async (...values) => {
    // To interrupt a run would leave it at work under whatever comes next.
    if (performance.now() < enoughAt) await run(...values);
  });
  await fc.assert(property, {
    numRuns,
    plugins: [fc.timeout(RUN_MS)],
    ...(seed === undefined ? {} : { seed }),
    ...(path === undefined ? {} : { path, endOnFailure: true }),
  });
}
