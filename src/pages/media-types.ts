// Media types as people call them.

import type { UploadWords } from './words/words.ts';

export function mediaTypesInWords(
  language: string,
  words: UploadWords,
  contentTypes: readonly string[],
): string {
  const mediaTypes: Readonly<Record<string, string>> = words.mediaTypes;
  const names = contentTypes.map((type) => {
    const known = type.toLowerCase();
    return Object.hasOwn(mediaTypes, known) ? mediaTypes[known] : type;
  });
  const unique = [...new Set(names)].filter((name) => name !== undefined);
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(unique);
}
