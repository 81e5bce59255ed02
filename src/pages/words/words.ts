// The languages of the pages. A further one is a file beside these and a line here; what it misses doesn't
// compile.

import { ENGLISH, type Words } from './english.ts';
import { GERMAN } from './german.ts';
import { JAPANESE } from './japanese.ts';

const WORDS = { en: ENGLISH, de: GERMAN, ja: JAPANESE } satisfies Record<string, Words>;

export type { Words };
export type Language = keyof typeof WORDS;
export type UploadWords = Words['upload'];
export type ScriptWords = UploadWords['script'];

export const LANGUAGES = Object.keys(WORDS) as readonly Language[];
export const DEFAULT_LANGUAGE: Language = 'en';

export function wordsIn(language: Language): Words {
  return WORDS[language];
}

export function isLanguage(text: string): text is Language {
  return Object.hasOwn(WORDS, text);
}
