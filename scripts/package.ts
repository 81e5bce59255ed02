// `npm pack` runs this before: client and command line as Node 20 and browsers take them, in dist/.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { bundleCli, bundleClient } from './bundle.ts';
import { exitCodeOf, start } from './run.ts';
import { stop } from './stop.ts';

const DIST = 'dist';
/** Declarations of everything that the client's lead to, before the choice. */
const DECLARATIONS = '.local/declarations';
const RELATIVE_IMPORT = /((?:from|import\() ?['"]\.[^'"]+)\.ts(['"])/g;

for (const folder of [DIST, DECLARATIONS]) rmSync(folder, { recursive: true, force: true });
await Promise.all([
  bundleCli(join(DIST, 'cli.js')),
  bundleClient(join(DIST, 'client/index.js')),
  writeDeclarations(),
]);

async function writeDeclarations(): Promise<void> {
  const tsc = start('node_modules/.bin/tsc', ['-p', 'scripts/package.tsconfig.json'], {
    stdio: 'inherit',
  });
  const exitCode = await exitCodeOf(tsc);
  if (exitCode !== 0) stop('The declarations of the client could not be written.', exitCode);
  keepReachable(resolve(DECLARATIONS, 'client/index.d.ts'), new Set());
}

/** The schemas come along, what stands behind them doesn't: it is of the Worker's platform. */
function keepReachable(file: string, kept: Set<string>): void {
  if (kept.has(file)) return;
  kept.add(file);
  const declarations = readFileSync(file, 'utf8');
  const target = join(DIST, relative(DECLARATIONS, file));
  mkdirSync(dirname(target), { recursive: true });
  // A declaration is found beside the .js that its importer names.
  writeFileSync(target, declarations.replace(RELATIVE_IMPORT, '$1.js$2'));
  for (const [, specifier = ''] of declarations.matchAll(RELATIVE_IMPORT)) {
    const [, path = ''] = /['"](.+)$/.exec(specifier) ?? [];
    keepReachable(resolve(dirname(file), `${path}.d.ts`), kept);
  }
}
