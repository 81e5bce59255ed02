// Passwords of links by HTTP: as a person types one, as a program sends one, as somebody guesses.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/samples.ts';
import { createBrowser, PAGE_HEADERS } from './browser.ts';
import { AMPLE_RATE, drawClaim } from './redeem.ts';
import {
  inspectLink,
  makeFolder,
  mintLink,
  openLink,
  removeFolder,
  type Stack,
  startStack,
} from './stack.ts';

const PASSWORD = 'Grüße & "Küsse" <b>+%41';
const WRONG = 'grüße & "küsse" <i>+%42';
const PDF = SAMPLES[0];

/** Headers by which a client might pass for many. */
const disguise = (index: number) => ({
  'X-Forwarded-For': `198.51.100.${index}, 203.0.113.${index}`,
  'X-Real-IP': `198.51.100.${index}`,
  'True-Client-IP': `198.51.100.${index}`,
  Forwarded: `for=198.51.100.${index}`,
});

const folder = makeFolder();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack(folder);
});
afterAll(async () => {
  await stack?.interrupt();
  removeFolder(folder);
});

const mintGuarded = (terms: object = {}) =>
  mintLink(stack, { key: PDF?.key, password: PASSWORD, rateLimit: AMPLE_RATE, ...terms });

function send(url: string, fields: object, headers: Record<string, string> = {}) {
  return openLink(url, {
    method: 'POST',
    headers: { Accept: 'application/json', 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(fields),
  });
}

async function expectPdf(url: string | null) {
  const download = await fetch(url ?? '');
  expect(download.status).toBe(200);
  expect(Buffer.from(await download.arrayBuffer())).toEqual(PDF?.body);
}

/** Wherever a password could turn up in an answer, as it is or encoded. */
function expectNoPassword(response: Response, body: string) {
  const answer = [response.url, ...[...response.headers].flat(), body].join('\n');
  const decoded = decodeURIComponent(answer.replace(/%(?![0-9a-f]{2})/gi, '%25'));
  for (const part of ['Küsse', 'küsse', 'K%C3%BCsse', 'K&#252;sse', 'Grüße', 'grüße']) {
    expect(answer).not.toContain(part);
    expect(decoded).not.toContain(part);
  }
}

describe('a person', () => {
  it('types the password, gets it wrong, then right, and needs none to come back', async () => {
    const link = await mintGuarded({ maxUses: 1 });
    const browser = createBrowser();
    const page = await browser.openPage(link.url);
    expect(page.response.status).toBe(200);
    expect(page.asksForPassword).toBe(true);

    const refused = await browser.submit(link.url, page, WRONG);
    expect(refused.response.status).toBe(403);
    expect(refused.html).toContain('This password is wrong');
    expect(refused.asksForPassword).toBe(true);
    expect(refused.claim).toBe(page.claim);
    expect((await inspectLink(stack, link.id)).usesLeft).toBe(1);

    const redeemed = await browser.submit(link.url, refused, PASSWORD);
    expect(redeemed.response.status).toBe(303);
    expect(redeemed.response.headers.get('Hallpass-Claim')).toBe(page.claim);
    await expectPdf(redeemed.response.headers.get('Location'));

    const back = await browser.openPage(link.url);
    expect(back.claim).toBe(page.claim);
    expect(back.asksForPassword).toBe(false);
    const again = await browser.submit(link.url, back);
    expect(again.response.status).toBe(303);
    expect(await inspectLink(stack, link.id)).toMatchObject({ usesLeft: 0, opens: 2 });
    for (const { response, html } of [page, refused, redeemed, back, again]) {
      expectNoPassword(response, html);
    }
  });

  it('who leaves the password out gets the page again', async () => {
    const link = await mintGuarded();
    const browser = createBrowser();
    const page = await browser.openPage(link.url);
    const refused = await browser.submit(link.url, { ...page, asksForPassword: false });
    expect(refused.response.status).toBe(403);
    expect(refused.html).toContain('This link needs a password');
    expect(refused.claim).toBe(page.claim);
  });

  it('gets a cookie for this link only, which no script and no other site can use', async () => {
    const link = await mintGuarded();
    const browser = createBrowser();
    const page = await browser.openPage(link.url);
    const { response } = await browser.submit(link.url, page, PASSWORD);
    const [cookie = '', ...more] = response.headers.getSetCookie();
    expect(more).toEqual([]);
    const [pair, ...attributes] = cookie.split('; ');
    expect(pair).toBe(`claim=${page.claim}`);
    const { pathname } = new URL(link.url);
    expect(attributes).toEqual(
      expect.arrayContaining(['Secure', 'HttpOnly', 'SameSite=Lax', `Path=${pathname}`]),
    );
    const maxAge = Number(/Max-Age=(\d+)/.exec(cookie)?.[1]);
    expect(maxAge).toBeGreaterThan(500);
    expect(maxAge).toBeLessThanOrEqual(600);
  });
});

describe('a program', () => {
  it('gets the URL as JSON, which downloads, and a claim that needs no password again', async () => {
    const link = await mintGuarded({ maxUses: 1 });
    const response = await send(link.url, { password: PASSWORD });
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('Location')).toBe(null);
    expectNoPassword(response, text);
    const { url, claim, expiresAt, ...rest } = JSON.parse(text);
    expect(rest).toEqual({});
    expect(claim).toMatch(/^[A-Za-z0-9_-]{22,86}$/);
    expect(response.headers.get('Hallpass-Claim')).toBe(claim);
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    expect(Date.parse(expiresAt)).toBeLessThanOrEqual(Date.now() + 60_000);
    await expectPdf(url);

    const again = await openLink(link.url, { headers: { 'Hallpass-Claim': claim } });
    expect(again.status).toBe(302);
    await expectPdf(again.headers.get('Location'));
    expect(await inspectLink(stack, link.id)).toMatchObject({ usesLeft: 0, opens: 2 });
  });

  it('may bring its claim in the body or in the header', async () => {
    const link = await mintGuarded();
    const claim = drawClaim();
    for (const response of [
      await send(link.url, { password: PASSWORD, claim }),
      await send(link.url, { password: PASSWORD }, { 'Hallpass-Claim': claim }),
    ]) {
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ claim });
    }
  });

  it('is told what is missing', async () => {
    const link = await mintGuarded();
    const plain = await openLink(link.url);
    expect(plain.status).toBe(428);
    expect(await plain.json()).toMatchObject({ reason: 'confirm_required', needsPassword: true });
    for (const [fields, reason] of [
      [{}, 'password_required'],
      [{ password: WRONG }, 'password_wrong'],
    ] as const) {
      const response = await send(link.url, fields);
      const text = await response.text();
      expect(response.status).toBe(403);
      expect(response.headers.get('Content-Type')).toBe('application/problem+json');
      expect(JSON.parse(text)).toMatchObject({ reason });
      expectNoPassword(response, text);
    }
    const claimOnly = await openLink(link.url, { headers: { 'Hallpass-Claim': drawClaim() } });
    expect(claimOnly.status).toBe(403);
    expect(await claimOnly.json()).toMatchObject({ reason: 'password_required' });
  });
});

