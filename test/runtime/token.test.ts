import { describe, expect, it } from 'vitest';
import { randomBytes } from '../../src/lib/random.ts';
import { createTokens } from '../../src/links/token.ts';

const [OLD, NEW] = [randomBytes(32), randomBytes(32)];

describe('a token', () => {
  it('has 22 base62 characters and leads to its link id', async () => {
    const tokens = createTokens([NEW]);
    const token = await tokens.fromNonce(randomBytes(16));
    expect(token.text).toMatch(/^[0-9A-Za-z]{22}$/);
    expect(token.id).toMatch(/^lnk_[0-9A-Za-z]{22}$/);
    expect(await tokens.read(token.text)).toEqual({ id: token.id, rootKeyId: token.rootKeyId });
  });

  it('is the same for the same nonce and another for another', async () => {
    const tokens = createTokens([NEW]);
    const nonce = randomBytes(16);
    expect(await tokens.fromNonce(nonce)).toEqual(await tokens.fromNonce(nonce));
    expect(await tokens.fromNonce(randomBytes(16))).not.toEqual(await tokens.fromNonce(nonce));
  });

  it('is not authentic with any one character changed', async () => {
    const tokens = createTokens([NEW]);
    const { text } = await tokens.fromNonce(randomBytes(16));
    for (let index = 0; index < text.length; index++) {
      const other = text[index] === 'A' ? 'B' : 'A';
      const forged = text.slice(0, index) + other + text.slice(index + 1);
      expect(await tokens.read(forged)).toBeUndefined();
    }
  });

  it.each(['', 'a', 'z'.repeat(22), '0'.repeat(22), 'ä'.repeat(22), 'A'.repeat(23), '../../etc'])(
    'is not %j',
    async (text) => {
      expect(await createTokens([NEW]).read(text)).toBeUndefined();
    },
  );

  it('of an older root key is still good, and of a removed one no more', async () => {
    const before = createTokens([OLD]);
    const rotated = createTokens([NEW, OLD]);
    const nonce = randomBytes(16);
    const token = await before.fromNonce(nonce);
    expect(await rotated.read(token.text)).toMatchObject({ id: token.id });
    expect(await rotated.fromNonceUnder(token.rootKeyId, nonce)).toEqual(token);
    expect(await createTokens([NEW]).read(token.text)).toBeUndefined();
    expect(await createTokens([NEW]).fromNonceUnder(token.rootKeyId, nonce)).toBeUndefined();
  });

  it('is minted under the newest root key', async () => {
    const token = await createTokens([NEW, OLD]).fromNonce(randomBytes(16));
    expect(await createTokens([NEW]).read(token.text)).toMatchObject({ id: token.id });
    expect(await createTokens([OLD]).read(token.text)).toBeUndefined();
  });
});
