// Who else opens a link before its recipient does: previews, scanners, crawlers, eager browsers.

import { PAGE_HEADERS } from './browser.ts';

export type Visitor = {
  readonly name: string;
  /** In this order, each with the headers, redirects followed. */
  readonly methods: readonly ('HEAD' | 'GET')[];
  readonly headers: Readonly<Record<string, string>>;
  /** What its last request is answered. */
  readonly status: number;
  /** Whether it opens what it finds on the page, and sends its form by GET. */
  readonly crawls?: true;
};

const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';

/** Their user agents and habits as they are documented, or seen in logs. */
export const VISITORS: readonly Visitor[] = [
  {
    name: 'Slack',
    methods: ['GET', 'GET'],
    headers: {
      'User-Agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
      Range: 'bytes=0-32768',
    },
    status: 428,
  },
  {
    name: 'Slack, asking for a page',
    methods: ['GET'],
    headers: {
      'User-Agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
      Accept: HTML,
      Range: 'bytes=0-32768',
    },
    status: 200,
  },
  {
    name: 'Teams',
    methods: ['GET'],
    headers: {
      'User-Agent':
        'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com',
      Accept: HTML,
    },
    status: 200,
  },
  {
    name: 'Outlook SafeLinks',
    methods: ['HEAD', 'GET'],
    headers: PAGE_HEADERS,
    status: 200,
    crawls: true,
  },
  {
    name: 'Discord',
    methods: ['GET'],
    headers: { 'User-Agent': 'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)' },
    status: 428,
  },
  {
    name: 'Telegram',
    methods: ['GET'],
    headers: { 'User-Agent': 'TelegramBot (like TwitterBot)', Accept: HTML },
    status: 200,
  },
  {
    name: 'WhatsApp',
    methods: ['GET'],
    headers: { 'User-Agent': 'WhatsApp/2.23.20.0', Range: 'bytes=0-524288' },
    status: 428,
  },
  {
    name: 'X',
    methods: ['HEAD', 'GET'],
    headers: { 'User-Agent': 'Twitterbot/1.0', Accept: HTML },
    status: 200,
  },
  {
    name: 'Facebook',
    methods: ['GET'],
    headers: {
      'User-Agent': 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
      Range: 'bytes=0-524287',
    },
    status: 428,
  },
  {
    name: 'a crawler such as Googlebot',
    methods: ['GET'],
    headers: {
      'User-Agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
      Accept: HTML,
    },
    status: 200,
    crawls: true,
  },
  {
    name: 'a virus scanner in the mail gateway',
    methods: ['HEAD', 'GET', 'GET'],
    headers: { ...PAGE_HEADERS, Accept: 'text/html' },
    status: 200,
    crawls: true,
  },
  {
    name: 'a scanner that only asks for the first byte',
    methods: ['GET'],
    headers: { ...PAGE_HEADERS, Accept: '*/*', Range: 'bytes=0-0' },
    status: 428,
  },
  ...[
    { 'Sec-Purpose': 'prefetch' },
    { 'Sec-Purpose': 'prefetch;prerender' },
    { 'Sec-Purpose': 'prefetch;anonymous-client-ip' },
    { Purpose: 'prefetch' },
    { 'X-Moz': 'prefetch' },
  ].map((purpose) => ({
    name: `a browser with ${Object.entries(purpose).flat().join(': ')}`,
    methods: ['GET'] as const,
    headers: { ...PAGE_HEADERS, ...purpose } as Record<string, string>,
    status: 503,
  })),
];

/** Everything the visitor is answered, in order. */
export async function visit(url: string, visitor: Visitor): Promise<Visited[]> {
  const { methods, headers, crawls } = visitor;
  const answers: Visited[] = [];
  for (const method of methods) {
    const answer = await answerTo(url, { method, headers });
    answers.push(answer);
    if (!crawls) continue;
    for (const found of foundOn(answer)) {
      await (await fetch(found, { headers })).arrayBuffer();
    }
  }
  return answers;
}

export type Visited = {
  readonly response: Response;
  readonly body: string;
};

async function answerTo(url: string, init: RequestInit): Promise<Visited> {
  const response = await fetch(url, init);
  return { response, body: await response.text() };
}

/** What a crawler makes of a page: what it refers to, and its form, filled in and sent by GET. */
function foundOn({ response, body }: Visited): URL[] {
  const references = [...body.matchAll(/\b(?:href|src|action)="([^"]*)"/g)].map(([, text]) => text);
  const fields = [...body.matchAll(/<input[^>]* name="([^"]*)"(?:[^>]* value="([^"]*)")?/g)].map(
    ([, name = '', value = '']): [string, string] => [name, value],
  );
  return [...references, `?${new URLSearchParams(fields)}`]
    .map((reference = '') => new URL(reference, response.url))
    .filter(({ origin }) => origin === new URL(response.url).origin);
}
