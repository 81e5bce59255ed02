// Apps and their API keys on the dashboard, as an operator goes about them.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { adminForm, adminGet, signedIn } from '../../support/admin.ts';
import {
  json,
  makeApp,
  makeKey,
  mint,
  minted,
  OPERATOR,
  open,
  realEnv,
  request,
  type TestApp,
} from '../../support/api.ts';
import { TEST_BINDINGS } from '../../support/bindings.ts';

const DAY = 86_400_000;
/** Markup, a turned direction and more characters than anything may have. */
const HOSTILE = `<img src=x onerror=alert(1)>"'\u202e\u{1f511}`;
const SHOWN = '&lt;img src=x onerror=alert(1)&gt;&quot;&#39;\u202e\u{1f511}';

type AppOnWire = {
  readonly id: string;
  readonly name: string;
  readonly stores: string[];
  readonly keyPrefixes?: string[];
  readonly defaults: object;
  readonly quotas: object;
  readonly recordIp: boolean;
  readonly eventRetentionDays: number;
  readonly suspendedAt: string | null;
  readonly links: { live: number };
};
type KeyShown = Record<string, unknown> & { readonly id: string };

let cookie: string;
let app: TestApp;

beforeEach(async () => {
  // So far ahead that no alarm rings by itself.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2041, 0, 1) });
  [cookie, app] = [await signedIn(), await makeApp({ stores: ['demo'] })];
});
afterEach(() => {
  vi.useRealTimers();
});

const page = async (path: string, status = 200) => {
  const response = await adminGet(path, cookie);
  expect(response.status).toBe(status);
  return response.text();
};
const send = (path: string, fields: Parameters<typeof adminForm>[1]) =>
  adminForm(path, fields, cookie);
const api = async <Body>(path: string) =>
  json<Body>(await request('GET', path, { bearer: OPERATOR }));
const appNow = (id = app.id) => api<AppOnWire>(`/v1/apps/${id}`);
const keysNow = async (id = app.id) =>
  (await api<{ items: KeyShown[] }>(`/v1/keys?app=${id}`)).items;
const actorsOf = async (type: string) => {
  const { items } = await api<{ items: { actor: string }[] }>(
    `/v1/events?app=${app.id}&type=${type}`,
  );
  return items.map(({ actor }) => actor);
};
/** The fields of the form on a page, as a browser would send them untouched. */
function fieldsOf(html: string): [string, string][] {
  const [form = ''] = /<form method="post" action="\/admin\/apps[\s\S]*?<\/form>/.exec(html) ?? [];
  const fields: [string, string][] = [];
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const [, name = ''] = / name="([^"]*)"/.exec(tag) ?? [];
    const [, value = ''] = / value="([^"]*)"/.exec(tag) ?? [];
    if (!tag.includes('type="checkbox"') || / checked/.test(tag)) fields.push([name, value]);
  }
  for (const [, name = '', value = ''] of form.matchAll(
    /<textarea name="([^"]*)"[^>]*>([^<]*)</g,
  )) {
    fields.push([name, value.trim()]);
  }
  return fields;
}
const withField = (fields: [string, string][], name: string, value: string) => [
  ...fields.filter(([each]) => each !== name),
  [name, value] as [string, string],
];
const secretIn = (html: string) =>
  /value="(hp_[0-9A-Za-z]+_[0-9A-Za-z]{29})"/.exec(html)?.[1] ?? '';

