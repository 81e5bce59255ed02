// `npm run browser` makes the scripts of pages that the Worker serves, each one file of src/browser; with
// --check it only tells whether the committed ones are what the sources say.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { stop } from './stop.ts';

const SCRIPTS = {
  'src/browser/main.ts': 'src/pages/upload-script.json',
  'src/browser/countdown/main.ts': 'src/pages/countdown-script.json',
  'src/browser/admin/main.ts': 'src/pages/admin/admin-script.json',
};

for (const [entry, file] of Object.entries(SCRIPTS)) {
  const text = await bundle(entry);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text)
    stop(`${file} is out of date. Run: npm run browser`);
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
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
  return `${JSON.stringify({ version, text: script }, null, 2)}\n`;
}
