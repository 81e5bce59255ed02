// Every page that a recipient meets, and how one comes to see it.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { type Link, mintLink, openLink, revokeLink, type StartFile } from './stack.ts';

export const SAMPLE = 'documents/hallpass-sample.pdf';

const SOMEBODY = 'the-claim-of-somebody-else';

const inAWhile = () => new Date(Date.now() + 500_000).toISOString();
const wrongPassword = async (page: Page) => {
  await page.fill('input[type=password]', 'wrong');
  await page.press('input[type=password]', 'Enter');
  await page.waitForLoadState();
};

type Shown = {
  mint: object;
  after?: (stack: StartFile, link: Link) => Promise<unknown>;
  act?: (page: Page) => Promise<void>;
};

const SHOWN: Readonly<Record<string, Shown>> = {
  confirm: { mint: { key: SAMPLE, maxUses: 3 } },
  'all that is known': { mint: { key: SAMPLE, maxUses: 1, verifyObject: true } },
  'a file name of a stranger': {
    mint: {
      key: SAMPLE,
      confirm: true,
      filename: `<img src=x onerror=alert(1)>\u202efdp.${'长'.repeat(50)}`,
    },
  },
  password: { mint: { key: SAMPLE, password: 'correct horse' } },
  'wrong password': { mint: { key: SAMPLE, password: 'correct horse' }, act: wrongPassword },
  'locked password': {
    mint: { key: SAMPLE, password: 'correct horse' },
    async act(page) {
      for (let guesses = 0; guesses < 20 && (await page.$('input[type=password]')); guesses++) {
        await wrongPassword(page);
      }
    },
  },
  'not yet': { mint: { key: SAMPLE, notBefore: inAWhile() } },
  revoked: { mint: { key: SAMPLE }, after: (stack, { id }) => revokeLink(stack, id) },
  expired: { mint: { key: SAMPLE, ttlSeconds: 1 }, after: () => sleep(2_000) },
  'used up': {
    mint: { key: SAMPLE, maxUses: 1 },
    after: (_stack, { url }) => openLink(url, { headers: { 'Hallpass-Claim': SOMEBODY } }),
  },
  'opened too often': {
    mint: { key: SAMPLE, rateLimit: { limit: 1, windowSeconds: 60 } },
    after: (_stack, { url }) => openLink(url),
  },
  'not for you': { mint: { key: SAMPLE, allowCidrs: ['192.0.2.0/24'] } },
  'not found': {
    mint: { key: SAMPLE, confirm: true },
    async act(page) {
      await page.goto(new URL('/4mWQ0kXvTtPzB7cJr2LsYd', page.url()).href);
    },
  },
  'gone file': {
    mint: { key: 'nothing/here.pdf', delivery: 'stream' },
  },
  upload: { mint: { key: 'inbox/a', operation: 'upload', upload: { maxBytes: 1_000_000 } } },
  'upload with a password': {
    mint: {
      ...{ key: 'inbox/', operation: 'upload', password: 'correct horse' },
      upload: { maxBytes: 1_000_000, contentTypes: ['image/*', 'application/pdf'] },
    },
  },
};

export const PAGES: readonly string[] = Object.keys(SHOWN);

/** Opens a link that shows the page, or the page before it: what is answered leads there. */
export async function showPage(
  stack: StartFile,
  page: Page,
  name: string,
): Promise<() => Promise<void>> {
  const { mint, after, act } = SHOWN[name] as Shown;
  const link = await mintLink(stack, mint);
  await after?.(stack, link);
  await page.goto(link.url);
  return async () => act?.(page);
}
