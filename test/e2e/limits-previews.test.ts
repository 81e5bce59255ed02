// A link of one use is for its recipient: whoever opens it before spends nothing and learns nothing.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/samples.ts';
import { createBrowser, PAGE_HEADERS } from './browser.ts';
import { curl, hasCurl, hasWget, wget } from './command.ts';
import { drawClaim } from './redeem.ts';
import {
  inspectLink,
  type Link,
  makeFolder,
  mintLink,
  openLink,
  removeFolder,
  type Stack,
  startStack,
} from './stack.ts';
import { VISITORS, visit } from './visitors.ts';

const PDF = SAMPLES[0];

const folder = makeFolder();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack(folder);
});
afterAll(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

const mintOnce = () => mintLink(stack, { key: PDF?.key, maxUses: 1 });

async function expectUnspent(link: Link) {
  const { state, usesLeft, opens } = await inspectLink(stack, link.id);
  expect({ state, usesLeft, opens }).toEqual({ state: 'active', usesLeft: 1, opens: 0 });
}

/** A person opens the page, presses its button, and has the object. */
async function expectRedeemable(link: Link) {
  const browser = createBrowser();
  const page = await browser.openPage(link.url);
  expect(page.response.status).toBe(200);
  const { response } = await browser.submit(link.url, page);
  expect(response.status).toBe(303);
  const download = await fetch(response.headers.get('Location') ?? '');
  expect(Buffer.from(await download.arrayBuffer())).toEqual(PDF?.body);
  expect((await inspectLink(stack, link.id)).usesLeft).toBe(0);
}

describe('a link of one use is not spent by', () => {
  it.each(VISITORS)('$name', async (visitor) => {
    const link = await mintOnce();
    const answers = await visit(link.url, visitor);
    expect(answers.at(-1)?.response.status).toBe(visitor.status);
    for (const { response, body } of answers) {
      expect(response.redirected).toBe(false);
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(response.headers.get('Cache-Control')).toBe('no-store');
      expect([...response.headers].flat().join('\n') + body).not.toContain('X-Amz-');
    }
    await expectUnspent(link);
    await expectRedeemable(link);
  });

  it.skipIf(!hasCurl)('curl -I, curl -IL and curl -L', async () => {
    const link = await mintOnce();
    for (const option of ['-I', '-IL']) {
      const head = await curl(option, link.url);
      expect(head).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(head).not.toMatch(/^location:/im);
    }
    expect(await curl('-L', link.url)).toContain('"reason":"confirm_required"');
    await expectUnspent(link);
    await expectRedeemable(link);
  });

  it.skipIf(!hasWget)('wget --spider', async () => {
    const link = await mintOnce();
    const said = await wget('--spider', link.url);
    expect(said).toContain('HTTP/1.1 200 OK');
    expect(said).not.toMatch(/^\s*location:/im);
    await expectUnspent(link);
    await expectRedeemable(link);
  });

  it('HEAD with a claim', async () => {
    const link = await mintOnce();
    const headers = { 'Hallpass-Claim': drawClaim() };
    const head = await openLink(link.url, { method: 'HEAD', headers });
    expect(head.status).toBe(200);
    expect(head.headers.get('Location')).toBe(null);
    await expectUnspent(link);
    await expectRedeemable(link);
  });

  it('GET with a claim in the query or in a cookie', async () => {
    const link = await mintOnce();
    const claim = drawClaim();
    for (const [url, headers] of [
      [`${link.url}?claim=${claim}`, PAGE_HEADERS],
      [link.url, { ...PAGE_HEADERS, Cookie: `claim=${claim}` }],
    ] as const) {
      expect((await openLink(url, { headers })).status).toBe(200);
    }
    await expectUnspent(link);
    await expectRedeemable(link);
  });

  it('all of them in turn', async () => {
    const link = await mintOnce();
    for (const visitor of VISITORS) await visit(link.url, visitor);
    await expectUnspent(link);
    await expectRedeemable(link);
  });
});

it('a preview has nothing to show: a neutral title, no card, no index', async () => {
  const link = await mintOnce();
  const response = await openLink(link.url, { headers: PAGE_HEADERS });
  const html = await response.text();
  expect(/<title>(.*?)<\/title>/.exec(html)?.[1]).toBe('Private link');
  expect(html).not.toMatch(/og:|twitter:|name="description"/);
  expect(response.headers.get('X-Robots-Tag')).toBe('noindex, nofollow');
  const robots = await fetch(`${stack.url}/robots.txt`);
  expect(await robots.text()).toMatch(/^User-agent: \*\nDisallow: \/$/m);
});
