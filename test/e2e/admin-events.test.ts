// The dashboard's events in a real browser: they come by themselves, as long as whoever looks may see them.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from './admin-pages.ts';
import { startChromium } from './chromium.ts';
import { type Look, lookAt, NARROW, violations } from './look.ts';
import { SAMPLE } from './recipient-pages.ts';
import { makeFolder, mintLink, removeFolder, revokeLink, type Stack, startStack } from './stack.ts';

const folder = makeFolder();
let stack: Stack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(folder), startChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await stack?.interrupt();
  removeFolder(folder);
});

type Following = Look & {
  /** How often the page has asked for what is new. */
  readonly asked: () => number;
};

/** The events as a signed in operator sees them. */
async function lookAtEvents(options: object = {}, query = ''): Promise<Following> {
  const look = await lookAt(browser, options);
  let asked = 0;
  look.page.on('requestfinished', (request) => {
    if (request.url().includes('/admin/events/new')) asked += 1;
  });
  await signIn(stack, look.page);
  await look.page.goto(`${stack.url}/admin/events${query}`);
  return { ...look, asked: () => asked };
}

async function close({ context, complaints }: Look): Promise<void> {
  expect(complaints).toEqual([]);
  await context.close();
}

const mint = () => mintLink(stack, { key: SAMPLE });
const lineOf = (page: Page, id: string) => page.locator(`[role=log] li:has-text("${id}")`);

describe('an operator who looks at events', () => {
  it('sees a link appear that was minted meanwhile, without loading the page again', async () => {
    const look = await lookAtEvents();
    const { page } = look;
    await page.evaluate('window.isStillThere = true');
    const links = [await mint(), await mint()];
    for (const { id } of links) await lineOf(page, id).waitFor();
    // The newest is on top, and each is there once.
    expect(await page.locator('.rows > li').first().textContent()).toContain(links[1]?.id);
    await page.waitForTimeout(4_000);
    for (const { id } of links) expect(await lineOf(page, id).count()).toBe(1);
    expect(await page.evaluate('window.isStillThere')).toBe(true);
    await close(look);
  });

  it('sees it where nothing had been yet', async () => {
    const look = await lookAtEvents({}, '?type=link.revoked');
    const { page } = look;
    await page.locator('#no-events').waitFor();
    const { id } = await mint();
    await revokeLink(stack, id);
    await lineOf(page, id).waitFor();
    expect(await page.locator('#no-events').count()).toBe(0);
    expect(await page.locator('.rows > li').count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    await close(look);
  });

  it('pauses it, and misses nothing by that', async () => {
    const look = await lookAtEvents();
    const { page } = look;
    await page.getByText('New events appear by themselves').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused').waitFor();
    const { id } = await mint();
    await page.waitForTimeout(4_000);
    expect(await lineOf(page, id).count()).toBe(0);
    await page.getByRole('button', { name: 'Resume' }).click();
    await lineOf(page, id).waitFor();
    await close(look);
  });

  it('asks for nothing while the page is hidden', async () => {
    const look = await lookAtEvents();
    const { page } = look;
    await page.evaluate(
      "Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })",
    );
    await page.waitForTimeout(1_000);
    const before = look.asked();
    await page.waitForTimeout(7_000);
    expect(look.asked()).toBe(before);
    await page.evaluate('delete document.hidden');
    await page.waitForRequest(/events\/new/);
    await close(look);
  });

  it('goes on seeing what they had scrolled to', async () => {
    for (let count = 0; count < 30; count++) await mint();
    const look = await lookAtEvents({ viewport: NARROW });
    const { page } = look;
    const seen = page.locator('.rows > li').nth(20);
    const text = await seen.textContent();
    await seen.scrollIntoViewIfNeeded();
    const same = page.locator('.rows > li', { hasText: /lnk_\w+/.exec(text ?? '')?.[0] as string });
    const placeOf = async () => (await same.boundingBox())?.y as number;
    const before = await placeOf();
    const { id } = await mint();
    await lineOf(page, id).waitFor();
    expect(Math.abs((await placeOf()) - before)).toBeLessThan(1);
    await close(look);
  });

  it('is told when their session has ended', async () => {
    const look = await lookAtEvents({}, '?type=link.minted');
    const { page, context } = look;
    const elsewhere = await context.newPage();
    await elsewhere.goto(`${stack.url}/admin/stores`);
    await elsewhere.getByRole('button', { name: 'Sign out' }).click();
    await elsewhere.getByRole('heading', { name: 'Sign in to Hallpass' }).waitFor();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('Your session has ended');
    // Wherever they look.
    await page.locator('.rows > li').last().scrollIntoViewIfNeeded();
    expect((await page.getByRole('alert').boundingBox())?.y).toBeGreaterThanOrEqual(0);
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    const asked = look.asked();
    await page.waitForTimeout(4_000);
    expect(look.asked()).toBe(asked);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await page.fill('input[name=token]', stack.adminToken);
    await page.press('input[name=token]', 'Enter');
    await page.getByRole('heading', { name: 'Events' }).waitFor();
    expect(new URL(page.url()).search).toBe('?type=link.minted');
    await close(look);
  });

  it('is told when there is no answer, and goes on once there is one', async () => {
    const { page, context } = await lookAtEvents();
    await page.route(/events\/new/, (route) => route.fulfill({ status: 503, body: '' }));
    await page.getByText('No answer, still trying').waitFor();
    await page.unroute(/events\/new/);
    const { id } = await mint();
    await lineOf(page, id).waitFor();
    await page.getByText('New events appear by themselves').waitFor();
    await context.close();
  });

  it('is told, without scripts, that the page stays as it is', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${stack.url}/admin/events`);
    await page.fill('input[name=token]', stack.adminToken);
    await page.press('input[name=token]', 'Enter');
    await page.locator('noscript p').waitFor();
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    expect(await page.locator('.rows > li').count()).toBeGreaterThan(0);
    await context.close();
  });
});
