// `npm run bench`: measures and prints, and judges nothing. Arguments go to vitest as filters.

import { exitCodeOf, start } from './run.ts';

Object.assign(process.env, {
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
});

const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/bench/vitest.config.ts'];
const args = [...VITEST, '--disable-console-intercept', ...process.argv.slice(2)];
process.exitCode = await exitCodeOf(
  start(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] }),
);
