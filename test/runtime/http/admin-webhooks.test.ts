// Webhooks on the dashboard, as an operator makes, changes, tests and ends them.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Env } from '../../../src/config.ts';
import { servicesOf } from '../../../src/services.ts';
import type { WebhookId } from '../../../src/webhooks/webhook.ts';
import { adminForm, adminGet, signedIn } from '../../support/admin.ts';
import { json, makeApp, minted, OPERATOR, realEnv, type TestApp } from '../../support/api.ts';
import { answering } from '../../support/counted-env.ts';
import {
  createEndpoint,
  deliveriesOf,
  type Endpoint,
  get,
  HOOK_URL,
  inspect,
  makeWebhook,
  patch,
  verify,
  waitForDeliveries,
} from '../../support/webhooks.ts';

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const HOSTILE = '<img src=x onerror=alert(1)>‮txt"\'😀';
const ESCAPED = '&lt;img src=x onerror=alert(1)&gt;‮txt&quot;&#39;😀';

let app: TestApp;
let cookie: string;
let endpoint: Endpoint;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  endpoint = createEndpoint();
  app = await makeApp();
  cookie = await signedIn();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Fields = Parameters<typeof adminForm>[1];

const pathOf = (id: string) => `/admin/webhooks/${app.id}/${id}`;
const page = async (path: string) => (await adminGet(path, cookie)).text();
const send = (path: string, fields: Fields = {}) => adminForm(path, fields, cookie);
const onceIn = (html: string) => /name="once" value="(\w+)"/.exec(html)?.[1] ?? '';
const versionIn = (html: string) => /name="version" value="(\d+)"/.exec(html)?.[1] ?? '';
const secretIn = (html: string) => /value="(whsec_[^"]+)"/.exec(html)?.[1] ?? '';
const listPath = () => `/admin/webhooks?app=${app.id}`;
const terms = (more: object = {}) => ({ app: app.id, url: HOOK_URL, tags: '', note: '', ...more });

/** Sends a form of a webhook's page, with what the page gave it. */
async function act(id: string, action: string, fields: object = {}): Promise<Response> {
  const html = await page(pathOf(id));
  const given = { once: onceIn(html), version: versionIn(html), ...fields };
  return send(`${pathOf(id)}/${action}`, given);
}

/** The environment with one call of the app's ledger answered otherwise; by itself for `undefined`. */
function ledgerWith(name: string, answer: () => Promise<unknown> | undefined): Env {
  const ledger = realEnv.LEDGERS.getByName(app.id) as unknown as Record<string, Call>;
  const call = (method: string, inputs: unknown[]) =>
    (method === name ? answer() : undefined) ?? ledger[method]?.(...inputs);
  const half = new Proxy(ledger, {
    get:
      (_, method) =>
      (...inputs: unknown[]) =>
        call(String(method), inputs),
  });
  return { ...realEnv, LEDGERS: { getByName: () => half } as unknown as typeof realEnv.LEDGERS };
}

type Call = (...inputs: unknown[]) => Promise<unknown>;

async function expectDone(response: Response, done: string, words: string): Promise<void> {
  expect(response.status).toBe(303);
  const location = response.headers.get('Location') ?? '';
  expect(location).toContain(`done=${done}`);
  expect(await page(location)).toMatch(new RegExp(`role="status">\\s*${words}`));
}

