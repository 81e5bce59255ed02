// The newest events of a ledger: whose they are, how far back one page looks, and by which index.

import { runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/apps/caller.ts';
import type { EventFilter, LatestPage } from '../../../src/events/event.ts';
import type { LinkId } from '../../../src/links/link-ref.ts';
import { createEventTable } from '../../../src/objects/event-table.ts';
import { servicesOf } from '../../../src/services.ts';
import {
  makeApp,
  makeKey,
  minted,
  realEnv,
  revoke,
  type TestApp,
  withKey,
} from '../../support/api.ts';

const ROWS_PER_PAGE = 2_000;
const OPERATOR: Caller = { kind: 'operator' };

let app: TestApp;

beforeEach(async () => {
  app = await makeApp({ stores: ['demo', 'other'] });
});

const ledger = () => realEnv.LEDGERS.getByName(app.id);
const stub = () => ledger() as unknown as DurableObjectStub;

async function keyOf({ apiKey }: TestApp): Promise<Caller> {
  const credential = await servicesOf(realEnv).apiKeys.credentialOf(apiKey);
  if (!credential) throw new Error('no API key');
  return { kind: 'key', credential };
}

async function latest(
  filter: EventFilter = {},
  page: { before?: number; limit: number } = { limit: 50 },
  caller = OPERATOR,
): Promise<LatestPage> {
  const { result } = await ledger().latestEvents(caller, filter, page);
  if (!result.ok) throw new Error(result.denial.reason);
  return result.value;
}

const shown = ({ events }: LatestPage) => events.map(({ type, subject }) => [type, subject]);

describe('the newest events of a ledger', () => {
  it('are read from the newest on, below a place', async () => {
    const [first, second] = [await minted(app), await minted(app)];
    await revoke(app, first.id);
    const page = await latest({}, { limit: 2 });
    expect(shown(page)).toEqual([
      ['link.revoked', first.id],
      ['link.minted', second.id],
    ]);
    expect(page.newest).toBe(page.events[0]?.seq);
    expect(page.rest).toEqual({ before: page.events[1]?.seq, at: page.events[1]?.at });
    const rest = await latest({}, { before: page.rest?.before as number, limit: 2 });
    expect(shown(rest)).toEqual([
      ['link.minted', first.id],
      ['key.created', app.keyId],
    ]);
    expect(rest.rest).toBeUndefined();
  });

  it('are those of a link, or of a type', async () => {
    const [first, second] = [await minted(app), await minted(app)];
    await revoke(app, first.id);
    expect(shown(await latest({ linkId: first.id as LinkId }))).toEqual([
      ['link.revoked', first.id],
      ['link.minted', first.id],
    ]);
    const page = await latest({ type: 'link.minted' });
    expect(shown(page)).toEqual([
      ['link.minted', second.id],
      ['link.minted', first.id],
    ]);
    // What comes later comes after all there was, found or not.
    expect(page.newest).toBe((await latest()).newest);
  });

  it('are those of links and keys within the caller’s bounds, for who may read them', async () => {
    const narrow = withKey(app, await makeKey(app, { stores: ['other'] }));
    await minted(app);
    const mine = await minted(app, { store: 'other' });
    const page = await latest({}, { limit: 50 }, await keyOf(narrow));
    expect(shown(page)).toEqual([
      ['link.minted', mine.id],
      ['key.created', narrow.keyId],
    ]);
    const blind = withKey(app, await makeKey(app, { scopes: ['links:read'] }));
    const refused = latest({}, { limit: 50 }, await keyOf(blind));
    await expect(refused).rejects.toThrow('scope_missing');
  });

  it('are looked for among a bounded number of rows', async () => {
    const { id } = await minted(app);
    await runInDurableObject(stub(), (_, { storage }) => {
      const events = createEventTable(storage.sql);
      for (let count = 0; count < ROWS_PER_PAGE; count++) {
        events.add('link.opened', 1, 'lnk_other', 'recipient');
      }
    });
    const page = await latest({ type: 'link.minted' });
    expect(page.events).toEqual([]);
    expect(page.rest?.before).toBe(page.newest - ROWS_PER_PAGE + 1);
    const before = page.rest?.before as number;
    expect(shown(await latest({ type: 'link.minted' }, { before, limit: 50 }))).toEqual([
      ['link.minted', id],
    ]);
  });

  it('are read by an index, and never sorted', async () => {
    const plans = await runInDurableObject(stub(), (_, { storage }) => {
      const events = createEventTable(storage.sql);
      return [{}, { type: 'link.opened' } as const, { linkId: 'lnk_a' } as const].map((filter) =>
        events.planOfBefore(filter).join('; '),
      );
    });
    expect(plans[0]).toMatch(/^SEARCH events USING INTEGER PRIMARY KEY \(rowid<\?\)$/);
    expect(plans[1]).toBe(plans[0]);
    expect(plans[2]).toMatch(
      /^SEARCH events USING INDEX events_of_subject \(subject=\? AND seq<\?/,
    );
    expect(plans.join()).not.toContain('TEMP B-TREE');
  });

  it('are nobody’s of an app that was never made', async () => {
    const { result } = await realEnv.LEDGERS.getByName('nobody').latestEvents(
      OPERATOR,
      {},
      { limit: 1 },
    );
    expect(result).toEqual({ ok: false, denial: { reason: 'app_not_found' } });
  });
});
