import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IO_SITES } from '../support/io-sites.ts';

/** What runs elsewhere: with people, and in programs. */
const NOT_THE_WORKER = /^(?:browser|client|cli|pages)\//;

const COMMENT = /\/\/.*|\/\*[\s\S]*?\*\//g;
/** A call of an object, as `callObject` is told of it. */
const OBJECT_CALL = /\((gate|ledger|directory|outbox|object)\)\s*=>\s*\1\.(\w+)\(/g;
const OTHER_CALL =
  /(?<![\w.])(fetch)\(|\.(setAlarm|getAlarm|limit)\(|\b(kv\.(?:get|put))\b(?=[(<])/g;

function sitesOf(file: string): string[] {
  const source = readFileSync(`src/${file}`, 'utf8').replace(COMMENT, '');
  const calls = [...source.matchAll(OBJECT_CALL)].map(
    ([, object, method]) => `${object}.${method}`,
  );
  const others = [...source.matchAll(OTHER_CALL)].flatMap(([, network, storage, kv]) => {
    // An object's own keys are storage: they fail with it.
    const isOwn = kv !== undefined && !file.startsWith('storage/');
    return isOwn ? [] : `${file} ${network ?? storage ?? kv}`;
  });
  return [...calls, ...others];
}

describe('the table of call sites', () => {
  it('has each of src, and no other', () => {
    const files = globSync('**/*.ts', { cwd: 'src' }).filter((file) => !NOT_THE_WORKER.test(file));
    const found = new Set(files.flatMap(sitesOf));
    expect([...found].sort()).toEqual(Object.keys(IO_SITES).sort());
  });
});
