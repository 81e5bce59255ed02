// `npm run screenshots`: every page of recipients, in three widths, light and dark, to be looked at.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startChromium } from '../test/e2e/chromium.ts';
import { PAGES, showPage } from '../test/e2e/recipient-pages.ts';
import { makeFolder, removeFolder, startStack } from '../test/e2e/stack.ts';

const SHOTS = '.local/screenshots';
const WIDTHS = [320, 768, 1_280];
const HEIGHT = 720;

rmSync(SHOTS, { recursive: true, force: true });
mkdirSync(SHOTS, { recursive: true });
const folder = makeFolder();
const [stack, browser] = await Promise.all([startStack(folder), startChromium()]);
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ colorScheme, locale: 'en-GB' });
    const page = await context.newPage();
    for (const name of PAGES) {
      const act = await showPage(stack, page, name);
      await act();
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: HEIGHT });
        const path = join(SHOTS, `${name.replaceAll(' ', '-')}-${colorScheme}-${width}.png`);
        await page.screenshot({ path, fullPage: true });
      }
    }
    await context.close();
  }
  console.log(`${PAGES.length * WIDTHS.length * 2} screenshots are in ${SHOTS}`);
} finally {
  await browser.close();
  await stack.interrupt();
  removeFolder(folder);
}
