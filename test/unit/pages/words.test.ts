// Every language says the same: the compiler finds what is missing, these tests what was put in wrongly.

import { describe, expect, it } from 'vitest';
import { isLanguage, LANGUAGES, wordsIn } from '../../../src/pages/words/words.ts';

/** Every sentence under its path. */
function sentences(words: object, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([name, value]: [string, string | object]) =>
    typeof value === 'string'
      ? [[`${path}/${name}`, value] as [string, string]]
      : sentences(value, `${path}/${name}`),
  );
}

const gapsOf = (sentence: string) => (sentence.match(/\{\w+\}/g) ?? []).sort();
const english = new Map(sentences(wordsIn('en')));

/** Signs and names that are alike. */
const ALIKE = /\/(?:speed|failed|announced)$|^\/upload\/mediaTypes\//;

describe.each(LANGUAGES.filter((language) => language !== 'en'))('in %s', (language) => {
  const translated = sentences(wordsIn(language));

  it('there is each sentence, with the same gaps', () => {
    expect(translated.map(([path]) => path).sort()).toEqual([...english.keys()].sort());
    for (const [path, sentence] of translated) {
      expect(gapsOf(sentence), path).toEqual(gapsOf(english.get(path) ?? ''));
    }
  });

  it('nothing was left in English', () => {
    const left = translated.filter(
      ([path, sentence]) => sentence === english.get(path) && !ALIKE.test(path),
    );
    expect(left).toEqual([]);
  });
});

it('a name of another thing is no language', () => {
  expect(isLanguage('de')).toBe(true);
  expect(isLanguage('constructor')).toBe(false);
});
