// Every page a recipient meets, in a real browser: usable by everybody, quiet, light, and still.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChromium } from './chromium.ts';
import { PAGES, SAMPLE, showPage } from './recipient-pages.ts';
import {
  inspectLink,
  makeFolder,
  mintLink,
  removeFolder,
  type Stack,
  startStack,
} from './stack.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Of all that a page needs, as it goes over the wire. */
const MOST_BYTES = 30 * 1_024;
const NARROW = { width: 320, height: 640 };

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

type Look = {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[];
  readonly bytes: () => Promise<number>;
};

async function lookAt(options: object): Promise<Look> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isComplaint = message.type() === 'error' || message.type() === 'warning';
    // That a refusal has its status is right.
    if (isComplaint && !/the server responded with a status of 4/.test(message.text())) {
      complaints.push(message.text());
    }
  });
  const sizes: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    sizes.push(request.sizes().then((size) => size.responseBodySize + size.responseHeadersSize));
  });
  const bytes = async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  return { page, context, complaints, bytes };
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate<AxeResults>('axe.run()');
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** How much of the page moved after it was first seen. */
const SHIFT = `new Promise((resolve) => {
  let shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve(shift), 200);
})`;

describe.each(['light', 'dark'] as const)('in the %s', (colorScheme) => {
  it.each(PAGES)('the page “%s” is fit for everybody', async (name) => {
    const look = await lookAt({ colorScheme, viewport: NARROW, locale: 'de-DE' });
    const { page } = look;
    const act = await showPage(stack, page, name);
    expect(await look.bytes()).toBeLessThan(MOST_BYTES);
    expect(await page.evaluate(SHIFT)).toBe(0);
    await act();
    expect(await page.evaluate('document.documentElement.lang')).toBe('de');
    expect(await page.title()).toBe('Privater Link');
    expect(await page.locator('h1').count()).toBe(1);
    // Nothing to scroll to the side.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(NARROW.width);
    expect(await violations(page)).toEqual([]);
    expect(look.complaints).toEqual([]);
    await look.context.close();
  });
});

describe('a person', () => {
  it('downloads by a link of one use, which nobody else can use after that', async () => {
    const link = await mintLink(stack, { key: SAMPLE, maxUses: 1 });
    const [mine, another] = [await lookAt({}), await lookAt({})];
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

  it('waits on the page for a link that opens soon', async () => {
    const notBefore = new Date(Date.now() + 4_000).toISOString();
    const link = await mintLink(stack, { key: SAMPLE, notBefore, confirm: true });
    const look = await lookAt({});
    await look.page.goto(link.url);
    expect(await look.page.locator('h1').textContent()).toBe('This link isn’t open yet');
    await look.page.getByRole('heading', { name: 'hallpass-sample.pdf' }).waitFor();
    expect(look.complaints).toEqual([]);
    await look.context.close();
  });
});
