// Every page a recipient meets, in a real browser: usable by everybody, quiet, light, and still.

import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChromium } from './chromium.ts';
import { lookAt, MOST_BYTES, NARROW, shifts, violations, widthOf } from './look.ts';
import { PAGES, SAMPLE, showPage } from './recipient-pages.ts';
import {
  inspectLink,
  makeFolder,
  mintLink,
  removeFolder,
  type Stack,
  startStack,
} from './stack.ts';

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

describe.each(['light', 'dark'] as const)('in the %s', (colorScheme) => {
  it.each(PAGES)('the page “%s” is fit for everybody', async (name) => {
    const look = await lookAt(browser, { colorScheme, viewport: NARROW, locale: 'de-DE' });
    const { page } = look;
    const act = await showPage(stack, page, name);
    expect(await look.bytes()).toBeLessThan(MOST_BYTES);
    expect(await shifts(page)).toEqual([]);
    await act();
    expect(await page.evaluate('document.documentElement.lang')).toBe('de');
    expect(await page.title()).toBe('Privater Link');
    expect(await page.locator('h1').count()).toBe(1);
    // Nothing to scroll to the side.
    expect(await widthOf(page)).toBe(NARROW.width);
    expect(await violations(page)).toEqual([]);
    expect(look.complaints).toEqual([]);
    await look.context.close();
  });
});

describe('a person', () => {
  it('downloads by a link of one use, which nobody else can use after that', async () => {
    const link = await mintLink(stack, { key: SAMPLE, maxUses: 1 });
    const [mine, another] = [await lookAt(browser, {}), await lookAt(browser, {})];
    for (const { page } of [mine, another]) await page.goto(link.url);
    const downloading = mine.page.waitForEvent('download');
    await mine.page.getByRole('button', { name: 'Download' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('hallpass-sample.pdf');
    expect(
      readFileSync(await download.path())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');

    await another.page.getByRole('button', { name: 'Download' }).click();
    await another.page.getByRole('heading', { name: 'This link was used up' }).waitFor();
    expect(await inspectLink(stack, link.id)).toMatchObject({ opens: 1, usesLeft: 0 });
    // Whoever spent the use may come back for what was lost on the way.
    await mine.page.reload();
    const again = mine.page.waitForEvent('download');
    await mine.page.getByRole('button', { name: 'Download' }).click();
    expect(await (await again).failure()).toBeNull();
    for (const { context, complaints } of [mine, another]) {
      expect(complaints).toEqual([]);
      await context.close();
    }
  });

  it('counts down on the page of a link that was opened too often, which then opens', async () => {
    const link = await mintLink(stack, { key: SAMPLE, rateLimit: { limit: 1, windowSeconds: 4 } });
    await fetch(link.url, { redirect: 'manual' });
    const look = await lookAt(browser, {});
    await look.page.goto(link.url);
    const timer = look.page.getByRole('timer');
    expect(await timer.textContent()).toMatch(/^0:0[1-4]$/);
    const downloading = look.page.waitForEvent('download');
    expect((await downloading).suggestedFilename()).toBe('hallpass-sample.pdf');
    expect(look.complaints).toEqual([]);
    await look.context.close();
  });

  it('waits on the page for a link that opens soon', async () => {
    const notBefore = new Date(Date.now() + 4_000).toISOString();
    const link = await mintLink(stack, { key: SAMPLE, notBefore, confirm: true });
    const look = await lookAt(browser, {});
    await look.page.goto(link.url);
    expect(await look.page.locator('h1').textContent()).toBe('This link isn’t open yet');
    await look.page.getByRole('heading', { name: 'hallpass-sample.pdf' }).waitFor();
    expect(look.complaints).toEqual([]);
    await look.context.close();
  });
});
