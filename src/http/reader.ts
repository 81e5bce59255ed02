// Who reads a page: in which language, and by which clock.

import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { DEFAULT_LANGUAGE, isLanguage, LANGUAGES, type Language } from '../pages/words/words.ts';

export type Reader = {
  readonly language: Language;
  /** An IANA time zone, as Cloudflare knows it from where the request came. */
  readonly timeZone: string;
};

export function readerOf(c: Context): Reader {
  return { language: languageOf(c), timeZone: timeZoneOf(c) };
}

/** The most wanted language that there is; of `de-AT` the first part counts. */
function languageOf(c: Context): Language {
  const found = accepts(c, {
    header: 'Accept-Language',
    supports: [...LANGUAGES],
    default: DEFAULT_LANGUAGE,
    match(wanted, { default: otherwise }) {
      const mostWanted = wanted.filter(({ q }) => q > 0).sort((a, b) => b.q - a.q);
      const languages = mostWanted.map(({ type }) => type.toLowerCase().split('-')[0] ?? '');
      return languages.find(isLanguage) ?? otherwise;
    },
  });
  return isLanguage(found) ? found : DEFAULT_LANGUAGE;
}

function timeZoneOf(c: Context): string {
  const timeZone = c.req.raw.cf?.timezone;
  if (typeof timeZone !== 'string') return 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    // A zone that this runtime doesn't know yet.
    return 'UTC';
  }
}
