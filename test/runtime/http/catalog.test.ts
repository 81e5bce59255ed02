import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLinkTable } from '../../../src/objects/link-table.ts';
import {
  json,
  type MintedOnWire,
  makeApp,
  makeKey,
  mint,
  minted,
  OPERATOR,
  open,
  realEnv,
  request,
  revoke,
  type TestApp,
  withKey,
} from '../../support/api.ts';

const SECOND = 1_000;
type Page = { readonly items: MintedOnWire[]; readonly nextCursor: string | null };

let app: TestApp;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  app = await makeApp({ stores: ['demo', 'other'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const get = (query: string, bearer = app.apiKey) => request('GET', `/v1/links${query}`, { bearer });
const page = async (query = '', bearer = app.apiKey) => json<Page>(await get(query, bearer));
const idsOf = (list: Page) => list.items.map(({ id }) => id);

/** Reads every page to its end. */
async function all(query: string, bearer = app.apiKey): Promise<string[]> {
  const ids: string[] = [];
  let cursor = '';
  do {
    const next = await page(`${query}${cursor && `&cursor=${cursor}`}`, bearer);
    ids.push(...idsOf(next));
    cursor = next.nextCursor ?? '';
  } while (cursor);
  return ids;
}

async function mintSeveral(count: number, terms = {}, as = app): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    vi.setSystemTime(Date.now() + 10);
    ids.unshift((await minted(as, terms)).id);
  }
  return ids;
}

describe('GET /v1/links', () => {
  it('lists nothing for an app without links, and shows no URL for one with', async () => {
    expect(await page()).toEqual({ items: [], nextCursor: null });
    const link = await minted(app);
    const [item] = (await page()).items;
    expect(item).toMatchObject({ id: link.id, state: 'active' });
    expect(JSON.stringify(item)).not.toContain(new URL(link.url).pathname.slice(1));
  });

  it('goes from the newest on, page by page, none twice and none left out', async () => {
    const ids = await mintSeveral(7);
    expect(await all('?limit=3')).toEqual(ids);
    expect(await all('?limit=7')).toEqual(ids);
    expect(idsOf(await page('?limit=2'))).toEqual(ids.slice(0, 2));
  });

  it('is stable while links are minted', async () => {
    const ids = await mintSeveral(4);
    const first = await page('?limit=2');
    await mintSeveral(3);
    const second = await page(`?limit=2&cursor=${first.nextCursor}`);
    expect([...idsOf(first), ...idsOf(second)]).toEqual(ids);
  });

  it('tells links of one millisecond apart', async () => {
    const links = await Promise.all(Array.from({ length: 9 }, () => minted(app)));
    expect((await all('?limit=2')).sort()).toEqual(links.map(({ id }) => id).sort());
  });

  it('filters', async () => {
    const start = Date.now();
    const other = withKey(app, await makeKey(app));
    const at = (ms: number) => encodeURIComponent(new Date(start + ms).toISOString());
    const a = await minted(app, {
      key: 'team a/1.pdf',
      tags: ['x', 'y'],
      note: 'For the Auditors',
    });
    vi.setSystemTime(start + 10 * SECOND);
    const b = await minted(other, { key: 'team b/2.pdf', tags: ['y'], ttlSeconds: 60 });
    vi.setSystemTime(start + 20 * SECOND);
    const c = await minted(app, { store: 'other', key: 'team a/1.pdf', maxUses: 1 });
    await revoke(app, c.id);

    const CASES: [string, MintedOnWire[]][] = [
      ['?tag=x', [a]],
      ['?tag=y', [b, a]],
      ['?tag=z', []],
      ['?store=demo&key=team%20a/1.pdf', [a]],
      ['?key=team%20a/1.pdf', [c, a]],
      ['?keyPrefix=team%20b/', [b]],
      [`?mintedBy=${other.keyId}`, [b]],
      ['?state=revoked', [c]],
      ['?state=active', [b, a]],
      ['?q=auditors%20team', [a]],
      ['?q=AUDITORS', [a]],
      ['?q=nothing', []],
      [`?createdAfter=${at(10_000)}`, [c, b]],
      [`?createdBefore=${at(10_000)}`, [a]],
      [`?expiresBefore=${at(80_000)}`, [b]],
      ['?tag=y&state=active&store=demo&q=2.pdf', [b]],
    ];
    for (const [query, expected] of CASES) {
      expect({ query, ids: idsOf(await page(query)) }).toEqual({
        query,
        ids: expected.map(({ id }) => id),
      });
    }
  });

  it('follows a change of tags', async () => {
    const { id } = await minted(app, { tags: ['before'] });
    await request('PATCH', `/v1/links/${id}`, { bearer: app.apiKey, body: { tags: ['after'] } });
    expect(idsOf(await page('?tag=before'))).toEqual([]);
    expect(idsOf(await page('?tag=after'))).toEqual([id]);
  });

  it('refuses a cursor that was tampered with, or is of another list', async () => {
    await mintSeveral(3);
    const cursor = (await page('?limit=1')).nextCursor ?? '';
    const stranger = await makeApp();
    const forged = `${cursor.slice(0, -2)}${cursor.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const refused of [
      await get(`?cursor=${forged}`),
      await get('?cursor=nonsense'),
      await get(`?cursor=${cursor}`, stranger.apiKey),
      await get(`?cursor=${cursor}`, OPERATOR),
    ]) {
      expect(refused.status).toBe(400);
      expect((await json<{ errors: object[] }>(refused)).errors).toMatchObject([
        { pointer: '/cursor' },
      ]);
    }
  });

  const REFUSALS: [string, string][] = [
    ['?limit=0', '/limit'],
    ['?limit=201', '/limit'],
    ['?limit=ten', '/limit'],
    ['?state=ended', '/state'],
    ['?createdAfter=yesterday', '/createdAfter'],
    ['?colour=red', '/colour'],
  ];
  it.each(REFUSALS)('refuses %s', async (query, pointer) => {
    const refused = await get(query);
    expect(refused.status).toBe(400);
    expect((await json<{ errors: object[] }>(refused)).errors).toMatchObject([{ pointer }]);
  });

  it('reads by an index where a filter has one, and never sorts', async () => {
    const ledger = realEnv.LEDGERS.getByName(app.id) as unknown as DurableObjectStub;
    const plans = await runInDurableObject(ledger, (_, ctx) => {
      const links = createLinkTable(ctx.storage.sql);
      return [
        links.planOf({}),
        links.planOf({ store: 'demo', key: 'a' }),
        links.planOf({ mintedBy: 'key_a' }),
        links.planOf({ tag: 'a' }),
        links.planOf({ q: 'a' }),
      ];
    });
    const [newest, object, minter, tag, rest] = plans.map((plan) => plan.join('; '));
    expect(newest).toMatch(/^SEARCH links USING INDEX links_newest/);
    expect(object).toMatch(/^SEARCH links USING INDEX links_of_object \(store=\? AND key=\?/);
    expect(minter).toMatch(/^SEARCH links USING INDEX links_of_minter \(minted_by=\?/);
    expect(tag).toMatch(/^SEARCH link_tags USING PRIMARY KEY \(tag=\?/);
    expect(rest).toBe(newest);
    expect(plans.flat().join()).not.toContain('TEMP B-TREE');
  });
});

describe('an operator', () => {
  it('lists the links of every app, newest first, page by page', async () => {
    const second = await makeApp();
    const ids: string[] = [];
    for (const as of [app, second, second, app, second]) {
      ids.unshift(...(await mintSeveral(1, { tags: ['of this test', app.id] }, as)));
    }
    expect(await all(`?limit=2&tag=${app.id}`, OPERATOR)).toEqual(ids);
    expect((await page(`?app=${second.id}`, OPERATOR)).items).toHaveLength(3);
  });

  it('finds and ends a link by its URL, whoever minted it', async () => {
    const link = await minted(app);
    const looked = await request('POST', '/v1/links/lookup', {
      bearer: OPERATOR,
      body: { url: ` ${link.url}?utm_source=chat ` },
    });
    expect(await json(looked)).toMatchObject({ id: link.id, mintedBy: app.keyId });
    const ended = await request('DELETE', `/v1/links/${link.id}`, { bearer: OPERATOR });
    expect(await json(ended)).toMatchObject({ state: 'revoked' });
    expect((await open(link.url)).status).toBe(410);
  });

  it.each([
    'https://get.example.com/AAAAAAAAAAAAAAAAAAAAAA',
    'https://elsewhere.example.com/AAAAAAAAAAAAAAAAAAAAAA',
    'nonsense',
  ])('is told that %s leads nowhere', async (url) => {
    const looked = await request('POST', '/v1/links/lookup', { bearer: OPERATOR, body: { url } });
    expect(looked.status).toBe(404);
  });

  it('can not mint, having no app', async () => {
    expect((await mint({ ...app, apiKey: OPERATOR })).status).toBe(403);
  });
});
