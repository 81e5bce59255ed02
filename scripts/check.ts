// `npm run check`: format, lint with the dependency rule, what is generated, the size of the Worker, and
// types. Silent about what is good.

import { text } from 'node:stream/consumers';
import { exitCodeOf, start } from './run.ts';
import { stop } from './stop.ts';

const TYPE_PROJECTS = [
  'tsconfig.json',
  'src/browser/tsconfig.json',
  'src/cli/tsconfig.json',
  'scripts/tsconfig.json',
  'scripts/interop/tsconfig.json',
  'scripts/openapi/tsconfig.json',
  'test/tsconfig.json',
  'test/e2e/tsconfig.json',
];
/** Each takes some hundred MB and more than one core. */
const TYPE_CHECKS_AT_ONCE = 2;

await check('node_modules/.bin/biome', 'check', '--error-on-warnings', '.');
await check(process.execPath, 'scripts/openapi.ts', '--check');
await check(process.execPath, 'scripts/browser.ts', '--check');
await check(process.execPath, 'scripts/size.ts', '--check');
const waiting = [...TYPE_PROJECTS];
await Promise.all(Array.from({ length: TYPE_CHECKS_AT_ONCE }, checkTypes));

async function checkTypes(): Promise<void> {
  for (let project = waiting.shift(); project; project = waiting.shift()) {
    await check('node_modules/.bin/tsc', '-p', project);
  }
}

/** Shows what a tool found and ends with its exit code, if it found anything. */
async function check(tool: string, ...args: string[]): Promise<void> {
  const child = start(tool, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [found, said, code] = await Promise.all([
    child.stdout && text(child.stdout),
    child.stderr && text(child.stderr),
    exitCodeOf(child),
  ]);
  if (code !== 0) stop(`${found}${said}\nFailed: ${tool} ${args.join(' ')}`, code);
}
