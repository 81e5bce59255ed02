// Events on the dashboard: what an operator sees of every app, page by page, and as it happens.

import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Env } from '../../../src/config.ts';
import { createEventTable } from '../../../src/objects/event-table.ts';
import { adminGet, signedIn } from '../../support/admin.ts';
import {
  type MintedOnWire,
  makeApp,
  minted,
  OPERATOR,
  realEnv,
  request,
  revoke,
  type TestApp,
} from '../../support/api.ts';

const HOSTILE = '<script>alert(1)</script>\u202e"\'&😀';
const ESCAPED = '&lt;script&gt;alert(1)&lt;/script&gt;\u202e&quot;&#39;&amp;😀';

let app: TestApp;
let cookie: string;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  [app, cookie] = [await makeApp(), await signedIn()];
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Between apps only instants tell what came first. */
async function mintedLater(as: TestApp): Promise<MintedOnWire> {
  vi.setSystemTime(Date.now() + 10);
  return minted(as);
}

type Look = { readonly status: number; readonly html: string; readonly lines: string[] };

async function look(path: string, env: Env = realEnv): Promise<Look> {
  const response = await adminGet(path, cookie, { env });
  const html = await response.text();
  return { status: response.status, html, lines: html.match(/<li>.*?<\/li>/g) ?? [] };
}

const see = (query = '', env?: Env) => look(`/admin/events${query}`, env);
/** What the script of a page asks for. */
const seeNew = ({ html }: Look, env?: Env) => look(plain(/data-live="(.*?)"/.exec(html)?.[1]), env);
const olderOf = ({ html }: Look) => /href="([^"]*)">Older events</.exec(html)?.[1];
const plain = (text = '') => text.replaceAll('&amp;', '&');
const rename = (name: string) =>
  request('PATCH', `/v1/apps/${app.id}`, { bearer: OPERATOR, body: { name } });

function addEvents(count: number, key = 'reports/q3.pdf'): Promise<void> {
  const stub = realEnv.LEDGERS.getByName(app.id) as unknown as DurableObjectStub;
  return runInDurableObject(stub, (_, { storage }) => {
    const events = createEventTable(storage.sql);
    for (let index = 0; index < count; index++) {
      const data = { key, size: 123_456, contentType: 'text/html' };
      events.add('link.uploaded', Date.now(), `lnk_${'x'.repeat(22)}`, app.keyId, data);
    }
  });
}

/** The ledger of an app gives no answer. */
function without({ id }: TestApp): Env {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const silent = new Proxy({}, { get: () => () => Promise.reject(new Error('silent')) });
  const getByName = (name: string) => (name === id ? silent : realEnv.LEDGERS.getByName(name));
  return { ...realEnv, LEDGERS: { getByName } as Env['LEDGERS'] };
}

