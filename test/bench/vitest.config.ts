// Measurements, run by `npm run bench` alone: they take minutes and pass or fail nothing.

import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { TEST_BINDINGS } from '../support/bindings.ts';

const LONGEST_MS = 1_200_000;

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    fileParallelism: false,
    projects: [
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            remoteBindings: false,
            miniflare: { bindings: TEST_BINDINGS },
          }),
        ],
        test: {
          name: 'runtime',
          include: ['test/bench/*.bench.ts'],
          testTimeout: LONGEST_MS,
        },
      },
      {
        test: {
          name: 'stack',
          include: ['test/bench/stack/*.bench.ts'],
          testTimeout: LONGEST_MS,
        },
      },
    ],
  },
});
