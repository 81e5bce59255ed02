// Operators find, mint, change and end links on the dashboard.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { adminForm, adminGet, signedIn } from '../../support/admin.ts';
import {
  json,
  makeApp,
  minted,
  OPERATOR,
  open,
  realEnv,
  request,
  type TestApp,
} from '../../support/api.ts';
import { answering } from '../../support/counted-env.ts';

const HOSTILE = `<img src=x onerror=alert(1)>\u202efdp😀`;

const cookie = await signedIn();
const app = await makeApp();

async function page(path: string): Promise<string> {
  const response = await adminGet(path, cookie);
  expect(response.status).toBe(200);
  return response.text();
}

/** What the page's hidden field of a name holds. */
function hidden(html: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
}

async function mintByHand(fields: Record<string, string> = {}): Promise<Response> {
  const once = hidden(await page('/admin/links/new'), 'once');
  const filled = { app: app.id, store: 'demo', operation: 'download', key: 'reports/q3.pdf' };
  return adminForm(
    '/admin/links/new',
    { once, ...filled, ttlSeconds: '2', ttlSecondsUnit: 'h', ...fields },
    cookie,
  );
}

const urlIn = (html: string) => /id="url" value="([^"]*)"/.exec(html)?.[1] ?? '';
const idIn = (html: string) => /\/admin\/links\/(lnk_\w+)\?app=/.exec(html)?.[1] ?? '';

async function inspect(id: string, owner: TestApp = app) {
  return json(await request('GET', `/v1/links/${id}`, { bearer: owner.apiKey }));
}

async function eventsOf(id: string) {
  const events = await request('GET', `/v1/events?linkId=${id}`, { bearer: app.apiKey });
  return (await json<{ items: { type: string; actor: string; data: object }[] }>(events)).items;
}

describe('minting by hand', () => {
  it('gives a link that opens, shows its URL once, and is the operator’s doing', async () => {
    const response = await mintByHand({ maxUses: '3', tags: 'a, b', note: 'For you' });
    expect(response.status).toBe(201);
    const html = await response.text();
    expect(html).toContain('<svg');
    const [url, id] = [urlIn(html), idIn(html)];
    expect((await open(url, { headers: { 'Hallpass-Claim': 'c'.repeat(22) } })).status).toBe(302);
    const link = await inspect(id);
    expect(link).toMatchObject({ maxUses: 3, tags: ['a', 'b'], note: 'For you' });
    expect(link.mintedBy).toBe('operator');
    const life = Date.parse(link.expiresAt as string) - Date.parse(link.createdAt as string);
    expect(Math.round(life / 3_600_000)).toBe(2);
    expect(await eventsOf(id)).toMatchObject([{ type: 'link.minted', actor: 'operator' }]);

    const token = new URL(url).pathname.slice(1);
    expect(await page(`/admin/links/${id}?app=${app.id}`)).not.toContain(token);
    expect(await page('/admin/links')).not.toContain(token);
  });

  it('mints once, however often the form is sent', async () => {
    const once = hidden(await page('/admin/links/new'), 'once');
    const answers = await Promise.all([mintByHand({ once }), mintByHand({ once })]);
    const again = await mintByHand({ once });
    const urls = await Promise.all([...answers, again].map(async (r) => urlIn(await r.text())));
    expect(new Set(urls.filter((url) => url !== '')).size).toBe(1);
    expect(urls.at(-1)).not.toBe('');
  });

  it('has an upload take what the form says', async () => {
    const fields = { operation: 'upload', key: 'inbox/', 'upload/maxBytes': '5' };
    const html = await (await mintByHand({ ...fields, 'upload/contentTypes': 'image/*' })).text();
    expect(await inspect(idIn(html))).toMatchObject({
      operation: 'upload',
      upload: { maxBytes: 5_000_000, contentTypes: ['image/*'], overwrite: false },
    });
  });

  it.each([
    ['a key that escapes', { key: 'a/../b' }, 400, 'key'],
    ['uses that are no number', { maxUses: 'many' }, 400, 'maxUses'],
    ['no end', { ttlSeconds: '' }, 400, 'ttlSeconds'],
    ['an end too far away', { ttlSeconds: '999999999', ttlSecondsUnit: 'd' }, 400, 'ttlSeconds'],
    ['half a rate', { 'rateLimit/limit': '5' }, 400, 'rateLimit/windowSeconds'],
    ['no network', { allowCidrs: '203.0.113.0/33' }, 400, 'allowCidrs'],
    ['an opening that is no time', { notBefore: 'soon' }, 400, 'notBefore'],
    [
      'an opening beyond time',
      { notBefore: '99999999999999', notBeforeUnit: 'd' },
      400,
      'notBefore',
    ],
    ['a store of another app', { store: 'other' }, 403, 'store'],
    ['no such app', { app: 'nobody' }, 404, 'app'],
  ])('refuses %s beside its field, and keeps what was typed', async (_, fields, status, name) => {
    const response = await mintByHand({ note: HOSTILE, ...fields });
    expect(response.status).toBe(status);
    const html = await response.text();
    expect(html).toContain('role="alert"');
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    if (status !== 404) {
      const field = html.slice(html.indexOf(`name="${name}"`)).split('</label>')[0];
      expect(field).toContain('aria-invalid="true"');
    }
  });
});

