// The dashboard in a real browser: each page fit for everybody, and what operators do with it from end to end.

import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_PAGES, mintSome, showAdminPage, signIn } from './admin-pages.ts';
import { startChromium } from './chromium.ts';
import { type Look, lookAt, MOST_BYTES, NARROW, shifts, violations, widthOf } from './look.ts';
import { SAMPLE } from './recipient-pages.ts';
import {
  inspectLink,
  makeFolder,
  mintLink,
  openLink,
  removeFolder,
  type Stack,
  startStack,
} from './stack.ts';

const MANY = 500;

const folder = makeFolder();
let stack: Stack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(folder), startChromium()]);
  await mintSome(stack);
});
afterAll(async () => {
  await browser?.close();
  await stack?.interrupt();
  removeFolder(folder);
});

async function signedIn(options: object = {}): Promise<Look> {
  const look = await lookAt(browser, options);
  await signIn(stack, look.page);
  return look;
}

async function close({ context, complaints }: Look): Promise<void> {
  expect(complaints).toEqual([]);
  await context.close();
}

async function heading(page: Page): Promise<string | null> {
  expect(await page.locator('h1').count()).toBe(1);
  return page.locator('h1').textContent();
}

describe.each(['light', 'dark'] as const)('in the %s', (colorScheme) => {
  let state: Awaited<ReturnType<Look['context']['storageState']>>;
  beforeAll(async () => {
    const look = await signedIn();
    state = await look.context.storageState();
    await close(look);
  });

  it.each(ADMIN_PAGES)('the page “%s” is fit for everybody', async (name) => {
    const look = await lookAt(browser, { colorScheme, viewport: NARROW, storageState: state });
    const { page } = look;
    await showAdminPage(stack, page, name);
    expect(await shifts(page)).toEqual([]);
    await heading(page);
    // Nothing to scroll to the side.
    expect(await widthOf(page)).toBe(NARROW.width);
    expect(await violations(page)).toEqual([]);
    await close(look);
  });

  it.each(ADMIN_PAGES)('the page “%s” is small', async (name) => {
    const look = await lookAt(browser, { colorScheme, storageState: state });
    await showAdminPage(stack, look.page, name);
    // The page that one ends at, with all it needs, for who has nothing of it yet.
    const needed = await look.page.evaluate<string[]>(`(async () => {
      const needs = [...document.querySelectorAll('link[rel=stylesheet], script[src]')];
      const paths = needs.map((need) => need.href ?? need.src);
      const texts = await Promise.all(paths.map(async (path) => (await fetch(path)).text()));
      return [document.documentElement.outerHTML, ...texts];
    })()`);
    // Cloudflare compresses pages, styles and scripts on their way.
    const bytes = needed.reduce((sum, text) => sum + gzipSync(text).length, 0);
    expect(bytes).toBeLessThan(MOST_BYTES);
    await close(look);
  });
});