describe('/admin/events', () => {
  it('shows what happened in every app, newest first, with what it happened to and by whom', async () => {
    await rename('The first app');
    const other = await makeApp();
    const first = await mintedLater(app);
    await mintedLater(other);
    vi.setSystemTime(Date.now() + 10);
    await request('DELETE', `/v1/links/${first.id}`, { bearer: OPERATOR });
    const { html, lines } = await see();
    expect(lines[0]).toContain('Link revoked');
    expect(lines[0]).toContain(`<a href="/admin/links/${first.id}?app=${app.id}">${first.id}</a>`);
    expect(lines[0]).toContain('<bdi>The first app</bdi>, by operator,');
    expect(lines[1]).toContain('<bdi>Test app</bdi>');
    expect(lines[2]).toContain(`by ${app.keyId}`);
    expect(html).toContain('role="log"');
    expect(html).toContain('<noscript>');
  });

  it('shows one app, one type and one link, and keeps what was chosen', async () => {
    const [first, second] = [await mintedLater(app), await mintedLater(app)];
    await revoke(app, first.id);
    await mintedLater(await makeApp());
    const ofApp = await see(`?app=${app.id}&type=&linkId=`);
    expect(ofApp.lines).toHaveLength(4);
    // Which app it is needs no telling any more.
    expect(ofApp.html).not.toContain('<bdi>Test app</bdi>');
    expect(ofApp.html).toContain(`<option value="${app.id}" selected="">`);
    const minting = await see(`?app=${app.id}&type=link.minted`);
    expect(minting.lines.map((line) => line.includes(second.id))).toEqual([true, false]);
    expect(minting.html).toContain('<option value="link.minted" selected="">');
    const ofLink = await see(`?linkId=${first.id}`);
    expect(ofLink.lines).toHaveLength(2);
    expect(ofLink.html).toContain(`value="${first.id}"`);
  });

  it('goes on with older ones, of which nothing is live', async () => {
    const link = await mintedLater(app);
    await addEvents(60);
    const first = await see(`?app=${app.id}`);
    expect(first.lines).toHaveLength(50);
    const older = await look(plain(olderOf(first)));
    expect(older.lines).toHaveLength(12);
    expect(older.lines[10]).toContain(link.id);
    expect(olderOf(older)).toBeUndefined();
    expect(older.html).toContain(`href="/admin/events?app=${app.id}">Newest events</a>`);
    for (const live of ['data-live', 'role="log"', 'id="following"']) {
      expect(first.html).toContain(live);
      expect(older.html).not.toContain(live);
    }
  });

  it('says what will appear where there is nothing', async () => {
    const { html } = await see(`?app=${app.id}&type=link.failed`);
    expect(html).toContain('id="no-events"');
    expect(html).toContain('Nothing like this has happened yet.');
    expect(html).toMatch(/<ul class="rows" data-live="[^"]+" hidden=""><\/ul>/);
    await addEvents(2_001);
    const rare = await see(`?app=${app.id}&type=key.created`);
    expect(rare.html).toContain('Older ones may be.');
    expect((await look(plain(olderOf(rare)))).lines).toHaveLength(1);
  });

  it.each([
    ['?type=link.eaten', 400, 'must be one of'],
    [`?linkId=${'x'.repeat(65)}`, 400, 'must have at most 64 characters'],
    ['?app=nobody', 404, 'No such app'],
    ['?before=nonsense', 400, 'must be the cursor of an older page'],
  ])('refuses %s with what was asked for', async (query, status, words) => {
    const page = await see(query);
    expect(page.status).toBe(status);
    expect(page.html).toContain(words);
    expect(page.html).toContain('<h1>Events</h1>');
    if (query.includes('linkId')) expect(page.html).toContain(`value="${'x'.repeat(65)}"`);
  });

  it('shows hostile names and keys harmlessly', async () => {
    await rename(HOSTILE);
    await addEvents(1, HOSTILE);
    const page = await see();
    await addEvents(1, HOSTILE);
    const fresh = await seeNew(page);
    expect(fresh.html).toContain(`<bdi>${ESCAPED}</bdi>, 123 kB`);
    expect(page.html).toContain(`<bdi>${ESCAPED}</bdi>, by`);
    expect(page.html).toContain(`<bdi>${ESCAPED}</bdi>, 123 kB`);
    // An option can't isolate a text, so it goes without its marks.
    expect(page.html).toContain(`>${ESCAPED.replace('\u202e', '')}</option>`);
    for (const { html } of [page, fresh]) expect(html).not.toContain('<script>alert');
  });

  it('names an app whose ledger gives no answer, and shows the others', async () => {
    await rename('The silent app');
    const other = await makeApp();
    const link = await mintedLater(other);
    const { status, html, lines } = await see('', without(app));
    expect(status).toBe(200);
    expect(html).toContain('No answer from <bdi>The silent app</bdi>, so events are missing here.');
    expect(lines[0]).toContain(link.id);
  });

  it('is for operators who are signed in', async () => {
    for (const path of ['/admin/events', '/admin/events/new?after=x']) {
      const response = await request('GET', path);
      expect(response.status).toBe(303);
      expect(response.headers.get('Location')).toContain('/admin/sign-in?returnTo=');
    }
  });
});

describe('what is new', () => {
  it('comes once, newest first, in a list that tells how to go on', async () => {
    const other = await makeApp();
    const nothing = await seeNew(await see());
    expect(nothing.lines).toEqual([]);
    const [first, second] = [await mintedLater(app), await mintedLater(other)];
    const fresh = await seeNew(nothing);
    expect(fresh.html).not.toContain('<html');
    expect(fresh.lines.map((line) => /lnk_\w+/.exec(line)?.[0])).toEqual([second.id, first.id]);
    expect((await seeNew(fresh)).lines).toEqual([]);
  });

  it('is what the page is about', async () => {
    const page = await see(`?app=${app.id}&type=link.revoked`);
    const link = await mintedLater(app);
    await mintedLater(await makeApp());
    await revoke(app, link.id);
    const fresh = await seeNew(page);
    expect(fresh.lines).toHaveLength(1);
    expect(fresh.lines[0]).toContain(link.id);
  });

  it('waits for a ledger that gives no answer, and says so', async () => {
    await rename('The silent app');
    const page = await see();
    const link = await mintedLater(app);
    const other = await mintedLater(await makeApp());
    const partly = await seeNew(page, without(app));
    expect(partly.status).toBe(200);
    expect(partly.html).toContain('No answer from <bdi>The silent app</bdi>.');
    expect(partly.html).toContain(other.id);
    expect(partly.html).not.toContain(link.id);
    const fresh = await seeNew(partly);
    expect(fresh.html).not.toContain('No answer');
    expect(fresh.lines).toHaveLength(1);
    expect(fresh.lines[0]).toContain(link.id);
  });

  it('is refused with another list’s cursor', async () => {
    const { html } = await see(`?app=${app.id}`);
    const path = plain(/data-live="(.*?)"/.exec(html)?.[1]).replace(`app=${app.id}&`, '');
    expect((await look(path)).status).toBe(400);
    expect((await look('/admin/events/new')).status).toBe(400);
  });
});
