// `npm test`: checks style and types, then runs the tests; its last line says how many passed.
// Arguments go to vitest as filters, and then the checks are skipped.

import { rmSync } from 'node:fs';
import { readJson } from './private-file.ts';
import { exitCodeOf, start } from './run.ts';
import { stop } from './stop.ts';

const REPORT = '.local/test-report.json';
const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts'];
const REPORTERS = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];

// Nothing that runs here asks anything of the network.
Object.assign(process.env, {
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
});

const filters = process.argv.slice(2);
if (filters.length === 0) {
  const checks = await runNode('scripts/check.ts');
  if (checks !== 0) process.exit(checks);
}
rmSync(REPORT, { force: true });
const exitCode = await runNode(...VITEST, ...REPORTERS, ...filters);
const { passed, failed, skipped } = readCounts();
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = exitCode || (passed + failed === 0 || failed > 0 ? 1 : 0);

function runNode(...args: string[]): Promise<number> {
  return exitCodeOf(start(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] }));
}

function readCounts(): { passed: number; failed: number; skipped: number } {
  const report = readJson<Record<string, number>>(REPORT);
  if (!report) stop('vitest ended without a report.');
  const count = (state: string) => report[`num${state}Tests`] ?? 0;
  return {
    passed: count('Passed'),
    failed: count('Failed'),
    skipped: count('Pending') + count('Todo'),
  };
}
