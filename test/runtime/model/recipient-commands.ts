// What recipients and others with a URL do: look, redeem, redeem again, guess.

import fc from 'fast-check';
import { expect } from 'vitest';
import type { OpenFault } from '../../support/faults.ts';
import { PASSWORDS } from './app-commands.ts';
import type { Attempt, LinkModel, Model } from './link-model.ts';
import { type Command, linkIndexes, named, oneOf, rarely, stepOnLink } from './steps.ts';
import { PAGE, type Visit, visitAndExpect } from './visits.ts';

const openFaults = rarely<OpenFault>('lost', 'unanswered', 'repeated');

/** One that nobody used before, the last one used on this link, or one used on whatever link. */
type ClaimPick = 'fresh' | 'last' | number;
const claimPicks = oneOf<ClaimPick>(
  [3, fc.constant('fresh')],
  [3, fc.constant('last')],
  [1, fc.nat(5)],
);

type Way = 'form' | 'json' | 'get' | 'head';

/** What machines do with every URL they see: nothing of it may spend a use. */
export const looks: fc.Arbitrary<Command> = fc
  .record({
    index: linkIndexes,
    method: fc.constantFrom<'GET' | 'HEAD'>('GET', 'HEAD'),
    isPage: fc.boolean(),
    /** The cookie that the page left. */
    cookie: oneOf([1, fc.constant(undefined)], [1, claimPicks]),
    fault: openFaults,
  })
  .map(({ index, method, isPage, cookie, fault }) =>
    stepOnLink(named('look', { method, isPage, cookie, fault }), index, async (...context) => {
      const [link, model] = context;
      const claim = cookie === undefined ? undefined : pickClaim(model, link, cookie);
      const headers = {
        ...(isPage ? PAGE : {}),
        ...(claim === undefined ? {} : { Cookie: `claim=${claim}` }),
      };
      await visitAndExpect(context, { method, headers }, { method, claim, redeems: false }, fault);
    }),
  );

export const prefetches: fc.Arbitrary<Command> = linkIndexes.map((index) =>
  stepOnLink('prefetch', index, async (link, _, { visit, faults }) => {
    faults.operations.length = 0;
    const headers = { 'Sec-Purpose': 'prefetch' };
    const response = await visit(link.url, { method: 'GET', headers });
    expect(response.status).toBe(503);
    expect(faults.operations).toEqual([]);
  }),
);

/** By the page's form, as a program that wants JSON, or by a GET with a claim; and often once more. */
export const redeems: fc.Arbitrary<Command> = fc
  .record({
    index: linkIndexes,
    way: fc.constantFrom<Way>('form', 'json', 'json', 'get', 'get', 'head'),
    claim: claimPicks,
    password: oneOf<'right' | 'wrong' | undefined>(
      [4, fc.constant('right')],
      [2, fc.constant('wrong')],
      [1, fc.constant(undefined)],
    ),
    fault: openFaults,
    /** Six wrong passwords are one more than anybody may try. */
    times: fc.constantFrom(1, 1, 2, 6),
  })
  .map(({ index, way, claim: pick, password: known, fault, times }) =>
    stepOnLink(
      named('redeem', { way, claim: pick, password: known, fault, times }),
      index,
      async (...context) => {
        const [link, model] = context;
        const claim = pickClaim(model, link, pick);
        link.lastClaim = claim;
        const password = passwordOf(link, known);
        const { visit, attempt } = redeemBy(way, claim, password);
        await visitAndExpect(context, visit, attempt, fault);
        for (let time = 1; time < times; time++) {
          await visitAndExpect(context, visit, attempt, undefined);
        }
      },
    ),
  );

/** A POST without a claim is told the one it got. */
export const anonymousRedeems: fc.Arbitrary<Command> = fc
  .record({ index: linkIndexes, fault: openFaults })
  .map(({ index, fault }) =>
    stepOnLink(named('redeem without a claim', { fault }), index, async (...context) => {
      const [link, model] = context;
      const password = passwordOf(link, 'right');
      const body = JSON.stringify({ password });
      const headers = { 'Content-Type': 'application/json' };
      // Nobody knows it, unless the answer tells.
      const claim = `drawn for use ${link.gate?.uses}`;
      const attempt = { method: 'GET', claim, redeems: true, password } as const;
      const visit = { method: 'POST', headers, body } as const;
      const response = await visitAndExpect(context, visit, attempt, fault);
      const told = response.headers.get('Hallpass-Claim');
      if (told === null) return;
      const { claims } = link.gate ?? {};
      const endsAt = claims?.get(claim);
      if (endsAt !== undefined) claims?.set(told, endsAt);
      claims?.delete(claim);
      model.claims.push(told);
      link.lastClaim = told;
    }),
  );

export const forgeries: fc.Arbitrary<Command> = fc
  .record({ index: linkIndexes, position: fc.nat(21), way: fc.constantFrom('GET', 'HEAD', 'POST') })
  .map(({ index, position, way }) =>
    stepOnLink(named('forge', { position, way }), index, async (link, _, { visit, faults }) => {
      const letters = [...new URL(link.url).pathname.slice(1)];
      letters[position] = letters[position] === 'A' ? 'B' : 'A';
      faults.operations.length = 0;
      const url = new URL(letters.join(''), link.url).href;
      const headers = { 'Hallpass-Claim': claimText(0) };
      expect((await visit(url, { method: way, headers })).status).toBe(404);
      expect(faults.operations).toEqual([]);
    }),
  );

function redeemBy(
  way: Way,
  claim: string,
  password: string | undefined,
): { visit: Visit; attempt: Attempt } {
  const redeem = { claim, redeems: true };
  const header = { 'Hallpass-Claim': claim };
  switch (way) {
    case 'form': {
      const form = new URLSearchParams({ claim, ...(password && { password }) });
      const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
      return {
        visit: { method: 'POST', headers: { ...PAGE, ...type }, body: form.toString() },
        attempt: { ...redeem, method: 'GET', password },
      };
    }
    case 'json': {
      const headers = { ...header, Accept: 'application/json', 'Content-Type': 'application/json' };
      return {
        visit: { method: 'POST', headers, body: JSON.stringify({ password }) },
        attempt: { ...redeem, method: 'GET', password },
      };
    }
    case 'get':
      return { visit: { method: 'GET', headers: header }, attempt: { ...redeem, method: 'GET' } };
    case 'head':
      return { visit: { method: 'HEAD', headers: header }, attempt: { ...redeem, method: 'HEAD' } };
  }
}

function pickClaim({ claims }: Model, { lastClaim }: LinkModel, pick: ClaimPick): string {
  const known =
    typeof pick === 'number'
      ? claims[pick % claims.length]
      : pick === 'last'
        ? lastClaim
        : undefined;
  if (known !== undefined) return known;
  const fresh = claimText(claims.length);
  claims.push(fresh);
  return fresh;
}

function claimText(number: number): string {
  return `claim-of-the-model-test-${number}`;
}

/** The password in force at the gate, or the other one. */
function passwordOf(link: LinkModel, known: 'right' | 'wrong' | undefined): string | undefined {
  const right = link.gate?.is.limits.password;
  if (known === undefined) return undefined;
  return known === 'right' ? right : PASSWORDS.find((password) => password !== right);
}