describe('the webhooks page', () => {
  it('shows the webhooks of each app: where, what, how they stand, why and since when', async () => {
    const gone = await makeWebhook(app, { types: ['link.minted'], note: 'to the CRM' });
    endpoint.answer = () => 410;
    await minted(app);
    await vi.waitFor(async () => expect((await inspect(app, gone.id)).enabled).toBe(false));
    const many = ['link.opened', 'link.denied', 'link.redeemed', 'link.uploaded'];
    await makeWebhook(app, { url: `${HOOK_URL}/2`, types: many, tags: ['a'] });
    vi.setSystemTime(Date.now() + 2 * DAY);
    cookie = await signedIn();
    const html = await page(listPath());
    expect(html).toContain('Test app');
    expect(html).toContain(`href="${pathOf(gone.id)}"`);
    expect(html).toContain('to the CRM');
    expect(html).toMatch(/link\.minted.*disabled.*2 days ago.*: its endpoint answered 410 Gone/);
    expect(html).toMatch(
      /link\.opened, link\.denied and 2 more types of links with certain tags.*2 days ago/,
    );
    expect(html).toContain('value="link.minted"');
    // Of all apps, too.
    expect(await page('/admin/webhooks')).toContain(`href="${pathOf(gone.id)}"`);
    const other = await makeApp();
    expect(await page(`/admin/webhooks?app=${other.id}`)).not.toContain(pathOf(gone.id));
    expect((await adminGet('/admin/webhooks?app=nobody', cookie)).status).toBe(404);
    expect((await adminGet('/admin/webhooks?cursor=AAAA', cookie)).status).toBe(400);
  });

  it('names an app whose ledger gives no answer, and shows the others', async () => {
    const other = await makeApp();
    const { id } = await makeWebhook(app);
    const silent = answering<typeof realEnv.LEDGERS>(() => Promise.reject(new Error('down')));
    const LEDGERS = {
      getByName: (name: string) => (name === other.id ? silent : realEnv.LEDGERS).getByName(name),
    } as typeof realEnv.LEDGERS;
    const response = await adminGet('/admin/webhooks', cookie, { env: { ...realEnv, LEDGERS } });
    expect(response.status).toBe(200);
    const html = await response.text();
    expect(html).toContain(pathOf(id));
    expect(html).toMatch(new RegExp(`app=${other.id}"[\\s\\S]*?gives no answer right now`));
  });

  it('shows the apps page by page', async () => {
    const { id } = await makeWebhook(app);
    for (let count = 0; count < 20; count++) {
      vi.setSystemTime(Date.now() + SECOND);
      await makeApp();
    }
    const first = await page('/admin/webhooks');
    expect(first).not.toContain(pathOf(id));
    const [, next = ''] = /href="(\/admin\/webhooks\?cursor=[^"]+)"/.exec(first) ?? [];
    expect(await page(next)).toContain(pathOf(id));
  });
});

