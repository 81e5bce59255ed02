import { describe, expect, it } from 'vitest';
import { changeFields } from '../../../src/cli/commands/extend.ts';
import { mintFields } from '../../../src/cli/commands/mint.ts';
import { bodyOf, sentenceOf } from '../../../src/cli/flags/body.ts';
import { changeBody, mintBody } from '../../../src/schemas/mint.ts';

const mint = (args: Record<string, unknown>) =>
  bodyOf(mintBody, mintFields, args, { key: 'a.pdf', store: 'main', operation: 'download' });
const change = (args: Record<string, unknown>) => bodyOf(changeBody, changeFields, args);

describe('the body of a request', () => {
  it('has what was written and nothing else', () => {
    const args = { ttl: '10m', 'max-uses': 1, 'rate-limit': '5/m', tags: ['a', 'b'] };
    expect(mint(args)).toEqual({
      key: 'a.pdf',
      store: 'main',
      operation: 'download',
      ttlSeconds: 600,
      maxUses: 1,
      rateLimit: { limit: 5, windowSeconds: 60 },
      tags: ['a', 'b'],
    });
  });

  it('takes limits away by null, and lists by an empty one', () => {
    const args = { 'no-max-uses': true, 'no-tags': true, 'no-confirm': true };
    expect(change(args)).toEqual({ maxUses: null, tags: [], confirm: false });
  });

  it('is refused where a limit is both set and taken away', () => {
    expect(() => change({ 'max-uses': 1, 'no-max-uses': true })).toThrow('not both');
  });

  it('is refused in flags, all faults at once, before it is sent', () => {
    expect(() => mint({ 'max-uses': 0 })).toThrow(
      '--max-uses must be a whole number from 1 to 1000000; --ttl must be given, or --expires-at, but not both.',
    );
  });

  it('names the flags of what the gateway refuses', () => {
    const faults = [{ pointer: '/store', detail: "must be one of this app's stores" }];
    expect(sentenceOf(faults)).toBe("--store must be one of this app's stores.");
  });
});