describe('the catalog', () => {
  it('shows what matches the address, and nothing hostile as more than text', async () => {
    const other = await makeApp();
    const mine = await minted(app, { key: 'a/hostile.pdf', note: HOSTILE, tags: [HOSTILE] });
    const theirs = await minted(other, { key: 'b/theirs.pdf' });
    const both = await page('/admin/links');
    expect(both).toContain(mine.id);
    expect(both).toContain(theirs.id);
    expect(both).not.toContain('<img');
    const filtered = await page(`/admin/links?app=${app.id}&keyPrefix=a/&state=&q=`);
    expect(filtered).toContain(mine.id);
    expect(filtered).not.toContain(theirs.id);
    expect(await page('/admin/links?q=nowhere')).toContain('No link matches');
  });

  it('has older links behind a cursor, with the filters', async () => {
    const many = await makeApp();
    for (let index = 0; index < 27; index++) await minted(many, { key: `many/${index}.pdf` });
    const first = await page(`/admin/links?app=${many.id}`);
    const next = /href="(\/admin\/links\?[^"]*cursor=[^"]*)"/.exec(first)?.[1] ?? '';
    const second = await page(next.replaceAll('&amp;', '&'));
    expect(second).toContain('many/0.pdf');
    expect(second).toContain('many/1.pdf');
    expect(second).not.toContain('many/2.pdf');
  });

  it('says which filter is wrong', async () => {
    const response = await adminGet('/admin/links?state=gone&cursor=x', cookie);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('aria-invalid="true"');
  });

  it('finds a link by its URL or its id, and nothing by anything else', async () => {
    const link = await minted(app);
    for (const text of [` ${link.url} `, link.id]) {
      const found = await adminForm('/admin/links/lookup', { text }, cookie);
      expect(found.headers.get('Location')).toBe(`/admin/links/${link.id}`);
    }
    for (const text of ['', 'https://get.example.com/4mWQ0kXvTtPzB7cJr2LsYd', HOSTILE]) {
      const none = await adminForm('/admin/links/lookup', { text }, cookie);
      expect(none.status).toBe(404);
    }
    expect(await page(`/admin/links/${link.id}`)).toContain(link.id);
    expect((await adminGet('/admin/links/lnk_nobody', cookie)).status).toBe(404);
  });
});

