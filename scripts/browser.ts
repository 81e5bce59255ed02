// `npm run browser` makes the one file of src/browser that the Worker serves; with --check it only tells
// whether the committed one is what the sources say.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { stop } from './stop.ts';

const FILE = 'src/pages/upload-script.json';

const { outputFiles } = await build({
  entryPoints: ['src/browser/main.ts'],
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  write: false,
  logLevel: 'warning',
});
const script = outputFiles[0]?.text ?? stop('esbuild made nothing.');
const version = createHash('sha256').update(script).digest('hex').slice(0, 12);
const text = `${JSON.stringify({ version, text: script }, null, 2)}\n`;

if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) stop(`${FILE} is out of date. Run: npm run browser`);