describe('making an app', () => {
  it('takes its settings, and does so once however often the form is sent', async () => {
    const fields: [string, string][] = [
      ...fieldsOf(await page('/admin/apps/new')),
      ['stores', 'demo'],
    ];
    const filled = Object.entries({
      name: 'Billing',
      keyPrefixes: 'invoices/\r\nreports, 2041/\r\n',
      'quotas/liveLinks': '10',
      'defaults/rateLimit/limit': '5',
      'defaults/rateLimit/windowSeconds': '60',
      recordIp: 'true',
    }).reduce((all, [name, value]) => withField(all, name, value), fields);
    const made = await send('/admin/apps/new', filled);
    expect(made.status).toBe(303);
    const location = made.headers.get('Location') ?? '';
    expect(location).toMatch(/^\/admin\/apps\/[0-9A-Za-z]+\?done=created$/);
    expect((await send('/admin/apps/new', filled)).headers.get('Location')).toBe(location);

    const [, id] = /apps\/(\w+)/.exec(location) ?? [];
    expect(await appNow(id)).toMatchObject({
      name: 'Billing',
      stores: ['demo'],
      keyPrefixes: ['invoices/', 'reports, 2041/'],
      quotas: { liveLinks: 10 },
      defaults: { rateLimit: { limit: 5, windowSeconds: 60 } },
      recordIp: true,
      eventRetentionDays: 90,
    });
    expect(await page(location)).toContain('The app is there');
    expect((await page('/admin/apps')).match(new RegExp(`/admin/apps/${id}"`, 'g'))).toHaveLength(
      1,
    );

    const other = await send('/admin/apps/new', withField(filled, 'name', 'Another'));
    // Whoever goes back and writes another name wants another app.
    expect(other.status).toBe(303);
    expect(other.headers.get('Location')).not.toBe(location);
  });

  it.each([
    ['name', 'x'.repeat(10_000), 'must have at most 100 characters'],
    ['name', '', 'must have at least 1 character'],
    ['keyPrefixes', 'invoices', 'must end in &quot;/&quot;'],
    ['quotas/mintsPerDay', 'many', 'must be a whole number'],
    ['defaults/rateLimit/limit', '5', 'must be a whole number'],
    ['eventRetentionDays', '0', 'must be a whole number from 1 to 3650'],
  ])('with a wrong %s is refused, and loses nothing typed: %#', async (name, value, fault) => {
    const before = (await api<{ items: object[] }>('/v1/apps?limit=200')).items.length;
    const typed = [
      ['name', HOSTILE],
      ['stores', 'demo'],
    ] as [string, string][];
    const refused = await send('/admin/apps/new', withField(typed, name, value));
    expect(refused.status).toBe(400);
    const html = await refused.text();
    expect(html).toContain(fault);
    expect(html).toContain(name === 'keyPrefixes' ? `>${value}</textarea>` : `value="${value}"`);
    if (name !== 'name') expect(html).toContain(`value="${SHOWN}"`);
    expect((await api<{ items: object[] }>('/v1/apps?limit=200')).items).toHaveLength(before);
  });

  it('for a store that is not configured is refused', async () => {
    const refused = await send('/admin/apps/new', { name: 'Billing', stores: 'elsewhere' });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('must be a configured store');
  });
});

