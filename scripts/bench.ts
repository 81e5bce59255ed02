// `npm run bench`: measures and prints, and judges nothing. Words are filters of the other benches, which
// run in vitest (`catalog`, `stack/stream`); without any it measures the speed of each job.

import { exitCodeOf, start } from './run.ts';

Object.assign(process.env, {
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
});

const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/bench/vitest.config.ts'];
const SPEED = ['test/bench/speed/main.ts'];

const words = process.argv.slice(2);
const hasFilter = words[0] !== undefined && !words[0].startsWith('--');
const args = hasFilter
  ? [...VITEST, ...words, '--disable-console-intercept']
  : [...SPEED, ...words];
process.exitCode = await exitCodeOf(
  start(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] }),
);
