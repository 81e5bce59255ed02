// Bundles the client and the command line: with what they import, for whoever has neither.

import { chmodSync } from 'node:fs';
import { type BuildOptions, build } from 'esbuild';

const EXECUTABLE = 0o755;
const BASE: BuildOptions = {
  bundle: true,
  format: 'esm',
  legalComments: 'eof',
  logLevel: 'warning',
};

export async function bundleCli(outfile: string): Promise<void> {
  const entryPoints = ['src/cli/main.ts'];
  await build({ ...BASE, entryPoints, outfile, platform: 'node', target: 'node20' });
  chmodSync(outfile, EXECUTABLE);
}

export async function bundleClient(outfile: string): Promise<void> {
  const entryPoints = ['src/client/index.ts'];
  await build({ ...BASE, entryPoints, outfile, platform: 'neutral', target: 'es2022' });
}
