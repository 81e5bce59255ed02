// A person's browser, as far as links see one: it asks for pages, sends their form, keeps the cookie.

import { openLink } from './stack.ts';

export const PAGE_HEADERS = {
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8',
  'User-Agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
};

export type Page = {
  readonly response: Response;
  readonly html: string;
  /** What the page's form would send unseen. */
  readonly claim: string | undefined;
  readonly asksForPassword: boolean;
};

export type Browser = {
  openPage(url: string): Promise<Page>;
  /** Presses the button of a page that `url` gave. A redirect is shown, not followed. */
  submit(url: string, page: Page, password?: string): Promise<Page>;
};

export function createBrowser(): Browser {
  const cookies = new Map<string, string>();

  async function visit(url: string, init: RequestInit): Promise<Page> {
    const { pathname } = new URL(url);
    const cookie = cookies.get(pathname);
    const headers = { ...PAGE_HEADERS, ...(cookie && { Cookie: cookie }) };
    const response = await openLink(url, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/; */);
      const path = attributes.find((attribute) => attribute.startsWith('Path='))?.slice(5);
      cookies.set(path ?? pathname, pair);
    }
    const html = await response.text();
    return {
      response,
      html,
      claim: /<input type="hidden" name="claim" value="([^"]*)"/.exec(html)?.[1],
      asksForPassword: /<input type="password" name="password"/.test(html),
    };
  }

  return {
    openPage: (url) => visit(url, { method: 'GET' }),
    submit(url, { claim, asksForPassword }, password = '') {
      if (claim === undefined) throw new Error('the page has no form to send');
      const fields = { claim, ...(asksForPassword && { password }) };
      return visit(url, { method: 'POST', body: new URLSearchParams(fields) });
    },
  };
}
