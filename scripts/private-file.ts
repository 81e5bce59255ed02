// JSON files that hold secrets: for their owner only, and never half written.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { stop } from './stop.ts';

/** The file's content, or undefined when there is no file. */
export function readJson<T>(file: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as T;
  } catch {
    // The parser's own words would show some of it.
    return stop(`${file} is no JSON: mend it, or remove it.`);
  }
}

export function writeJson(file: string, value: unknown): void {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, file);
}