describe('the settings of an app', () => {
  const settings = () => page(`/admin/apps/${app.id}/settings`);
  const save = (fields: [string, string][]) => send(`/admin/apps/${app.id}/settings`, fields);

  it('that are saved untouched stay as they are', async () => {
    const body = {
      name: HOSTILE,
      keyPrefixes: ['a, b/', ' c/'],
      quotas: { liveLinks: 0, mintsPerDay: 7 },
      defaults: { rateLimit: { limit: 1, windowSeconds: 2 } },
      recordIp: true,
      eventRetentionDays: 3,
    };
    await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });
    const before = await appNow();
    const html = await settings();
    const fields = fieldsOf(html).map(([name, value]): [string, string] => [
      name,
      name === 'keyPrefixes' ? 'a, b/\r\n c/' : name === 'name' ? HOSTILE : value,
    ]);
    const saved = await save(fields);
    expect(saved.headers.get('Location')).toBe(`/admin/apps/${app.id}?done=changed`);
    expect(await appNow()).toEqual(before);
  });

  it('are changed, and taken away where a field is emptied', async () => {
    const body = { keyPrefixes: ['a/'], quotas: { liveLinks: 5 }, recordIp: true };
    await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });
    let fields = fieldsOf(await settings()).filter(([name]) => name !== 'recordIp');
    fields = withField(fields, 'name', 'Renamed');
    fields = withField(fields, 'keyPrefixes', '');
    fields = withField(fields, 'quotas/liveLinks', '');
    expect((await save([...fields, ['stores', 'other']])).status).toBe(303);
    const changed = await appNow();
    expect(changed).toMatchObject({ name: 'Renamed', stores: ['demo', 'other'], recordIp: false });
    expect(changed.quotas).toEqual({});
    expect(changed.keyPrefixes).toBeUndefined();
  });

  it('from a form that is stale are not saved, but said, and kept until it is sent again', async () => {
    const fields = withField(fieldsOf(await settings()), 'name', 'Mine');
    const body = { name: 'Theirs', quotas: { liveLinks: 9 } };
    await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });
    const stale = await save(fields);
    expect(stale.status).toBe(409);
    const html = await stale.text();
    expect(html).toContain('This is “Theirs” by now.');
    expect(html).toContain('This is “9” by now.');
    expect(html).not.toContain('eventRetentionDays is');
    expect(html).toContain('value="Mine"');
    expect((await appNow()).name).toBe('Theirs');

    expect((await save(fieldsOf(html))).status).toBe(303);
    expect(await appNow()).toMatchObject({ name: 'Mine', quotas: {} });
  });

  it('name a store that is there no more, and can be saved with it or without it', async () => {
    const { other: _gone, ...STORES } = TEST_BINDINGS.STORES;
    const body = { stores: ['other', 'demo'] };
    await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });
    const env = { ...realEnv, STORES };
    const path = `/admin/apps/${app.id}/settings`;
    const html = await (await adminGet(path, cookie, { env })).text();
    expect(html).toContain('other (not configured any more)');
    const fields = withField(fieldsOf(html), 'name', 'Renamed');
    expect((await adminForm(path, fields, cookie, { env })).status).toBe(303);
    expect(await appNow()).toMatchObject({ name: 'Renamed', stores: ['other', 'demo'] });
  });

  it('that are refused keep what was typed', async () => {
    const fields = withField(fieldsOf(await settings()), 'eventRetentionDays', 'for ever');
    const refused = await save(fields);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('value="for ever"');
    expect((await appNow()).eventRetentionDays).toBe(90);
  });
});

describe('an app', () => {
  it('is suspended with its links, which are counted before, and resumed without them', async () => {
    const link = await minted(app);
    expect(await page(`/admin/apps/${app.id}`)).toContain('Suspend it and end 1 link<');
    const suspended = await send(`/admin/apps/${app.id}/suspend`, {});
    const html = await page(suspended.headers.get('Location') ?? '');
    expect(html).toContain('The app is suspended, and its links have ended.');
    expect((await open(link.url)).status).toBe(410);
    expect((await mint(app)).status).toBe(403);
    expect(await actorsOf('link.revoked')).toEqual(['operator']);

    const resumed = await send(`/admin/apps/${app.id}/resume`, {});
    expect(await page(resumed.headers.get('Location') ?? '')).toContain('may mint links again');
    expect((await mint(app)).status).toBe(201);
    expect((await open(link.url)).status).toBe(410);
  });

  it('that is not there is said to be so, whatever is wanted of it', async () => {
    for (const path of ['', '/settings', '/keys/new', '/keys/key_x']) {
      expect(await page(`/admin/apps/nobody${path}`, 404)).toContain('No such app');
    }
    for (const path of ['/settings', '/suspend', '/resume', '/keys/new', '/keys/key_x/revoke']) {
      expect((await send(`/admin/apps/nobody${path}`, {})).status).toBe(404);
    }
    expect(await page(`/admin/apps/${app.id}/keys/key_x`, 404)).toContain('No such API key');
  });

  it('has its name and notes shown as text alone, on every page', async () => {
    const body = { name: HOSTILE };
    await request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body });
    const { id } = await makeKey(app, { note: HOSTILE.repeat(10) });
    const own = `/admin/apps/${app.id}`;
    const key = `${own}/keys/${id}`;
    for (const path of ['/admin/apps', own, `${own}/settings`, `${own}/keys/new`, key]) {
      const html = await page(path);
      expect(html).toContain(SHOWN);
      expect(html).not.toContain('<img');
      expect(/<title>([^<]*)/.exec(html)?.[1]).not.toContain('\u202e');
    }
    const created = await send(`${own}/keys/new`, { scopes: 'links:mint', note: HOSTILE });
    expect(await created.text()).not.toContain('<img');
  });

  it.each(['', 'constructor', '<b>'])('says nothing of what was not done: %s', async (done) => {
    const html = await page(`/admin/apps/${app.id}?done=${encodeURIComponent(done)}`);
    expect(html).not.toContain('role="status"');
  });

  it('shows its keys page by page, each where its anchor leads', async () => {
    for (let count = 0; count < 20; count++) await makeKey(app, { note: `key ${count}` });
    const first = await page(`/admin/apps/${app.id}`);
    const [, more = ''] = /href="(\/admin\/apps\/\w+\?cursor=[^"]*)#keys"/.exec(first) ?? [];
    const second = await page(more);
    const ids = (await keysNow()).map(({ id }) => id);
    const shown = [first, second].flatMap((html) => [...html.matchAll(/<li id="(\w+)"/g)]);
    expect(shown.map(([, id]) => id).sort()).toEqual(ids.sort());
    await page(`/admin/apps/${app.id}?cursor=forged`, 400);
  });
});

