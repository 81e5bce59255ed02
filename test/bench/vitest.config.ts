// Measurements, run by `npm run bench` alone: they take minutes and pass or fail nothing.

import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { TEST_BINDINGS } from '../support/bindings.ts';

export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: './wrangler.toml' },
      remoteBindings: false,
      miniflare: { bindings: TEST_BINDINGS },
    }),
  ],
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/bench/**/*.bench.ts'],
    testTimeout: 1_200_000,
    fileParallelism: false,
  },
});