describe('a new webhook', () => {
  it('is made once however often the form is sent, and shows its secret this once', async () => {
    const once = onceIn(await page(listPath()));
    const tags = 'invoices, eu';
    const fields = [
      ...Object.entries({ ...terms({ tags, note: 'CRM' }), once }),
      ['types', 'link.minted'],
      ['types', 'link.revoked'],
    ] as [string, string][];
    const sent = await Promise.all([
      send('/admin/webhooks', fields),
      send('/admin/webhooks', fields),
    ]);
    expect(sent.map(({ status }) => status)).toEqual([201, 201]);
    const [html = '', again = ''] = await Promise.all(sent.map((response) => response.text()));
    expect(secretIn(again)).toBe(secretIn(html));
    expect(html).toContain('data-copy="secret"');
    expect(html).toContain('Standard Webhooks');

    const [, id = ''] = new RegExp(`${pathOf('')}(wh_\\w+)`).exec(html) ?? [];
    expect(await json(await get(app, `/${id}?app=${app.id}`, OPERATOR))).toMatchObject({
      url: HOOK_URL,
      types: ['link.minted', 'link.revoked'],
      tags: ['invoices', 'eu'],
      note: 'CRM',
      createdBy: 'operator',
    });
    const list = await page(listPath());
    expect(list.match(/href="\/admin\/webhooks\/\w+\/wh_/g)).toHaveLength(1);
    expect(list + (await page(pathOf(id)))).not.toContain('whsec_');
    await minted(app, { tags: ['eu'] });
    const [received] = await endpoint.wait(1);
    expect(received && verify(secretIn(html).replaceAll('&#x2F;', '/'), received)).toBeDefined();
  });

  it('is waited for by a second click while the first is under way', async () => {
    const busy = { result: { ok: false, denial: { reason: 'idempotency_key_in_use' } } };
    const answers = [busy, busy];
    const env = ledgerWith('createWebhook', () => {
      const answer = answers.shift();
      return answer && Promise.resolve(answer);
    });
    const fields = { ...terms(), once: onceIn(await page(listPath())) };
    const response = await adminForm('/admin/webhooks', fields, cookie, { env });
    expect(response.status).toBe(201);
    expect(answers).toEqual([]);
  });

  it('is another one when the form was changed after going back', async () => {
    const once = onceIn(await page(listPath()));
    expect((await send('/admin/webhooks', { ...terms(), once })).status).toBe(201);
    const url = `${HOOK_URL}/2`;
    expect((await send('/admin/webhooks', { ...terms({ url }), once })).status).toBe(201);
    expect((await page(listPath())).match(/href="\/admin\/webhooks\/\w+\/wh_/g)).toHaveLength(2);
  });

  it.each([
    [{ url: 'http://hooks.example.com/mine' }, 'This must be an https URL.'],
    [{ url: 'https://10.0.0.1/mine' }, 'This must have a public host.'],
    [{ url: '' }, 'This must have at least 1 character.'],
    [{ tags: 'x'.repeat(65) }, 'This must have at most 64 characters.'],
    [{ types: 'link.lost' }, 'This must be one of'],
    [{ note: HOSTILE.repeat(30) }, 'This must have at most 500 characters.'],
    [{ app: '../x' }, 'This must be the id of an app.'],
    [{ app: '' }, 'This must be the id of an app.'],
  ])('that is refused keeps what was typed: %o', async (wrong, error) => {
    const typed = terms({ note: 'kept & <safe>', tags: 'one, two', ...wrong });
    const response = await send('/admin/webhooks', typed);
    expect(response.status).toBe(400);
    const html = await response.text();
    expect(html).toContain(error);
    expect(html).toContain('<details class="confirm" open=""');
    for (const text of [typed.url, typed.tags]) expect(html).toContain(`value="${text}"`);
    if (!('note' in wrong)) expect(html).toContain('value="kept &amp; &lt;safe&gt;"');
    expect(html).not.toContain('<img');
    expect(await page(listPath())).not.toContain('/wh_');
  });

  it('is refused where there are as many as there may be, and of an app that isn’t there', async () => {
    for (let count = 0; count < 20; count++) await makeWebhook(app);
    const full = await send('/admin/webhooks', terms({ note: 'kept' }));
    expect(full.status).toBe(403);
    expect(await full.text()).toMatch(/as many webhooks as it may.*value="kept"/s);
    expect((await send('/admin/webhooks', terms({ app: 'nobody' }))).status).toBe(404);
  });
});

describe('the page of a webhook', () => {
  it('shows hostile words as words', async () => {
    const url = `${HOOK_URL}/?q="><script>alert(1)</script>`;
    const { id } = await makeWebhook(app, { url, note: HOSTILE, tags: [HOSTILE] });
    for (const html of [await page(pathOf(id)), await page(listPath())]) {
      expect(html).toContain(`<bdi>${ESCAPED}</bdi>`);
      expect(html).not.toMatch(/<img|<script>/);
    }
  });

  it('isn’t there for an unknown app or webhook, nor under another app', async () => {
    const { id } = await makeWebhook(app);
    const other = await makeApp();
    for (const path of [`nobody/${id}`, `${app.id}/wh_nothing`, `${other.id}/${id}`]) {
      expect((await adminGet(`/admin/webhooks/${path}`, cookie)).status).toBe(404);
    }
  });

  it('shows the webhook also while its outbox gives no answer', async () => {
    const { id } = await makeWebhook(app);
    const env = ledgerWith('listDeliveries', () => Promise.reject(new Error('down')));
    const response = await adminGet(pathOf(id), cookie, { env });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('They can’t be listed right now');
  });

  it('changes what was changed in the form, and leaves the rest as it is', async () => {
    const tags = ['with, comma'];
    const { id } = await makeWebhook(app, { types: ['link.minted'], tags, note: 'old' });
    const url = 'https://elsewhere.example.com/';
    const fields = { url, tags: 'with, comma', note: '', types: 'link.minted' };
    await expectDone(await act(id, 'change', fields), 'changed', 'Saved.');
    expect(await inspect(app, id)).toMatchObject({ url, types: ['link.minted'], tags, note: null });
    await act(id, 'change', { url, tags: '', note: '' });
    expect(await inspect(app, id)).toMatchObject({ types: null, tags: null });
  });

  it('refuses a wrong change and keeps what was typed', async () => {
    const { id } = await makeWebhook(app);
    const url = 'https://127.0.0.1/mine';
    const response = await act(id, 'change', { url, tags: 'a', note: HOSTILE });
    expect(response.status).toBe(400);
    const html = await response.text();
    expect(html).toContain('This must have a public host.');
    expect(html).toContain(`value="${url}"`);
    expect(html).toContain(`value="${ESCAPED}"`);
    expect(await inspect(app, id)).toMatchObject({ url: HOOK_URL, tags: null });
  });

  it('says that a form is stale, loses nothing typed, and takes it when it is sent again', async () => {
    const { id } = await makeWebhook(app);
    const before = versionIn(await page(pathOf(id)));
    await patch(app, id, { note: 'by somebody else' });
    const mine = { url: HOOK_URL, tags: '', note: 'mine' };
    const stale = await send(`${pathOf(id)}/change`, { ...mine, version: before });
    expect(stale.status).toBe(412);
    const html = await stale.text();
    expect(html).toContain('This webhook was changed meanwhile');
    expect(html).toContain('<bdi>by somebody else</bdi>');
    expect(html).toContain('name="note" type="text" value="mine"');
    expect(await inspect(app, id)).toMatchObject({ note: 'by somebody else' });
    // What is wrong in it comes after that.
    const wrong = { ...mine, tags: 'x'.repeat(65), version: before };
    expect((await send(`${pathOf(id)}/change`, wrong)).status).toBe(412);
    const version = versionIn(html);
    const again = await send(`${pathOf(id)}/change`, { ...mine, version });
    expect(again.status).toBe(303);
    expect(await inspect(app, id)).toMatchObject({ note: 'mine' });
    // A second click of the same form has nothing left to do.
    expect((await send(`${pathOf(id)}/change`, { ...mine, version })).status).toBe(303);
  });

  it('is not changed in its ledger by who looked at it before somebody else changed it', async () => {
    const { id } = await makeWebhook(app);
    const { webhooksOf } = servicesOf(realEnv);
    const change = (version: number) =>
      webhooksOf(app.id).changeWebhook(
        { kind: 'operator' },
        id as WebhookId,
        { note: 'n' },
        version,
      );
    expect((await change(1)).result).toMatchObject({ ok: true, value: { version: 2 } });
    expect((await change(1)).result).toMatchObject({ denial: { reason: 'webhook_changed' } });
  });

  it('disables and enables', async () => {
    const { id } = await makeWebhook(app);
    await expectDone(await act(id, 'disable'), 'disabled', 'This webhook is disabled');
    expect(await inspect(app, id)).toMatchObject({ enabled: false, disabledReason: 'by_hand' });
    const html = await page(pathOf(id));
    expect(html).toContain(': by hand');
    expect(html).not.toContain('/test"');
    await expectDone(await act(id, 'enable'), 'enabled', 'This webhook is enabled');
    expect(await inspect(app, id)).toMatchObject({ enabled: true });
  });

  it('sends one test event for one form', async () => {
    const { id } = await makeWebhook(app);
    const fields = { once: onceIn(await page(pathOf(id))) };
    const [first] = [
      await send(`${pathOf(id)}/test`, fields),
      await send(`${pathOf(id)}/test`, fields),
    ];
    expect(first.headers.get('Location')).toMatch(/#deliveries$/);
    await expectDone(first, 'tested', 'A test event is on its way.');
    const [received] = await endpoint.wait(1);
    expect(received?.event.type).toBe('webhook.test');
    expect(await deliveriesOf(app, id)).toHaveLength(1);
    await patch(app, id, { enabled: false });
    const refused = await send(`${pathOf(id)}/test`, {});
    expect(refused.status).toBe(409);
    expect(await refused.text()).toMatch(/This webhook is disabled.*Enable it first\./s);
  });

  it('rotates the secret, which is shown this once, and says how long both sign', async () => {
    const { id, secret: before } = await makeWebhook(app);
    const fields = { once: onceIn(await page(pathOf(id))) };
    const response = await send(`${pathOf(id)}/rotate`, fields);
    expect(response.status).toBe(200);
    const html = await response.text();
    const reloaded = await send(`${pathOf(id)}/rotate`, fields);
    expect(secretIn(await reloaded.text())).toBe(secretIn(html));
    const secret = secretIn(html).replaceAll('&#x2F;', '/');
    expect(secret).not.toBe(before);
    expect(html).toMatch(/Until <time/);
    expect(await page(pathOf(id))).toMatch(/the one before signs too until/);
    expect(await page(pathOf(id))).not.toContain('whsec_');
    await minted(app);
    const [received] = await endpoint.wait(1);
    for (const each of [before, secret]) expect(received && verify(each, received)).toBeDefined();
  });

  it('deletes it, for a second click too', async () => {
    const { id } = await makeWebhook(app);
    await expectDone(await act(id, 'delete'), 'deleted', 'The webhook is deleted.');
    expect((await send(`${pathOf(id)}/delete`)).status).toBe(303);
    expect((await adminGet(pathOf(id), cookie)).status).toBe(404);
  });
});

describe('its deliveries', () => {
  const rows = (html: string) => [...html.matchAll(/(?:evt|test)_\w+(?=<\/small>)/g)].map(String);

  it('are shown newest first, page by page and by status, with what came of them', async () => {
    const { id } = await makeWebhook(app);
    for (let count = 0; count < 21; count++) {
      vi.setSystemTime(Date.now() + SECOND);
      await minted(app);
      await endpoint.wait(count + 1);
    }
    endpoint.answer = () => 302;
    vi.setSystemTime(Date.now() + SECOND);
    await minted(app);
    const delivered = Array(21).fill({ status: 'delivered' });
    await waitForDeliveries(app, id, [{ status: 'pending', lastStatus: 302 }, ...delivered]);
    const listed = (await deliveriesOf(app, id)).map((delivery) => delivery.id);
    const first = await page(pathOf(id));
    expect(first).toContain(
      'one attempt: HTTP 302, a redirect, which is not followed, next attempt',
    );
    const [, next = ''] = /href="([^"]+cursor=[^"]+)"/.exec(first) ?? [];
    const second = await page(next);
    expect([...rows(first), ...rows(second)]).toEqual(listed);
    expect(rows(await page(`${pathOf(id)}?status=pending`))).toEqual([listed[0]]);
    expect(await page(`${pathOf(id)}?status=dead`)).toContain('No delivery is dead.');
    expect((await adminGet(`${pathOf(id)}?status=lost`, cookie)).status).toBe(400);
    expect((await adminGet(`${pathOf(id)}?cursor=AAAA`, cookie)).status).toBe(400);
    expect(first.length).toBeLessThan(30 * 1_024);
  });

  it('say in words why they failed', async () => {
    endpoint.answer = () => new Error('secret inner words');
    const { id } = await makeWebhook(app);
    await minted(app);
    await waitForDeliveries(app, id, [{ attempts: 1 }]);
    const html = await page(pathOf(id));
    expect(html).toContain('one attempt: its endpoint could not be reached, next attempt');
    expect(html).not.toContain('secret inner words');
    await patch(app, id, { enabled: false });
    const dead = await page(`${pathOf(id)}?status=dead`);
    expect(dead).toContain('given up, since the webhook was disabled');
    expect(dead).not.toContain('Deliver again');
  });

  it.each(['pending', 'delivered', 'dead'])('that are %s are delivered again', async (status) => {
    endpoint.answer = () => (status === 'delivered' ? 200 : 500);
    const { id } = await makeWebhook(app);
    await minted(app);
    await waitForDeliveries(app, id, [{ attempts: 1 }]);
    if (status === 'dead') {
      await patch(app, id, { enabled: false });
      await patch(app, id, { enabled: true });
    }
    endpoint.answer = () => 200;
    const place = `?status=${status}`;
    const html = await page(`${pathOf(id)}${place}`);
    const [, action = ''] = /action="([^"]+\/redeliver[^"]*)"/.exec(html) ?? [];
    const response = await send(action);
    expect(response.headers.get('Location')).toBe(
      `${pathOf(id)}${place}&done=redelivered#deliveries`,
    );
    await expectDone(response, 'redelivered', 'The delivery was begun anew.');
    await waitForDeliveries(app, id, [{ status: 'delivered', attempts: 2, lastStatus: 200 }]);
    await patch(app, id, { enabled: false });
    expect((await send(action)).status).toBe(409);
  });

  it('that are unknown are refused on the page', async () => {
    const { id } = await makeWebhook(app);
    const response = await send(`${pathOf(id)}/deliveries/evt_none/redeliver`);
    expect(response.status).toBe(404);
    expect(await response.text()).toMatch(/No such delivery.*<h2>Deliveries/s);
  });
});