describe('an API key', () => {
  const NEW = () => `/admin/apps/${app.id}/keys/new`;

  it('is created once with every bound, and shown in clear on that answer alone', async () => {
    const fields: [string, string][] = [
      ...fieldsOf(await page(NEW())).filter(([name]) => name !== 'scopes'),
      ['scopes', 'links:mint'],
      ['scopes', 'events:read'],
      ['stores', 'demo'],
      ['operations', 'download'],
      ['maxTtlSecondsUnit', 'h'],
    ];
    const filled = Object.entries({
      note: 'ci',
      keyPrefixes: 'reports/',
      maxTtlSeconds: '2',
      requestsPerMinute: '30',
      expiresInDays: '7',
    }).reduce((all, [name, value]) => withField(all, name, value), fields);
    const created = await send(NEW(), filled);
    expect(created.status).toBe(201);
    expect(created.headers.get('Cache-Control')).toBe('no-store');
    const html = await created.text();
    const apiKey = secretIn(html);
    expect(html).toContain('data-copy="api-key"');
    expect(html).toContain('&quot;key&quot;:&quot;reports/report.pdf&quot;');
    expect((await mint({ ...app, apiKey })).status).toBe(201);

    vi.setSystemTime(Date.now() + 5_000);
    expect(secretIn(await (await send(NEW(), filled)).text())).toBe(apiKey);
    const keys = (await keysNow()).filter(({ id }) => id !== app.keyId);
    expect(keys).toHaveLength(1);
    const [key] = keys;
    expect(key).toMatchObject({
      note: 'ci',
      scopes: ['links:mint', 'events:read'],
      stores: ['demo'],
      keyPrefixes: ['reports/'],
      operations: ['download'],
      maxTtlSeconds: 7_200,
      requestsPerMinute: 30,
      createdBy: 'operator',
      expiresAt: new Date(Date.now() - 5_000 + 7 * DAY).toISOString(),
    });
    expect(await actorsOf('key.created')).toEqual(['operator', 'operator']);
    for (const path of ['', `/keys/${key?.id}`, '/keys/new']) {
      expect(await page(`/admin/apps/${app.id}${path}`)).not.toContain(apiKey);
    }
  });

  it('without any bound has none', async () => {
    expect((await send(NEW(), { scopes: 'links:read' })).status).toBe(201);
    const key = (await keysNow()).find(({ id }) => id !== app.keyId);
    expect(key).toMatchObject({ scopes: ['links:read'], requestsPerMinute: 600, expiresAt: null });
    for (const bound of ['note', 'stores', 'keyPrefixes', 'operations', 'maxTtlSeconds']) {
      expect(key).not.toHaveProperty(bound);
    }
  });

  it.each([
    [400, 'scopes', '', 'must be one of'],
    [400, 'keyPrefixes', 'reports', 'must end in &quot;/&quot;'],
    [400, 'maxTtlSeconds', 'long', 'must be a whole number'],
    [400, 'expiresInDays', '0', 'must be a whole number from 1 to 3650'],
    [400, 'requestsPerMinute', '0', 'must be a whole number'],
    [403, 'stores', 'other', 'must be among the stores its maker may use'],
  ])('is refused with %i for its %s %s, and loses nothing typed', async (...row) => {
    const [status, name, value, fault] = row;
    const typed = [
      ['scopes', 'links:mint'],
      ['note', HOSTILE],
    ] as [string, string][];
    const refused = await send(NEW(), withField(typed, name, value));
    expect(refused.status).toBe(status);
    const html = await refused.text();
    expect(html).toContain(fault);
    expect(html).toContain(`value="${SHOWN}"`);
    expect(await keysNow()).toHaveLength(1);
  });

  it('needs a scope', async () => {
    const refused = await send(NEW(), { note: 'ci' });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('must have at least one scope');
  });

  it('is rotated once, by a form that shows its successor', async () => {
    const path = `/admin/apps/${app.id}/keys/${app.keyId}`;
    const fields = fieldsOf(await page(path));
    const rotated = await send(`${path}/rotate`, fields);
    expect(rotated.status).toBe(201);
    const apiKey = secretIn(await rotated.text());
    expect(apiKey).not.toBe(app.apiKey);
    for (const each of [apiKey, app.apiKey]) {
      expect((await mint({ ...app, apiKey: each })).status).toBe(201);
    }
    expect(secretIn(await (await send(`${path}/rotate`, fields)).text())).toBe(apiKey);
    expect(await actorsOf('key.rotated')).toEqual(['operator']);

    const html = await page(path);
    expect(html).toContain('Replaced by');
    expect(html).not.toContain(`${path}/rotate`);
    const late = await send(`${path}/rotate`, {});
    expect(late.status).toBe(409);
    expect(await late.text()).toContain('This API key was rotated before');
    expect(await keysNow()).toHaveLength(2);
  });

  it('is revoked without its links, and with them where that is wanted', async () => {
    const path = `/admin/apps/${app.id}/keys/${app.keyId}`;
    const link = await minted(app);
    const revoked = await send(`${path}/revoke`, {});
    expect(revoked.headers.get('Location')).toBe(`${path}?done=revoked`);
    expect((await mint(app)).status).toBe(401);
    expect((await open(link.url)).status).toBe(302);
    expect(await actorsOf('key.revoked')).toEqual(['operator']);

    const html = await page(`${path}?done=revoked`);
    expect(html).toContain('The API key is revoked');
    const withLinks = await send(`${path}/revoke`, fieldsOf(html));
    expect(withLinks.headers.get('Location')).toBe(`${path}?done=revoked-with-links`);
    expect((await open(link.url)).status).toBe(410);
    expect(await actorsOf('link.revoked')).toEqual(['operator']);
  });

  it('shows by its badge whether it still works', async () => {
    const [short, rotated, gone] = [
      await makeKey(app, { expiresAt: new Date(Date.now() + DAY).toISOString() }),
      await makeKey(app),
      await makeKey(app),
    ];
    await request('POST', `/v1/keys/${rotated?.id}/rotate?app=${app.id}`, { bearer: OPERATOR });
    await request('DELETE', `/v1/keys/${gone?.id}?app=${app.id}`, { bearer: OPERATOR });
    const badge = async (id = '') => {
      const html = await page(`/admin/apps/${app.id}/keys/${id}`);
      return /<span class="badge[^"]*">(\w+)</.exec(html)?.[1];
    };
    expect(await badge(short?.id)).toBe('Live');
    expect(await badge(rotated?.id)).toBe('Rotated');
    expect(await badge(gone?.id)).toBe('Revoked');
    vi.setSystemTime(Date.now() + DAY);
    cookie = await signedIn();
    expect(await badge(short?.id)).toBe('Expired');
    expect(await badge(app.keyId)).toBe('Live');
  });
});
