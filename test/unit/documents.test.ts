// What the documents name is there: a promise whose test was renamed would be defended by nothing.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const DOCUMENTS = [
  ...['README.md', 'ARCHITECTURE.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...(existsSync('docs') ? readdirSync('docs').map((name) => `docs/${name}`) : []),
];

/** Paths in backticks: of the project's folders, or of tests below test/. */
const PATH = /`((?:src|test|scripts|docs|unit|runtime|e2e)\/[\w./-]+)`/g;

const ENDINGS = ['', '.ts', '.tsx', '.test.ts'];

test.each(DOCUMENTS)('%s names no file that is not there', (document) => {
  const text = readFileSync(document, 'utf8');
  const named = [...text.matchAll(PATH)].map(([, path = '']) =>
    /^(?:unit|runtime|e2e)\//.test(path) ? `test/${path}` : path,
  );
  const missing = named.filter((path) => !ENDINGS.some((ending) => existsSync(path + ending)));
  expect(missing).toEqual([]);
});

test.each(DOCUMENTS)('%s leads to no document that is not there', (document) => {
  const text = readFileSync(document, 'utf8');
  const folder = document.includes('/') ? document.slice(0, document.lastIndexOf('/') + 1) : '';
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) => path);
  expect(links.filter((path) => !existsSync(folder + path))).toEqual([]);
});

test('each row of the threat model names its test', () => {
  const security = readFileSync('SECURITY.md', 'utf8');
  const [, table = ''] = /\| attacker \|.*\n\|[-|]+\n((?:\|.*\n)+)/.exec(security) ?? [];
  const rows = table.trim().split('\n');
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) expect(row).toMatch(/`(?:unit|runtime|e2e)\/[\w/-]+` \|$/);
});

test('docs/OPERATE.md explains every event of the log, and no other', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' });
  const written = sources
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => [...readFileSync(`src/${path}`, 'utf8').matchAll(/\bevent: '([a-z_.]+)'/g)])
    .map(([, event = '']) => event);
  const operate = readFileSync('docs/OPERATE.md', 'utf8');
  const [, table = ''] = /\| event \|.*\n\|[-|]+\n((?:\|.*\n)+)/.exec(operate) ?? [];
  const cells = table.split('\n').map((row) => row.split('|')[1] ?? '');
  const explained = cells.flatMap((cell) => [...cell.matchAll(/`([a-z_.]+)`/g)]);
  // What its example shows has a section of its own.
  const names = ['request.answered', ...explained.map(([, name = '']) => name)];
  expect(names.sort()).toEqual([...new Set(written)].sort());
});