describe('whoever guesses', () => {
  it('is locked out after 5 wrong tries, whatever address is pretended', async () => {
    const link = await mintGuarded();
    const known = drawClaim();
    expect((await send(link.url, { password: PASSWORD, claim: known })).status).toBe(200);
    for (let index = 0; index < 5; index++) {
      expect((await send(link.url, { password: WRONG }, disguise(index))).status).toBe(403);
    }
    for (const password of [WRONG, PASSWORD]) {
      const locked = await send(link.url, { password }, disguise(99));
      expect(locked.status).toBe(429);
      expect(await locked.json()).toMatchObject({ reason: 'password_locked' });
      const retryAfter = Number(locked.headers.get('Retry-After'));
      expect(retryAfter).toBeGreaterThan(240);
      expect(retryAfter).toBeLessThanOrEqual(300);
    }
    const body = new URLSearchParams({ password: PASSWORD });
    const page = await openLink(link.url, { method: 'POST', headers: PAGE_HEADERS, body });
    expect(page.status).toBe(429);
    expect(await page.text()).toContain('Too many wrong passwords');

    // Neither who has redeemed it before nor other links suffer from that.
    expect((await send(link.url, { claim: known })).status).toBe(200);
    expect((await send((await mintGuarded()).url, { password: PASSWORD })).status).toBe(200);
  });

  it('gets no more tries by sending them all at once', async () => {
    const link = await mintGuarded();
    const tries = Array.from({ length: 50 }, (_, index) =>
      send(link.url, { password: `${WRONG}${index}` }, disguise(index)),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 403)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(45);
    const { denials } = await inspectLink(stack, link.id);
    expect(denials).toEqual({ password_wrong: 5, password_locked: 45 });
  });
});
