// `npm run screenshots`: every page, of recipients and of operators, in three widths, light and dark, to be looked at.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { ADMIN_PAGES, mintSome, showAdminPage, signIn } from '../test/e2e/admin-pages.ts';
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
  await mintSome(stack);
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ colorScheme, locale: 'en-GB' });
    const page = await context.newPage();
    for (const name of PAGES) {
      const act = await showPage(stack, page, name);
      await act();
      await shoot(page, `${name}-${colorScheme}`);
    }
    await signIn(stack, page);
    for (const name of ADMIN_PAGES) {
      await showAdminPage(stack, page, name);
      await shoot(page, `admin-${name}-${colorScheme}`);
    }
    await context.close();
  }
  console.log(
    `${(PAGES.length + ADMIN_PAGES.length) * WIDTHS.length * 2} screenshots are in ${SHOTS}`,
  );
} finally {
  await browser.close();
  await stack.interrupt();
  removeFolder(folder);
}

async function shoot(page: Page, name: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    const path = join(SHOTS, `${name.replaceAll(' ', '-')}-${width}.png`);
    await page.screenshot({ path, fullPage: true });
  }
}
