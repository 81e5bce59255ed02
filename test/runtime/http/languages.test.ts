// People read the pages in their language, and by their clock; programs are answered in English.

import { createExecutionContext } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHallpass } from '../../../src/app.ts';
import {
  json,
  type MintedOnWire,
  makeApp,
  minted,
  open,
  realEnv,
  revoke,
  type TestApp,
} from '../../support/api.ts';

const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

let app: TestApp;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2040, 0, 31, 23, 30) });
  app = await makeApp();
});
afterEach(() => vi.useRealTimers());

const read = (link: MintedOnWire, language: string, options: object = {}) =>
  open(link.url, { headers: { Accept: HTML, 'Accept-Language': language }, ...options });
const pageOf = async (link: MintedOnWire, language: string) => (await read(link, language)).text();
const headingOf = (html: string) => /<h1>(.*?)<\/h1>/.exec(html)?.[1];

describe('the language of a page', () => {
  it.each([
    ['de', 'de', 'Dieser Link wurde zurückgezogen'],
    ['de-AT,en;q=0.8', 'de', 'Dieser Link wurde zurückgezogen'],
    ['en;q=0.4, JA-jp;q=0.9', 'ja', 'このリンクは取り消されました'],
    ['fr-FR,fr;q=0.9,de;q=0.3', 'de', 'Dieser Link wurde zurückgezogen'],
    ['de;q=0,fr', 'en', 'This link was withdrawn'],
    ['fr', 'en', 'This link was withdrawn'],
    ['constructor, __proto__', 'en', 'This link was withdrawn'],
    ['*', 'en', 'This link was withdrawn'],
    [`${'x,'.repeat(500)};;q=q`, 'en', 'This link was withdrawn'],
  ])('is the most wanted one of %j: %s', async (wanted, language, heading) => {
    const link = await minted(app);
    await revoke(app, link.id);
    const html = await pageOf(link, wanted);
    expect(html).toContain(`<html lang="${language}">`);
    expect(headingOf(html)).toBe(heading);
  });

  it('is the same in the form, with its button and its password', async () => {
    const link = await minted(app, { maxUses: 3, password: 'correct horse' });
    const html = await pageOf(link, 'de');
    expect(html).toContain('<title>Privater Link</title>');
    expect(html).toContain('Er kann noch 3-mal verwendet werden.');
    expect(html).toContain('>Herunterladen</button>');
    expect(html).toMatch(/<label>Passwort/);
    const wrong = await open(link.url, {
      method: 'POST',
      body: 'password=wrong',
      headers: { ...FORM, Accept: HTML, 'Accept-Language': 'ja' },
    });
    const again = await wrong.text();
    expect(headingOf(again)).toBe('パスワードが違います');
    expect(again).toContain('>ダウンロード</button>');
  });

  it('is the same where files are sent, also in what the script says', async () => {
    const link = await minted(app, { operation: 'upload', upload: { maxBytes: 5_000_000 } });
    const html = await pageOf(link, 'de');
    expect(html).toContain('Dieser Link nimmt eine Datei von bis zu 5 MB an.');
    expect(html).toContain('Wird gesendet');
    expect(await pageOf(link, 'ja')).toContain('このリンクでは、5 MBまでのファイルを1つ送れます。');
  });

  it('changes nothing for programs', async () => {
    const link = await minted(app);
    await revoke(app, link.id);
    const answer = await open(link.url, { headers: { 'Accept-Language': 'de' } });
    expect(await json(answer)).toMatchObject({ title: 'This link was withdrawn' });
  });
});

describe('the time on a page', () => {
  async function endingFor(link: MintedOnWire, language: string, timezone?: string) {
    const response = await createHallpass().fetch(
      new Request(link.url, {
        headers: { Accept: HTML, 'Accept-Language': language },
        ...(timezone ? { cf: { timezone } } : {}),
      } as RequestInit),
      realEnv,
      createExecutionContext(),
    );
    return /<time datetime="(.*?)">(.*?)<\/time>/.exec(await response.text())?.slice(1);
  }

  it('is the reader’s, or UTC where Cloudflare doesn’t know it', async () => {
    const link = await minted(app, { confirm: true });
    const instant = '2040-01-31T23:40:00.000Z';
    expect(await endingFor(link, 'en')).toEqual([instant, '31 January 2040 at 23:40 UTC']);
    const [, inBerlin] = (await endingFor(link, 'de', 'Europe/Berlin')) ?? [];
    expect(inBerlin).toMatch(/^1\. Februar 2040 um 00:40 MEZ$/);
    const [, inTokyo] = (await endingFor(link, 'ja', 'Asia/Tokyo')) ?? [];
    expect(inTokyo).toMatch(/^2040年2月1日 08:40 (?:JST|GMT\+9)$/);
    expect(await endingFor(link, 'en', 'Mars/Olympus')).toEqual([
      instant,
      '31 January 2040 at 23:40 UTC',
    ]);
  });
});

/** Without the tags. */
const textIn = (html: string) => html.replaceAll(/<[^>]*>/g, '');

describe('a page that has to wait', () => {
  it('says for how long, and opens itself when the link does', async () => {
    const notBefore = new Date(Date.now() + 180_000).toISOString();
    const link = await minted(app, { notBefore });
    const early = await read(link, 'en');
    const html = await early.text();
    expect(textIn(html)).toContain('It opens in 3:00, and this page then tries');
    expect(html).toContain('<span role="timer" data-seconds="180">');
    expect(early.headers.get('Content-Security-Policy')).toContain("script-src 'self'");
    expect(early.headers.get('Refresh')).toBe('180');
    vi.setSystemTime(Date.now() + 180_000);
    expect((await read(link, 'en')).status).toBe(302);
  });

  it('doesn’t wait for days, and is no page for programs', async () => {
    const notBefore = new Date(Date.now() + 2 * 86_400_000).toISOString();
    const link = await minted(app, { notBefore, ttlSeconds: 3 * 86_400 });
    const early = await read(link, 'de');
    expect(early.headers.has('Refresh')).toBe(false);
    expect(headingOf(await early.text())).toBe('Dieser Link gilt noch nicht');
    const program = await open(link.url);
    expect(program.headers.has('Refresh')).toBe(false);
  });

  it('says how long a password stays locked', async () => {
    const link = await minted(app, { password: 'correct horse' });
    const guess = () =>
      open(link.url, {
        method: 'POST',
        body: 'password=wrong',
        headers: { ...FORM, Accept: HTML, 'Accept-Language': 'de' },
      });
    let last = await guess();
    for (let guesses = 0; last.status === 403 && guesses < 20; guesses++) last = await guess();
    expect(last.status).toBe(429);
    expect(textIn(await last.text())).toMatch(/Der nächste Versuch ist in \d+:\d\d möglich\./);
  });
});