describe('an operator', () => {
  it('mints, sees it opened, revokes, and nobody gets in any more', async () => {
    const operator = await signedIn({ permissions: ['clipboard-read', 'clipboard-write'] });
    const { page } = operator;
    await page.getByRole('link', { name: 'Mint a link' }).click();
    await page.getByLabel('Key of the object').fill(SAMPLE);
    await page.getByLabel('Uses at most').fill('2');
    await page.getByRole('button', { name: 'Mint the link' }).click();
    await page.getByRole('heading', { name: 'Your link' }).waitFor();
    const url = await page.getByLabel('The link', { exact: true }).inputValue();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(url);

    const recipient = await lookAt(browser, {});
    await recipient.page.goto(url);
    const downloading = recipient.page.waitForEvent('download');
    await recipient.page.getByRole('button', { name: 'Download' }).click();
    expect((await downloading).suggestedFilename()).toBe('hallpass-sample.pdf');

    await page.getByRole('link', { name: 'See how it stands' }).click();
    await expect
      .poll(
        async () => {
          await page.reload();
          return page.locator('ol.rows').textContent();
        },
        // A gate reports what it counts within 5 s.
        { timeout: 20_000 },
      )
      .toMatch(/Link minted.*by operator.*Use spent/);
    expect(await page.getByText('1 of 2 spent').count()).toBe(1);

    await page.getByText('Revoke this link…').click();
    await page.getByRole('button', { name: 'Revoke it' }).click();
    await page.getByText('It opens nowhere any more.').waitFor();
    await recipient.page.goto(url);
    await recipient.page.getByRole('heading', { name: 'This link was withdrawn' }).waitFor();
    await close(recipient);
    await close(operator);
  });

  it('sees a link of one use used up, after two people confirmed it', async () => {
    const operator = await signedIn();
    const { page } = operator;
    const link = await mintLink(stack, { key: SAMPLE, maxUses: 1 });
    const people = [await lookAt(browser, {}), await lookAt(browser, {})];
    for (const one of people) await one.page.goto(link.url);
    const [first, second] = people as [Look, Look];
    const downloading = first.page.waitForEvent('download');
    await first.page.getByRole('button', { name: 'Download' }).click();
    await downloading;
    await second.page.getByRole('button', { name: 'Download' }).click();
    await second.page.getByRole('heading', { name: 'This link was used up' }).waitFor();
    await page.goto(`${stack.url}/admin/links`);
    await page.getByLabel('Find a link by its URL or id').fill(link.url);
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('Used up', { exact: true }).waitFor();
    for (const look of [...people, operator]) await close(look);
  });

  it('sees who guessed at a password, and that they are locked out', async () => {
    const operator = await signedIn();
    const link = await mintLink(stack, { key: SAMPLE, password: 'correct horse' });
    const guesser = await lookAt(browser, {});
    await guesser.page.goto(link.url);
    for (let guesses = 0; guesses < 6; guesses++) {
      await guesser.page.fill('input[type=password]', `guess ${guesses}`);
      await guesser.page.press('input[type=password]', 'Enter');
      await guesser.page.waitForLoadState();
      if ((await guesser.page.locator('input[type=password]').count()) === 0) break;
    }
    expect(await guesser.page.locator('h1').textContent()).toBe('Too many wrong passwords');
    await operator.page.goto(`${stack.url}/admin/links/${link.id}`);
    expect(await operator.page.locator('.facts').textContent()).toContain(
      'with a wrong password: 5',
    );
    await close(guesser);
    await close(operator);
  });

  it(`revokes ${MANY} links at once, having seen how many`, async () => {
    const operator = await signedIn();
    const { page } = operator;
    const urls: string[] = [];
    for (let start = 0; start < MANY; start += 100) {
      const links = Array.from({ length: 100 }, () => ({
        ...{ store: stack.store, key: SAMPLE, operation: 'download', ttlSeconds: 600 },
        tags: ['many'],
      }));
      const response = await fetch(`${stack.url}/v1/links/batch`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${stack.apiKey}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ links }),
      });
      const { results } = (await response.json()) as { results: { link: { url: string } }[] };
      urls.push(...results.map(({ link }) => link.url));
    }
    await page.goto(`${stack.url}/admin/links?tag=many`);
    await page.getByRole('link', { name: 'Revoke all that match…' }).click();
    await page.getByRole('heading', { name: `Revoke ${MANY} links?` }).waitFor();
    await page.getByRole('button', { name: `Revoke ${MANY} links` }).click();
    await page.getByRole('heading', { name: `Revoked ${MANY} links` }).waitFor();
    for (const url of [urls[0], urls[MANY / 2], urls[MANY - 1]]) {
      expect((await openLink(url as string)).status).toBe(410);
    }
    await close(operator);
  });

  it('revokes what is checked on a page, with all boxes at once', async () => {
    const operator = await signedIn();
    const { page } = operator;
    const links = [];
    for (let index = 0; index < 3; index++) {
      links.push(await mintLink(stack, { key: SAMPLE, tags: ['checked'] }));
    }
    await page.goto(`${stack.url}/admin/links?tag=checked`);
    await page.getByLabel('All on this page').check();
    await page.getByLabel(new RegExp(`Select .*${links[1]?.id}`)).uncheck();
    await page.getByRole('button', { name: 'Revoke selected…' }).click();
    await page.getByRole('button', { name: 'Revoke 2 links' }).click();
    await page.getByRole('heading', { name: 'Revoked 2 links' }).waitFor();
    const states = await Promise.all(
      links.map(async ({ id }) => (await inspectLink(stack, id)).state),
    );
    expect(states).toEqual(['revoked', 'active', 'revoked']);
    await close(operator);
  });

  it('signs out, which really ends the session', async () => {
    const operator = await signedIn();
    const { page, context } = operator;
    const state = await context.storageState();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Hallpass' }).waitFor();
    // Not even for whoever has kept the cookie.
    const thief = await lookAt(browser, { storageState: state });
    await thief.page.goto(`${stack.url}/admin/links`);
    await thief.page.getByRole('heading', { name: 'Sign in to Hallpass' }).waitFor();
    await close(thief);
    await close(operator);
  });

  it('comes back to the same page, and the same form, after signing in anew', async () => {
    const operator = await signedIn();
    const { page, context } = operator;
    await page.goto(`${stack.url}/admin/links/new`);
    await page.getByLabel('Key of the object').fill(SAMPLE);
    await context.clearCookies();
    await page.getByRole('button', { name: 'Mint the link' }).click();
    await page.getByText('nothing of it is lost').waitFor();
    await page.fill('input[name=token]', stack.adminToken);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByRole('heading', { name: 'Your link' }).waitFor();

    await context.clearCookies();
    await page.goto(`${stack.url}/admin/links?tag=sample`);
    await page.fill('input[name=token]', stack.adminToken);
    await page.press('input[name=token]', 'Enter');
    await page.waitForURL(`${stack.url}/admin/links?tag=sample`);
    await close(operator);
  });

  it('finds and revokes a link without any script', async () => {
    const operator = await signedIn({ javaScriptEnabled: false });
    const { page } = operator;
    const link = await mintLink(stack, { key: SAMPLE, tags: ['plain'] });
    await page.goto(`${stack.url}/admin/links?tag=plain`);
    await page.getByLabel(new RegExp(`Select .*${link.id}`)).check();
    await page.getByRole('button', { name: 'Revoke selected…' }).click();
    await page.getByRole('button', { name: 'Revoke one link' }).click();
    await page.getByRole('heading', { name: 'Revoked one link' }).waitFor();
    expect((await openLink(link.url)).status).toBe(410);
    await close(operator);
  });
});
