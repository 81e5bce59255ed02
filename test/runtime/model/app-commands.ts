// What an app does: mint, mint again, change, revoke.

import fc from 'fast-check';
import { expect } from 'vitest';
import { json } from '../../support/api.ts';
import type { WriteFault } from '../../support/faults.ts';
import {
  change,
  DAY,
  type Limits,
  type LinkModel,
  type Model,
  mint,
  revoke,
  SECOND,
  stateOf,
  type Terms,
} from './link-model.ts';
import {
  type Command,
  linkIndexes,
  named,
  oneOf,
  rarely,
  sometimes,
  step,
  stepOnLink,
} from './steps.ts';
import type { LinkShown, World } from './world.ts';

const MAX_LINKS = 5;
export const PASSWORDS = ['alpha', 'beta'] as const;

const writeFaults = sometimes<WriteFault>('lost', 'unanswered', 'late', 'late');

export const mints: fc.Arbitrary<Command> = fc
  .record({
    terms: fc.record({
      ttlSeconds: oneOf([2, fc.constant(600)], [1, fc.constantFrom(7_200, 90, 60, 59, 20, 1)]),
      maxUses: sometimes(1, 2, 3),
      confirm: sometimes(true, false),
      claimSeconds: sometimes(60, 120),
      password: sometimes(...PASSWORDS),
    }),
    /** Seconds from the mint, where the link is long enough. */
    opensIn: rarely(1, 30),
    fault: writeFaults,
  })
  .map(({ terms, opensIn, fault }) =>
    step(
      named('mint', { ...terms, opensIn, fault }),
      async (model, world) => {
        const isEarly = opensIn !== undefined && opensIn < terms.ttlSeconds;
        const notBefore = isEarly ? isoIn(model.now, opensIn) : undefined;
        const name = `link-${model.links.length}`;
        await mintOn(model, world, { name, terms: { ...terms, notBefore }, fault });
      },
      ({ links }) => links.length < MAX_LINKS,
    ),
  );

export const repeatedMints: fc.Arbitrary<Command> = fc
  .record({ index: linkIndexes, fault: writeFaults })
  .map(({ index, fault }) =>
    step(
      named('repeat a mint', { index, fault }),
      async (model, world) => {
        const link = model.links.at(-1 - (index % model.links.length));
        if (link) await mintOn(model, world, { name: link.name, terms: link.terms, fault });
      },
      ({ links }) => links.length > 0,
    ),
  );

async function mintOn(
  model: Model,
  { ask, faults }: World,
  how: { name: string; terms: Terms; fault: WriteFault | undefined },
): Promise<void> {
  const { name, terms, fault } = how;
  const link = mint(model, newLink(model.now, name, terms), fault);
  faults.writes = fault;
  const response = await ask('POST', '/v1/links', {
    headers: { 'Idempotency-Key': name },
    body: {
      store: 'demo',
      key: `model/${name}.pdf`,
      operation: 'download',
      // Out of the way: the rate has tests of its own.
      rateLimit: { limit: 10_000, windowSeconds: 1 },
      ...terms,
    },
  });
  faults.writes = undefined;
  if (!link) {
    expect(response.status).toBe(503);
    expect(response.headers.get('Retry-After')).not.toBeNull();
    return;
  }
  expect(response.status).toBe(201);
  const { id, url, state } = (await response.json()) as LinkShown;
  link.id ??= id;
  link.url ??= url;
  expect({ id, url }).toEqual({ id: link.id, url: link.url });
  expect(statesAtLedger(model, link)).toContain(state);
}

function newLink(now: number, name: string, terms: Terms): LinkModel {
  const { ttlSeconds, notBefore, confirm = false, claimSeconds = 3_600, ...others } = terms;
  const limits = {
    ...others,
    confirm,
    claimSeconds,
    notBefore: notBefore === undefined ? undefined : Date.parse(notBefore),
    expiresAt: Math.ceil((now + ttlSeconds * SECOND) / SECOND) * SECOND,
  };
  return {
    name,
    terms,
    createdAt: now,
    status: 'pending',
    isSettled: false,
    is: { version: 1, limits, isEnded: false },
    isRepeatedUntil: now + DAY,
  };
}

export const changes: fc.Arbitrary<Command> = fc
  .record({
    index: linkIndexes,
    patch: fc.record({
      /** Seconds from the change: some in the past, some no whole second. */
      expiresIn: sometimes(600, 5, 60, 1.35, 0.3, -1, 86_400),
      /** Seconds from the change. */
      opensIn: rarely(null, -10, 5, 700),
      maxUses: sometimes(1, 2, 4, null),
      confirm: rarely(true, false),
      password: rarely(...PASSWORDS, null),
    }),
    fault: writeFaults,
  })
  .map(({ index, patch, fault }) =>
    stepOnLink(
      named('change', { ...patch, fault }),
      index,
      async (link, model, { ask, faults }) => {
        const { expiresIn, opensIn, ...others } = patch;
        const body = {
          ...others,
          expiresAt: isoIn(model.now, expiresIn),
          notBefore: opensIn === null ? null : isoIn(model.now, opensIn),
        };
        const expected = change(model, link, limitsIn(body), fault);
        faults.writes = fault;
        const response = await ask('PATCH', `/v1/links/${link.id}`, { body });
        faults.writes = undefined;
        if (expected === 'changed') {
          expect(response.status).toBe(link.isSettled ? 200 : 202);
        } else {
          expect(await response.json()).toMatchObject({ reason: expected });
        }
      },
    ),
  );

/** A patch as the model takes it: null takes a limit away, and the end is a whole second. */
function limitsIn(patch: Record<string, unknown>): Partial<Limits> {
  const limits: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(patch)) {
    if (value !== undefined) limits[name] = value ?? undefined;
  }
  for (const [name, precision] of [
    ['notBefore', 1],
    ['expiresAt', SECOND],
  ] as const) {
    if (limits[name] === undefined) continue;
    limits[name] = Math.floor(Date.parse(String(limits[name])) / precision) * precision;
  }
  return limits;
}

export const revokes: fc.Arbitrary<Command> = fc
  .record({ index: linkIndexes, fault: writeFaults })
  .map(({ index, fault }) =>
    stepOnLink(named('revoke', { fault }), index, async (link, model, { ask, faults }) => {
      revoke(model, link, fault);
      faults.writes = fault;
      const response = await ask('DELETE', `/v1/links/${link.id}`);
      faults.writes = undefined;
      const { state } = await json<LinkShown>(response);
      expect(statesAtLedger(model, link)).toContain(state);
      expect(response.status).toBe(state === 'revoking' ? 202 : 200);
    }),
  );

/** Whoever mints, changes or revokes is told of uses only what the gate has reported, if it has. */
function statesAtLedger(model: Model, link: LinkModel): string[] {
  return [stateOf(model, { ...link, gate: undefined }), stateOf(model, link)];
}

function isoIn(now: number, seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : new Date(now + seconds * SECOND).toISOString();
}
