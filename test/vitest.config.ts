// Three projects: pure code in Node, the Worker and its objects in workerd, the whole stack by HTTP.

import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { TEST_BINDINGS } from './support/bindings.ts';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    // One core less is the default, which on two is half of them.
    maxWorkers: '100%',
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            remoteBindings: false,
            miniflare: {
              bindings: {
                ...TEST_BINDINGS,
                FUZZ_RUNS: process.env.FUZZ_RUNS ?? '600',
                FAULT_RUNS: process.env.FAULT_RUNS ?? '',
                FAULT_SEED: process.env.FAULT_SEED ?? '',
              },
            },
          }),
        ],
        test: { name: 'runtime', include: ['test/runtime/**/*.test.ts'] },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          setupFiles: ['test/e2e/contract-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
