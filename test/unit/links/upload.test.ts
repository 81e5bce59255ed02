import { describe, expect, it } from 'vitest';
import { MAX_SINGLE_PUT_BYTES } from '../../../src/links/part-plan.ts';
import { uploadDenial } from '../../../src/links/upload.ts';

const TERMS = { maxBytes: 1_000_000_000, overwrite: false, checksum: 'required' } as const;

describe('a required checksum', () => {
  it('is asked for of what goes in one piece', () => {
    const wish = { size: MAX_SINGLE_PUT_BYTES };
    expect(uploadDenial(TERMS, wish)).toEqual({ reason: 'checksum_required' });
    expect(uploadDenial(TERMS, { ...wish, sha256: 'x' })).toBeUndefined();
  });

  it('is left to the parts of what goes in parts', () => {
    expect(uploadDenial(TERMS, { size: MAX_SINGLE_PUT_BYTES + 1 })).toBeUndefined();
  });
});
