// What an app does: mint, mint again, change, revoke, and have its events sent.

import fc from 'fast-check';
import { expect } from 'vitest';
import { json } from '../../support/api.ts';
import { HOOK_URL } from '../../support/webhooks.ts';
import { endAs, endOf, type History, HOUR, type LinkSeen, SECOND } from './history.ts';
import { seeLedger } from './look.ts';
import { arriveLate } from './platform.ts';
import { type Command, linkIndexes, named, oneOf, plans, step, stepOnLink } from './steps.ts';
import type { World } from './world.ts';

const MAX_LINKS = 5;
const MAX_WEBHOOKS = 2;

export const mints: fc.Arbitrary<Command> = fc
  .record({
    kind: oneOf<LinkSeen['kind']>(
      [4, fc.constant('strong')],
      [1, fc.constant('edge')],
      [1, fc.constant('upload')],
    ),
    ttlSeconds: oneOf([3, fc.constant(7_200)], [1, fc.constantFrom(600, 60, 20)]),
    maxUses: oneOf([1, fc.constant(undefined)], [2, fc.constantFrom(1, 2, 3)]),
    /** Counted from the newest. */
    key: oneOf([2, fc.constant(0)], [1, fc.nat(2)]),
    planned: plans,
  })
  .map(({ kind, ttlSeconds, maxUses, key, planned }) =>
    step(
      named('mint', { kind, ttlSeconds, maxUses, key }),
      planned,
      async (history, world) => {
        const usable = history.keys.filter(({ revoked }) => revoked === 'no');
        const by = usable.at(-1 - (key % usable.length));
        if (!by) return;
        const name = `link-${history.links.length}`;
        const uses = kind === 'edge' ? undefined : maxUses;
        const link: LinkSeen = {
          name,
          kind,
          keyId: by.id,
          apiKey: by.apiKey,
          askedAt: Date.now(),
          body: bodyOf(name, kind, ttlSeconds, uses),
          end: history.suspended === 'no' ? 'none' : 'perhaps',
          mostUses: uses ?? Number.POSITIVE_INFINITY,
          soonestEnd: Date.now() + ttlSeconds * SECOND,
          granted: new Set(),
          uploaded: new Set(),
          isSent: false,
        };
        history.links.push(link);
        await mintOn(link, history, world);
      },
      ({ links }) => links.length < MAX_LINKS,
    ),
  );

export const repeatedMints: fc.Arbitrary<Command> = fc
  .record({ index: linkIndexes, planned: plans })
  .map(({ index, planned }) =>
    step(
      named('repeat a mint', { index }),
      planned,
      async (history, world) => {
        const link = history.links.at(-1 - (index % history.links.length));
        if (!link || isKeyGone(history, link) || isLongAgo(link)) return;
        // A mint that failed is made anew, and lives from now on.
        if (link.id === undefined && history.suspended !== 'no') endAs(link, 'perhaps');
        await mintOn(link, history, world);
      },
      ({ links }) => links.length > 0,
    ),
  );

function bodyOf(
  name: string,
  kind: LinkSeen['kind'],
  ttlSeconds: number,
  maxUses: number | undefined,
): Record<string, unknown> {
  const key = `model/${name}.png`;
  const body = { store: 'demo', key, ttlSeconds, maxUses, tags: ['model'] };
  if (kind === 'edge') return { ...body, operation: 'download', consistency: 'edge' };
  const rated = { ...body, rateLimit: { limit: 10_000, windowSeconds: 1 } };
  if (kind === 'strong') return { ...rated, operation: 'download' };
  return { ...rated, operation: 'upload', upload: { maxBytes: 1_000 } };
}

async function mintOn(link: LinkSeen, history: History, { ask, platform }: World): Promise<void> {
  const response = await ask('POST', '/v1/links', {
    bearer: link.apiKey,
    headers: { 'Idempotency-Key': link.name },
    body: link.body,
  });
  const body = await json<{ id: string; url: string; expiresAt: string; reason?: string }>(
    response,
  );
  if (response.status === 201) {
    link.id ??= body.id;
    link.url ??= body.url;
    // What was told once is told again.
    expect({ id: body.id, url: body.url }).toEqual({ id: link.id, url: link.url });
    link.soonestEnd = Math.min(link.soonestEnd, Date.parse(body.expiresAt));
    return;
  }
  if (response.status === 403 && body.reason === 'app_suspended') {
    expect(history.suspended).not.toBe('no');
    return;
  }
  // Its key may have been revoked by a call that nobody heard the end of.
  if (response.status === 401) {
    expect(history.keys.find(({ id }) => id === link.keyId)?.revoked).toBe('perhaps');
    return;
  }
  // A second put within a second is too soon for KV.
  if (link.kind !== 'edge') expect(platform.isCalm(), `503 for ${link.name}`).toBe(false);
  expect(response.status).toBe(503);
  expect(response.headers.get('Retry-After')).not.toBeNull();
}

function isKeyGone({ keys }: History, { keyId }: LinkSeen): boolean {
  return keys.find(({ id }) => id === keyId)?.revoked !== 'no';
}

/** An Idempotency-Key is kept for a day. */
function isLongAgo({ askedAt }: LinkSeen): boolean {
  return Date.now() > askedAt + 12 * HOUR;
}

