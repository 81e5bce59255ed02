// What operators do: revoke one link or many, suspend and resume the app, make and revoke keys.

import fc from 'fast-check';
import { expect } from 'vitest';
import { EVERY_SCOPE, json } from '../../support/api.ts';
import { endAs, endOf, type History, type LinkSeen } from './history.ts';
import {
  type Command,
  linkIndexes,
  NO_PLAN,
  oneOf,
  plans,
  plansAt,
  step,
  stepOnLink,
} from './steps.ts';
import type { World } from './world.ts';

const MAX_KEYS = 3;

type Revocation = { matched: number; revoked: number; pending: number; complete: boolean };

export const operatorRevokes: fc.Arbitrary<Command> = fc
  .record({ index: linkIndexes, planned: plans })
  .map(({ index, planned }) =>
    stepOnLink('an operator revokes', planned, index, async (link, _, { operate }) => {
      endAs(link, 'perhaps');
      const response = await operate('DELETE', `/v1/links/${link.id}`);
      expect([200, 202, 503]).toContain(response.status);
      endAs(link, endOf(response.status));
    }),
  );

/**
 * Whatever else is down: as long as there is the ledger, where intents are, an operator who knows the app
 * ends the link, and the gate hears of it as soon as it can.
 */
export const insistentRevokes: fc.Arbitrary<Command> = fc
  .record({ index: linkIndexes, planned: NO_PLAN })
  .map(({ index, planned }) =>
    stepOnLink('an operator insists on revoking', planned, index, async (link, _, world) => {
      const { app, operate, platform } = world;
      endAs(link, 'perhaps');
      const body = { app: app.id, ids: [link.id] };
      const response = await operate('POST', '/v1/links/revoke', { body });
      if (platform.outages.has('ledger')) return expect(response.status).toBe(503);
      expect([200, 202]).toContain(response.status);
      endAs(link, endOf(response.status));
    }),
  );

type Many = 'all' | 'prefix' | 'tag' | 'minter';

export const bulkRevokes: fc.Arbitrary<Command> = fc
  .record({ what: fc.constantFrom<Many>('all', 'prefix', 'tag', 'minter'), planned: plans })
  .map(({ what, planned }) =>
    step(
      `an operator revokes by ${what}`,
      planned,
      async (history, { app, operate }) => {
        const minter = history.links.at(-1)?.keyId;
        const meant = history.links.filter(({ keyId }) => what !== 'minter' || keyId === minter);
        for (const link of meant) endAs(link, 'perhaps');
        const filter = {
          all: { all: true },
          prefix: { keyPrefix: 'model/' },
          tag: { tag: 'model' },
          minter: { mintedBy: minter },
        }[what];
        const body = { app: app.id, ...filter };
        const response = await operate('POST', '/v1/links/revoke', { body });
        expect([200, 202, 503]).toContain(response.status);
        if (response.status === 503) return;
        const { complete } = await json<Revocation>(response);
        const end = complete ? endOf(response.status) : 'perhaps';
        for (const link of meant) if (link.url !== undefined) endAs(link, end);
      },
      ({ links }) => links.length > 0,
    ),
  );

export const suspensions: fc.Arbitrary<Command> = fc
  .record({
    suspended: oneOf([1, fc.constant(true)], [2, fc.constant(false)]),
    // The directory's call of the ledger.
    planned: plansAt(1),
  })
  .map(({ suspended, planned }) =>
    step(
      `an operator ${suspended ? 'suspends' : 'resumes'} the app`,
      planned,
      async (history, { app, operate }) => {
        if (suspended) endAllAs(history, 'perhaps');
        history.suspended = 'perhaps';
        const response = await operate('PATCH', `/v1/apps/${app.id}`, { body: { suspended } });
        expect([200, 503]).toContain(response.status);
        if (response.status === 503) return;
        history.suspended = suspended ? 'yes' : 'no';
        if (suspended) endAllAs(history, 'accepted');
      },
      ({ suspended: isBy }) => suspended || isBy !== 'no',
    ),
  );

function endAllAs({ links }: History, end: LinkSeen['end']): void {
  for (const link of links) if (end === 'perhaps' || link.url !== undefined) endAs(link, end);
}

export const makeKeys: fc.Arbitrary<Command> = plans.map((planned) =>
  step(
    'an operator makes a key',
    planned,
    async ({ keys }, { app, operate }: World) => {
      const response = await operate('POST', '/v1/keys', {
        headers: { 'Idempotency-Key': `key-${keys.length}` },
        body: { app: app.id, scopes: EVERY_SCOPE, requestsPerMinute: 10_000 },
      });
      if (response.status !== 201) return expect(response.status).toBe(503);
      const { id, apiKey } = await json<{ id: string; apiKey: string }>(response);
      if (keys.every((key) => key.id !== id)) keys.push({ id, apiKey, revoked: 'no' });
    },
    ({ keys }) => keys.length < MAX_KEYS,
  ),
);

export const revokeKeys: fc.Arbitrary<Command> = fc
  .record({ withLinks: fc.boolean(), planned: plans })
  .map(({ withLinks, planned }) =>
    step(
      `an operator revokes the newest key${withLinks ? ' with its links' : ''}`,
      planned,
      async ({ keys, links }, { app, operate }) => {
        const key = keys.at(-1);
        if (!key) return;
        const own = links.filter(({ keyId }) => keyId === key.id);
        if (withLinks) for (const link of own) endAs(link, 'perhaps');
        if (key.revoked === 'no') key.revoked = 'perhaps';
        const path = `/v1/keys/${key.id}?app=${app.id}&revokeLinks=${withLinks}`;
        const { status } = await operate('DELETE', path);
        expect([200, 503]).toContain(status);
        if (status === 503) return;
        key.revoked = 'yes';
        if (withLinks) for (const link of own) if (link.url) endAs(link, 'accepted');
      },
      // With the first one the app itself works.
      ({ keys }) => keys.length > 1,
    ),
  );
