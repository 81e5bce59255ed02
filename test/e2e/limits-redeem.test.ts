// Uses are counted exactly, however many recipients come at once.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/samples.ts';
import {
  AMPLE_RATE,
  drawClaim,
  type Redeemed,
  redeemByForm,
  redeemByHeader,
  redeemWithoutClaim,
} from './redeem.ts';
import {
  inspectLink,
  type Link,
  makeFolder,
  mintLink,
  removeFolder,
  type Stack,
  startStack,
} from './stack.ts';

const RECIPIENTS = 200;
const HELLO = SAMPLES.find(({ key }) => key.endsWith('hello.txt'));

const folder = makeFolder();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack(folder);
});
afterAll(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

const mintLimited = (maxUses: number) =>
  mintLink(stack, { key: HELLO?.key, maxUses, rateLimit: AMPLE_RATE });
const drawClaims = (count: number) => Array.from({ length: count }, drawClaim);
const given = (answers: readonly Redeemed[]) => answers.filter(({ url }) => url !== undefined);
const claimsOf = (answers: readonly Redeemed[]) => new Set(answers.map(({ claim }) => claim));

/** Statuses and how often each was answered. */
function tally(answers: readonly Redeemed[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

async function expectUsedUp(link: Link, counts: { opens: number; refused?: number }) {
  const { state, usesLeft, opens, denials } = await inspectLink(stack, link.id);
  expect({ state, usesLeft, opens, refused: denials.used_up }).toEqual({
    state: 'used_up',
    usesLeft: 0,
    opens: counts.opens,
    refused: counts.refused,
  });
}

describe.each([
  { way: 'by POST', redeem: redeemByForm, permitted: 303 },
  { way: 'by GET with Hallpass-Claim', redeem: redeemByHeader, permitted: 302 },
])(`${RECIPIENTS} redeems at once $way`, ({ redeem, permitted }) => {
  it.each([1, 7])('with a claim each are served no more than maxUses: %i', async (maxUses) => {
    const link = await mintLimited(maxUses);
    const claims = drawClaims(RECIPIENTS);
    const answers = await Promise.all(claims.map((claim) => redeem(link.url, claim)));
    const refused = RECIPIENTS - maxUses;
    expect(tally(answers)).toEqual({ [permitted]: maxUses, 410: refused });
    await expectUsedUp(link, { opens: maxUses, refused });

    // Who got a URL gets another one, and nobody else ever does.
    const again = await Promise.all(claims.map((claim) => redeem(link.url, claim)));
    expect(claimsOf(given(again))).toEqual(claimsOf(given(answers)));
    await expectUsedUp(link, { opens: 2 * maxUses, refused: 2 * refused });
  });

  it('with one claim are all served, and are one use', async () => {
    const link = await mintLimited(1);
    const claim = drawClaim();
    const answers = await Promise.all(
      Array.from({ length: RECIPIENTS }, () => redeem(link.url, claim)),
    );
    expect(tally(answers)).toEqual({ [permitted]: RECIPIENTS });
    await expectUsedUp(link, { opens: RECIPIENTS });
    const download = await fetch(answers.at(-1)?.url ?? '');
    expect(Buffer.from(await download.arrayBuffer())).toEqual(HELLO?.body);
  });

  it('with 7 claims are all served by a link with 7 uses, and use it up', async () => {
    const link = await mintLimited(7);
    const claims = drawClaims(7);
    const answers = await Promise.all(
      Array.from({ length: RECIPIENTS }, (_, index) =>
        redeem(link.url, claims[index % claims.length] as string),
      ),
    );
    expect(tally(answers)).toEqual({ [permitted]: RECIPIENTS });
    await expectUsedUp(link, { opens: RECIPIENTS });
  });
});

it(`${RECIPIENTS} redeems at once that bring no claim are each a use`, async () => {
  const link = await mintLimited(7);
  const answers = await Promise.all(
    Array.from({ length: RECIPIENTS }, () => redeemWithoutClaim(link.url, '')),
  );
  expect(tally(answers)).toEqual({ 303: 7, 410: RECIPIENTS - 7 });
  expect(claimsOf(given(answers)).size).toBe(7);
  await expectUsedUp(link, { opens: 7, refused: RECIPIENTS - 7 });
});
