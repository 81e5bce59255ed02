// Every page of the dashboard, with something on it, and how one comes to see it.

import type { Page } from 'playwright-core';
import { SAMPLE } from './recipient-pages.ts';
import { mintLink, openLink, revokeLink, type StartFile } from './stack.ts';

/** Names and notes as somebody would choose them who means harm, or nothing at all. */
const HOSTILE = `<img src=x onerror=alert(1)>\u202efdp 😀 ${'long '.repeat(40)}`;

type Show = (stack: StartFile, page: Page) => Promise<unknown>;

const goTo =
  (path: string): Show =>
  ({ url }, page) =>
    page.goto(url + path);

async function toAnApp({ url }: StartFile, page: Page): Promise<void> {
  await page.goto(`${url}/admin/apps`);
  await page.locator('.rows a').first().click();
  await page.getByRole('heading', { name: 'API keys' }).waitFor();
}

async function makeWebhook({ url }: StartFile, page: Page): Promise<void> {
  await page.goto(`${url}/admin/webhooks#new`);
  await page.fill('[name=url]', `https://hooks.example.com/${'long'.repeat(40)}`);
  await page.fill('[name=tags]', '<b>, \u202efdp');
  await page.fill('[name=note]', HOSTILE);
  await page.getByRole('button', { name: 'Make this webhook' }).click();
  await page.getByRole('heading', { name: 'Webhook made' }).waitFor();
  await page.getByRole('button', { name: 'Copy' }).waitFor();
}

const SHOWN: Readonly<Record<string, Show>> = {
  'sign in': goTo('/admin/sign-in?returnTo=/admin/links'),
  async 'a wrong token'({ url }, page) {
    await page.goto(`${url}/admin/sign-in`);
    await page.fill('input[name=token]', 'wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
  },
  overview: goTo('/admin'),
  'overview of a month': goTo('/admin?range=month'),
  links: goTo('/admin/links'),
  'no links': goTo('/admin/links?q=nowhere'),
  'a wrong filter': goTo('/admin/links?state=active&tag=x&createdAfter=never'),
  mint: goTo('/admin/links/new'),
  async minted({ url }, page) {
    await page.goto(`${url}/admin/links/new`);
    await page.fill('[name=key]', SAMPLE);
    await page.getByRole('button', { name: 'Mint the link' }).click();
    await page.getByRole('heading', { name: 'Your link' }).waitFor();
  },
  async 'a refused mint'({ url }, page) {
    await page.goto(`${url}/admin/links/new`);
    await page.fill('[name=key]', '../../etc/passwd');
    await page.fill('[name=maxUses]', 'many');
    await page.getByRole('button', { name: 'Mint the link' }).click();
    await page.getByRole('alert').waitFor();
  },
  async link(stack, page) {
    const link = await mintLink(stack, { key: SAMPLE, maxUses: 3, note: HOSTILE, tags: ['<b>'] });
    await openLink(link.url, { headers: { 'Hallpass-Claim': 'somebody-who-redeems-it' } });
    await page.goto(`${stack.url}/admin/links/${link.id}`);
    await page.getByText('Extend or change it').click();
  },
  async 'a revoked link'(stack, page) {
    const link = await mintLink(stack, { key: SAMPLE });
    await revokeLink(stack, link.id);
    await page.goto(`${stack.url}/admin/links/${link.id}`);
  },
  'no such link': goTo('/admin/links/lnk_nobody'),
  'revoke all': goTo('/admin/links/revoke?q=sample'),
  revoking: goTo('/admin/links/revoke/result?q=sample&matched=500'),
  events: goTo('/admin/events'),
  'no events': goTo('/admin/events?type=link.failed'),
  'events of nobody': goTo(`/admin/events?app=nobody&linkId=${'x'.repeat(65)}`),
  apps: goTo('/admin/apps'),
  async 'a refused app'({ url }, page) {
    await page.goto(`${url}/admin/apps/new`);
    await page.fill('[name=name]', HOSTILE);
    await page.fill('[name=keyPrefixes]', 'no prefix');
    await page.getByRole('button', { name: 'Make the app' }).click();
    await page.getByRole('alert').waitFor();
  },
  async app(stack, page) {
    await toAnApp(stack, page);
    await page.getByText('Suspend this app').click();
  },
  async 'settings of an app'(stack, page) {
    await toAnApp(stack, page);
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Save' }).waitFor();
  },
  async 'a refused API key'(stack, page) {
    await toAnApp(stack, page);
    await page.getByRole('link', { name: 'New API key' }).click();
    await page.fill('[name=requestsPerMinute]', 'many');
    await page.getByRole('button', { name: 'Create the API key' }).click();
    await page.getByRole('alert').waitFor();
  },
  async 'an API key that was created'(stack, page) {
    await toAnApp(stack, page);
    await page.getByRole('link', { name: 'New API key' }).click();
    await page.fill('[name=note]', HOSTILE);
    await page.getByRole('button', { name: 'Create the API key' }).click();
    await page.getByLabel('The API key').waitFor();
  },
  async 'an API key'(stack, page) {
    await toAnApp(stack, page);
    await page.locator('.rows a').first().click();
    await page.getByText('Rotate it').click();
    await page.getByText('Revoke it').click();
  },
  webhooks: goTo('/admin/webhooks'),
  async 'a refused webhook'({ url }, page) {
    await page.goto(`${url}/admin/webhooks#new`);
    await page.fill('[name=url]', 'http://10.0.0.1');
    await page.fill('[name=note]', HOSTILE);
    await page.getByRole('button', { name: 'Make this webhook' }).click();
    await page.getByRole('alert').waitFor();
  },
  'a new webhook': makeWebhook,
  async 'a tested webhook'(stack, page) {
    await makeWebhook(stack, page);
    await page.getByText('Go on to the webhook').click();
    await page.getByRole('button', { name: 'Send a test event' }).click();
    await page.getByText('A test event is on its way.').waitFor();
  },
  async 'a disabled webhook'(stack, page) {
    await makeWebhook(stack, page);
    await page.getByText('Go on to the webhook').click();
    await page.getByText('Disable…').click();
    await page.getByRole('button', { name: 'Disable it' }).click();
    await page.getByRole('status').waitFor();
    for (const step of ['Change…', 'Rotate the secret…', 'Delete…']) {
      await page.getByText(step).click();
    }
  },
  stores: goTo('/admin/stores'),
  async 'a checked store'({ url }, page) {
    await page.goto(`${url}/admin/stores`);
    await page.fill('[name=key]', SAMPLE);
    await page.getByRole('button', { name: /^Check/ }).click();
    await page.getByText('Links of this store work.').waitFor();
  },
};

export const ADMIN_PAGES: readonly string[] = Object.keys(SHOWN);

/** Some links, so that there is something to see. */
export async function mintSome(stack: StartFile): Promise<void> {
  for (let index = 0; index < 30; index++) {
    const note = index % 3 === 0 ? HOSTILE : `For customer ${index}`;
    await mintLink(stack, { key: SAMPLE, note, tags: ['sample', `batch-${index % 2}`] });
  }
}

export async function signIn({ url, adminToken }: StartFile, page: Page): Promise<void> {
  await page.goto(`${url}/admin/sign-in`);
  await page.fill('input[name=token]', adminToken);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
}

export async function showAdminPage(stack: StartFile, page: Page, name: string): Promise<void> {
  // Else an address that differs in its fragment alone would leave the page as it is.
  await page.goto('about:blank');
  await (SHOWN[name] as Show)(stack, page);
}
