import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPart } from '../../../src/cli/part-file.ts';

const LINK = 'https://files.example.com/4mWQ0kXvTtPzB7cJr2LsYd';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hallpass-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (isRestarted = false) => openPart(folder, LINK, isRestarted);

describe('the part of a download', () => {
  it('has its claim kept before anything is sent, so that a lost answer costs no second use', () => {
    const { state } = open();
    expect(open().state.claim).toBe(state.claim);
  });

  it('is for its owner alone, and tells the token to nobody', () => {
    open();
    const [file = ''] = readdirSync(folder);
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    expect(file + readFileSync(join(folder, file), 'utf8')).not.toContain('4mWQ0kXvTtPz');
  });

  it('goes on where it ends', () => {
    writeFileSync(open().path, 'half');
    expect(open().offset).toBe(4);
  });

  it('is dropped by a restart, the claim isn’t', () => {
    const first = open();
    first.keep({ ...first.state, etag: '"a"' });
    writeFileSync(first.path, 'half');
    const again = open(true);
    expect(again.offset).toBe(0);
    expect(again.state).toEqual({ claim: first.state.claim });
  });

  it('leaves nothing behind once it is whole', () => {
    const part = open();
    writeFileSync(part.path, 'whole');
    part.finish(join(folder, 'a.txt'));
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });
});
