// `npm run bench`: measures every arm in alternating rounds, and tells what comes out of it as a table or,
// with --json, for programs. It judges nothing: a target that is missed is said, not a failure.

import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startArms } from './arms.ts';
import { type Arm, measureRound, type Round } from './measure.ts';
import { printTable } from './print.ts';
import { resultOf } from './results.ts';
import { targetsOf } from './targets.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    /** Arms whose names hold this, and their baselines. */
    only: { type: 'string', default: '' },
    'largest-ledger': { type: 'string', default: '1000000' },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);

/** Code that has run a few hundred times only is still being compiled. */
const WARM_UP_ROUNDS = 3;

const folder = mkdtempSync(join(tmpdir(), 'hallpass-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

tell('Starting the arms and filling the ledgers.');
const arms = chosen(await startArms(folder, Number(values['largest-ledger'])));
const roundsOf = new Map(arms.map(({ name }) => [name, [] as Round[]]));
for (const arm of arms) {
  tell(`Warming up: ${arm.name}`);
  await measureRound(arm, seconds * WARM_UP_ROUNDS);
}
for (let round = 0; round < rounds; round++) {
  // There and back, so that no arm always runs first.
  for (const arm of round % 2 === 0 ? arms : [...arms].reverse()) {
    tell(`Round ${round + 1} of ${rounds}: ${arm.name}`);
    roundsOf.get(arm.name)?.push(await measureRound(arm, seconds));
  }
}
tell('');

const results = arms.map((arm) => resultOf(arm, roundsOf));
const report = {
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism() },
  date: new Date().toISOString().slice(0, 10),
  rounds,
  seconds,
  arms: results,
  targets: targetsOf(results),
};
if (values.json) console.log(JSON.stringify(report, null, 2));
else printTable(report);
// Miniflare ends what it started when this process ends.
process.exit();

function chosen(all: readonly Arm[]): Arm[] {
  const wanted = all.filter(({ name }) => name.includes(values.only));
  const needed = new Set(wanted.flatMap(({ name, baseline }) => [name, baseline ?? name]));
  return all.filter(({ name }) => needed.has(name));
}

/** On one line, which the next replaces; a log gets nothing of it. */
function tell(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what}`);
}
