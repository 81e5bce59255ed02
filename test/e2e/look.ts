// A page as one looks at it: who complains of it, how much it needs, whether it moves, and whom it shuts out.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Of all that a page needs, as it goes over the wire. */
export const MOST_BYTES = 30 * 1_024;
export const NARROW = { width: 320, height: 640 };

export type Look = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the console had: faults, refusals of the policy. */
  readonly complaints: string[];
  /** Of all requests since the look began. */
  readonly bytes: () => Promise<number>;
};

export async function lookAt(browser: Browser, options: BrowserContextOptions): Promise<Look> {
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
    const size = request.sizes().then((each) => each.responseBodySize + each.responseHeadersSize);
    // Of one that ends with the browser nobody asks it.
    sizes.push(size.catch(() => 0));
  });
  const bytes = async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  return { page, context, complaints, bytes };
}

export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate<AxeResults>('axe.run()');
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** What of the page moved after it was first seen, and by how much. */
export async function shifts(page: Page): Promise<string[]> {
  return page.evaluate(`new Promise((resolve) => {
    const shifts = [];
    new PerformanceObserver((list) => {
      for (const { hadRecentInput, value, sources } of list.getEntries()) {
        // What somebody asked for by a click may make room for itself.
        if (hadRecentInput) continue;
        const moved = sources.map(({ node, previousRect, currentRect }) =>
          (node?.nodeName ?? 'gone') + ' from ' + previousRect.y + ' to ' + currentRect.y);
        shifts.push(value + ': ' + moved.join(', '));
      }
    }).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => resolve(shifts), 200);
  })`);
}

export async function widthOf(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth');
}
