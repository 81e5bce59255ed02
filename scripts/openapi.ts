// `npm run openapi` writes the OpenAPI document that the Worker serves; with --check it only tells
// whether the committed one is what the schemas say.

import { readFileSync, writeFileSync } from 'node:fs';
import packageJson from '../package.json' with { type: 'json' };
import { openApiDocument } from './openapi/document.ts';

const FILE = 'src/schemas/openapi.json';

const text = `${JSON.stringify(openApiDocument(packageJson.version), null, 2)}\n`;
if (!process.argv.includes('--check')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) {
  console.error(`${FILE} is not what the schemas say. Run: npm run openapi`);
  process.exitCode = 1;
}