describe('the page of a link', () => {
  it('tells its whole story', async () => {
    const link = await minted(app, { maxUses: 2, note: HOSTILE, password: 'secret words' });
    await request('PATCH', `/v1/links/${link.id}`, { bearer: app.apiKey, body: { maxUses: 3 } });
    const html = await page(`/admin/links/${link.id}`);
    for (const text of ['0 of 3 spent', 'Link minted', 'Link changed', app.keyId, 'Revoke this']) {
      expect(html).toContain(text);
    }
    expect(html).not.toContain('secret words');
    expect(html).not.toContain('<img');
  });

  it('changes what the form changes, and nothing else', async () => {
    const link = await minted(app, { maxUses: 2, note: 'before', tags: ['a'] });
    const path = `/admin/links/${link.id}`;
    const version = hidden(await page(path), 'version');
    const same = { version, note: 'before', tags: 'a', 'rateLimit/limit': '60' };
    const filled = { ...same, 'rateLimit/windowSeconds': '60', maxUses: '5' };
    const extended = { ...filled, expiresAt: '3', expiresAtUnit: 'd' };
    const response = await adminForm(`${path}/change`, extended, cookie);
    expect(response.status).toBe(303);
    expect(response.headers.get('Location')).toBe(`${path}?done=changed`);
    expect(await inspect(link.id)).toMatchObject({ maxUses: 5, note: 'before', tags: ['a'] });
    const events = await eventsOf(link.id);
    expect(events.at(-1)).toMatchObject({
      type: 'link.changed',
      actor: 'operator',
      data: { fields: ['expiresAt', 'maxUses'] },
    });
    expect(await page(`${path}?done=changed`)).toContain('The link was changed.');
  });

  it('leaves a tag with a comma in it one tag', async () => {
    const link = await minted(app, { tags: ['a, b', 'c,d'], note: 'n' });
    const path = `/admin/links/${link.id}`;
    const html = await page(path);
    const version = hidden(html, 'version');
    const same = { version, note: 'n', tags: 'a, b, c,d', 'rateLimit/limit': '60' };
    const fields = { ...same, 'rateLimit/windowSeconds': '60', maxUses: '5' };
    expect((await adminForm(`${path}/change`, fields, cookie)).status).toBe(303);
    expect(await inspect(link.id)).toMatchObject({ maxUses: 5, tags: ['a, b', 'c,d'] });
  });

  it('changes nothing that somebody else changed meanwhile, and says so', async () => {
    const link = await minted(app, { maxUses: 2 });
    const path = `/admin/links/${link.id}`;
    const version = hidden(await page(path), 'version');
    await request('PATCH', path.replace('/admin', '/v1'), {
      bearer: app.apiKey,
      body: { maxUses: 9 },
    });
    const stale = await adminForm(`${path}/change`, { version, note: HOSTILE }, cookie);
    expect(stale.status).toBe(412);
    const html = await stale.text();
    expect(html).toContain('This link was changed meanwhile');
    expect(html).toContain('0 of 9 spent');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(await inspect(link.id)).toMatchObject({ maxUses: 9 });
    // Having seen how it is, its operator may send the form again.
    const again = { version: hidden(html, 'version'), maxUses: '9', note: 'mine' };
    expect((await adminForm(`${path}/change`, again, cookie)).status).toBe(303);
    expect(await inspect(link.id)).toMatchObject({ maxUses: 9, note: 'mine' });
  });

  it.each([
    [{ maxUses: 'some' }, 'maxUses'],
    [{ expiresAt: 'later' }, 'expiresAt'],
    [{ expiresAt: '9999', expiresAtUnit: 'd' }, 'expiresAt'],
  ])('refuses %o', async (fields, name) => {
    const link = await minted(app);
    const path = `/admin/links/${link.id}`;
    const version = hidden(await page(path), 'version');
    const response = await adminForm(`${path}/change`, { version, ...fields }, cookie);
    expect(response.status).toBe(400);
    const html = await response.text();
    expect(html.slice(html.indexOf(`name="${name}"`)).split('</')[0]).toContain('aria-invalid');
  });

  it('revokes it for good', async () => {
    const link = await minted(app);
    const path = `/admin/links/${link.id}`;
    const response = await adminForm(`${path}/revoke?app=${app.id}`, {}, cookie);
    expect(response.headers.get('Location')).toBe(`${path}?app=${app.id}&done=revoked`);
    expect((await open(link.url)).status).toBe(410);
    expect((await eventsOf(link.id)).at(-1)).toMatchObject({
      type: 'link.revoked',
      actor: 'operator',
    });
    const html = await page(`${path}?app=${app.id}&done=revoked`);
    expect(html).toContain('It opens nowhere any more.');
    expect(html).not.toContain('Revoke this link');
    const changed = await adminForm(`${path}/change`, { version: '1', note: 'x' }, cookie);
    expect(changed.status).toBe(409);
  });
});

