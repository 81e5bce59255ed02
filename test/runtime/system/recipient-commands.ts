// What recipients do: open, redeem, redeem again, and send files.

import fc from 'fast-check';
import { expect } from 'vitest';
import { json } from '../../support/api.ts';
import type { History, LinkSeen } from './history.ts';
import { type Command, linkIndexes, named, oneOf, plans, stepOnLink } from './steps.ts';

const REFUSALS = [403, 404, 409, 410, 428, 429, 502, 503];
/** Bytes. */
const SIZE = 10;

export const opens: fc.Arbitrary<Command> = fc
  .record({ index: linkIndexes, method: fc.constantFrom('GET', 'HEAD'), planned: plans })
  .map(({ index, method, planned }) =>
    stepOnLink(named('open', { method }), planned, index, async (link, _, { visit }) => {
      const { status } = await visit(link.url, { method });
      expect([200, 302, ...REFUSALS]).toContain(status);
    }),
  );

export const redeems: fc.Arbitrary<Command> = fc
  .record({
    index: linkIndexes,
    method: fc.constantFrom('GET', 'POST'),
    claim: oneOf<'fresh' | 'last'>([2, fc.constant('fresh')], [2, fc.constant('last')]),
    times: fc.constantFrom(1, 1, 2),
    planned: plans,
  })
  .map(({ index, method, claim: pick, times, planned }) =>
    stepOnLink(
      named('redeem', { method, claim: pick, times }),
      planned,
      index,
      async (link, history, { visit }) => {
        const claim = claimOf(link, history, pick);
        const headers = { 'Hallpass-Claim': claim, Accept: 'application/json' };
        const visits = Array.from({ length: times }, () => visit(link.url, { method, headers }));
        for (const { status } of await Promise.all(visits)) {
          if (status === 200 || status === 302) {
            // A link without limits asks for no claim, and spends nothing.
            if (Number.isFinite(link.mostUses) && link.body.maxUses) link.granted.add(claim);
          } else expect(REFUSALS).toContain(status);
        }
      },
      ({ kind }) => kind !== 'upload',
    ),
  );

/** More than any link allows. */
const MANY = 5;

export const useUps: fc.Arbitrary<Command> = fc
  .record({ index: linkIndexes, planned: plans })
  .map(({ index, planned }) =>
    stepOnLink(
      'use up',
      planned,
      index,
      async (link, history, { visit }) => {
        for (let time = 0; time < MANY; time++) {
          const headers = {
            'Hallpass-Claim': claimOf(link, history, 'fresh'),
            Accept: 'application/json',
          };
          const { status } = await visit(link.url, { method: 'POST', headers });
          expect([200, ...REFUSALS]).toContain(status);
        }
      },
      ({ kind }) => kind === 'strong',
    ),
  );

export const uploads: fc.Arbitrary<Command> = fc
  .record({
    index: linkIndexes,
    claim: oneOf<'fresh' | 'last'>([2, fc.constant('fresh')], [1, fc.constant('last')]),
    /** Whether what is sent arrives, and what becomes of it then. */
    arrives: fc.boolean(),
    andThen: fc.constantFrom('complete', 'abort', 'leave', 'complete twice'),
    planned: plans,
  })
  .map(({ index, claim: pick, arrives, andThen, planned }) =>
    stepOnLink(
      named('upload', { claim: pick, arrives, andThen }),
      planned,
      index,
      async (link, history, { network, visit }) => {
        const claim = claimOf(link, history, pick);
        const uploads = `${link.url}/uploads`;
        const begun = await visit(uploads, {
          method: 'POST',
          headers: { 'Hallpass-Claim': claim },
          body: { size: SIZE, contentType: 'image/png' },
        });
        if (begun.status !== 201) return expect(REFUSALS).toContain(begun.status);
        if (Number.isFinite(link.mostUses)) link.granted.add(claim);
        if (arrives) {
          network.objects.set(String(link.body.key), SIZE);
          link.isSent = true;
        }
        if (andThen === 'leave') return;
        const ways = andThen === 'complete twice' ? ['complete', 'complete'] : [andThen];
        for (const way of ways) {
          const response =
            way === 'abort'
              ? await visit(`${uploads}/${claim}`, { method: 'DELETE' })
              : await visit(`${uploads}/${claim}/complete`, { method: 'POST' });
          const { status } = response;
          if (status === 200 && (await json(response)).state === 'uploaded') {
            link.uploaded.add(claim);
          }
          expect([200, 400, 422, ...REFUSALS]).toContain(status);
        }
      },
      ({ kind }) => kind === 'upload',
    ),
  );

function claimOf(link: LinkSeen, history: History, pick: 'fresh' | 'last'): string {
  const claim = pick === 'last' ? link.lastClaim : undefined;
  link.lastClaim = claim ?? `claim-of-the-fault-test-${history.claims++}`;
  return link.lastClaim;
}