export const changes: fc.Arbitrary<Command> = fc
  .record({
    index: linkIndexes,
    patch: fc.record({
      /** Seconds from now. */
      expiresIn: fc.constantFrom(undefined, 3_600, 7_200, 10),
      maxUses: fc.constantFrom(1, 2, 4),
    }),
    planned: plans,
  })
  .map(({ index, patch, planned }) =>
    stepOnLink(
      named('change', patch),
      planned,
      index,
      (link, _, world) => change(link, patch, world),
      ({ kind }) => kind !== 'edge',
    ),
  );

type Patch = { readonly expiresIn?: number | undefined; readonly maxUses: number };

async function change(
  link: LinkSeen,
  { expiresIn, maxUses }: Patch,
  { ask, platform }: World,
): Promise<void> {
  const end = expiresIn === undefined ? undefined : Date.now() + expiresIn * SECOND;
  const expiresAt = end && Math.floor(end / SECOND) * SECOND;
  // From here on it may be so, whatever is answered.
  link.mostUses = Math.max(link.mostUses, maxUses);
  link.soonestEnd = Math.min(link.soonestEnd, expiresAt ?? link.soonestEnd);
  const body = { expiresAt: expiresAt && new Date(expiresAt).toISOString(), maxUses };
  const { status } = await ask('PATCH', `/v1/links/${link.id}`, { body });
  expect(platform.isCalm() ? [200, 409] : [200, 202, 409, 503]).toContain(status);
}

export const revokes: fc.Arbitrary<Command> = fc
  .record({ index: linkIndexes, planned: plans })
  .map(({ index, planned }) =>
    stepOnLink('revoke', planned, index, (link, _, world) => revoke(link, world)),
  );

async function revoke(link: LinkSeen, { ask, platform }: World): Promise<void> {
  endAs(link, 'perhaps');
  const { status } = await ask('DELETE', `/v1/links/${link.id}`);
  const isSure = platform.isCalm() && link.kind !== 'edge';
  expect(isSure ? [200] : [200, 202, 503]).toContain(status);
  endAs(link, endOf(status));
}

/** What was given up arrives after what came later. */
export const overtakenChanges: fc.Arbitrary<Command> = linkIndexes.map((index) =>
  stepOnLink(
    'change twice, and the first comes last',
    // The ledger's first write to the gate.
    [{ nth: 1, fault: 'late' }],
    index,
    async (link, _, world) => {
      await change(link, { maxUses: 4 }, world);
      await change(link, { maxUses: 1 }, world);
      await arriveLate(world.platform);
    },
    ({ kind }) => kind !== 'edge',
  ),
);

/** Which of them comes first is the ledger's to say. */
export const races: fc.Arbitrary<Command> = fc
  .record({ index: linkIndexes, planned: plans })
  .map(({ index, planned }) =>
    stepOnLink(
      'change and revoke at once',
      planned,
      index,
      async (link, _, world) => {
        await Promise.all([change(link, { maxUses: 2 }, world), revoke(link, world)]);
      },
      ({ kind }) => kind !== 'edge',
    ),
  );

export const makeWebhooks: fc.Arbitrary<Command> = plans.map((planned) =>
  step(
    'make a webhook',
    planned,
    async (history, world) => {
      const after = (await seeLedger(world)).events.at(-1)?.seq ?? 0;
      const response = await world.ask('POST', '/v1/webhooks', {
        headers: { 'Idempotency-Key': `webhook-${history.webhooks.length}` },
        body: { url: HOOK_URL },
      });
      if (response.status !== 201) return expect(response.status).toBe(503);
      const { id } = await json<{ id: string }>(response);
      // One that nobody heard of may have been there for longer.
      if (history.webhooks.every((webhook) => webhook.id !== id)) {
        const isInterrupted = world.network.endpoint === 'gone';
        history.webhooks.push({ id, after, isInterrupted });
      }
    },
    ({ webhooks }) => webhooks.length < MAX_WEBHOOKS,
  ),
);

type Ask = World['ask'];

const CHANGES = {
  enable: (path: string, ask: Ask) => ask('PATCH', path, { body: { enabled: true } }),
  disable: (path: string, ask: Ask) => ask('PATCH', path, { body: { enabled: false } }),
  rotate: (path: string, ask: Ask) => ask('POST', `${path}/rotate`),
  delete: (path: string, ask: Ask) => ask('DELETE', path),
};

export const changeWebhooks: fc.Arbitrary<Command> = fc
  .record({
    change: fc.constantFrom<keyof typeof CHANGES>('enable', 'disable', 'rotate', 'delete'),
    planned: plans,
  })
  .map(({ change, planned }) =>
    step(
      `${change} the newest webhook`,
      planned,
      async ({ webhooks }, { ask }) => {
        const webhook = webhooks.at(-1);
        if (!webhook) return;
        const path = `/v1/webhooks/${webhook.id}`;
        if (change !== 'rotate') webhook.isInterrupted = true;
        const { status } = await CHANGES[change](path, ask);
        expect([200, 201, 202, 204, 404, 503]).toContain(status);
      },
      ({ webhooks }) => webhooks.length > 0,
    ),
  );