describe('ending many', () => {
  async function selected(
    count: number,
  ): Promise<{ owner: TestApp; ids: string[]; urls: string[] }> {
    const owner = await makeApp();
    const links = [];
    for (let index = 0; index < count; index++) links.push(await minted(owner));
    return { owner, ids: links.map(({ id }) => id), urls: links.map(({ url }) => url) };
  }

  it('first says how many, and ends nothing', async () => {
    const { ids, urls } = await selected(3);
    const query = new URLSearchParams(ids.map((id) => ['ids', id]));
    expect(await page(`/admin/links/revoke?${query}`)).toContain('Revoke 3 links?');
    expect((await open(urls[0] as string)).status).toBe(302);
  });

  it('ends those that were checked, and no other', async () => {
    const { ids, urls } = await selected(3);
    const fields = ids.slice(0, 2).map((id) => ['ids', id] as const);
    const response = await adminForm('/admin/links/revoke', fields, cookie);
    expect(response.status).toBe(303);
    const result = await page(response.headers.get('Location') as string);
    expect(result).toContain('Revoked 2 links');
    const statuses = await Promise.all(urls.map(async (url) => (await open(url)).status));
    expect(statuses).toEqual([410, 410, 302]);
  });

  it('ends all that match, and counts nothing that is minted later', async () => {
    const { owner, urls } = await selected(4);
    const fields = { app: owner.id, all: 'true' };
    expect(await page(`/admin/links/revoke?${new URLSearchParams(fields)}`)).toContain('4 links');
    const response = await adminForm('/admin/links/revoke', fields, cookie);
    const result = response.headers.get('Location') as string;
    expect(await page(result)).toContain('Revoked 4 links');
    for (const url of urls) expect((await open(url)).status).toBe(410);
    const later = await minted(owner);
    expect((await open(later.url)).status).toBe(302);
    expect(await page(`/admin/links/revoke?app=${owner.id}&all=true`)).toContain('one link');
  });

  it('looks again for as long as gates are still to be told', async () => {
    const { owner } = await selected(2);
    const path = `/admin/links/revoke/result?app=${owner.id}&all=true&matched=2`;
    const before = await adminGet(path, cookie);
    expect(before.headers.get('Refresh')).toBe('2');
    expect(await before.text()).toContain('Revoking 2 links');
    await adminForm('/admin/links/revoke', { app: owner.id, all: 'true' }, cookie);
    const after = await adminGet(path, cookie);
    expect(after.headers.get('Refresh')).toBeNull();
  });

  it('says for which app nothing is recorded, and doesn’t wait for it', async () => {
    const { owner, urls } = await selected(1);
    const { owner: down, urls: downUrls } = await selected(1);
    const LEDGERS = {
      getByName: (id: string) =>
        id === down.id
          ? answering<typeof realEnv.LEDGERS>(() => Promise.reject(new Error('down'))).getByName(id)
          : realEnv.LEDGERS.getByName(id),
    };
    const options = { env: { ...realEnv, LEDGERS } };
    const query = 'key=reports/q3.pdf';
    const asked = await adminGet(`/admin/links/revoke?${query}`, cookie, options);
    expect(await asked.text()).toMatch(
      /No answer from <bdi>Test app<\/bdi>: their links are not counted/,
    );
    const fields = [...new URLSearchParams(query)] as [string, string][];
    const done = await adminForm('/admin/links/revoke', fields, cookie, options);
    const result = await adminGet(done.headers.get('Location') as string, cookie, options);
    expect(result.headers.has('Refresh')).toBe(false);
    const html = await result.text();
    expect(html).toContain('gave no answer: for them nothing is recorded');
    expect((await open(urls[0] as string)).status).toBe(410);
    expect((await open(downUrls[0] as string)).status).toBe(302);
    const again = await adminForm('/admin/links/revoke', fields, cookie);
    expect(again.status).toBe(303);
    expect((await open(downUrls[0] as string)).status).toBe(410);
    expect(owner.id).not.toBe(down.id);
  });

  it('says that nothing is chosen where no box was checked', async () => {
    const response = await adminGet('/admin/links/revoke', cookie);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('No link is chosen');
  });

  it.each(['app=x', 'ids=a&state=active', 'state=gone'])(
    'refuses the selection “%s”',
    async (query) => {
      expect((await adminGet(`/admin/links/revoke?${query}`, cookie)).status).toBe(400);
      const fields = [...new URLSearchParams(query)];
      expect((await adminForm('/admin/links/revoke', fields, cookie)).status).toBe(400);
    },
  );
});

describe('the overview', () => {
  const NOTHING_THERE = '<Error><Code>NoSuchKey</Code></Error>';
  beforeEach(() => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(
      async () => new Response(NOTHING_THERE, { status: 404 }),
    );
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('counts what lives and names what ends soon', async () => {
    const link = await minted(app, { key: 'ends/soon.pdf', note: HOSTILE, ttlSeconds: 60 });
    for (const range of ['day', 'week', 'month', 'gone']) {
      const html = await page(`/admin?range=${range}`);
      expect(html).toContain('live links');
      expect(html).toContain('ends/soon.pdf');
      expect(html).toContain(link.id);
      expect(html).toContain('<svg');
      expect(html.match(/<tr>/g)).toHaveLength({ day: 25, week: 29, month: 31 }[range] ?? 25);
    }
  });

  it('asks each store once, and says which of them fails', async () => {
    const asked = vi.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
      const isOther = String(url).includes('other-bucket');
      const code = isOther ? 'SignatureDoesNotMatch' : 'NoSuchKey';
      const body = `<Error><Code>${code}</Code></Error>`;
      return new Response(body, { status: isOther ? 403 : 404 });
    });
    const html = await page('/admin');
    expect(asked).toHaveBeenCalledTimes(2);
    expect(html).toMatch(/Works<\/span><span class="what"><a href="\/admin\/stores#demo"/);
    expect(html).toMatch(/Failing<\/span><span class="what"><a href="\/admin\/stores#other"/);
    expect(html).toContain('The signature is wrong');
  });

  it('names apps that give no answer, and shows the rest', async () => {
    const silent = {
      ...realEnv,
      LEDGERS: answering<typeof realEnv.LEDGERS>(() => Promise.reject(new Error('down'))),
    };
    const response = await adminGet('/admin', cookie, { env: silent });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('give no answer right now');
  });

  it('is for operators alone', async () => {
    for (const bearer of [app.apiKey, OPERATOR]) {
      const response = await request('GET', '/admin', { bearer, headers: { Accept: 'text/html' } });
      expect(response.status).toBe(303);
    }
  });
});
