// Media types as people call them.

import type { UploadWords } from './upload-words.ts';

export function mediaTypesInWords(
  language: string,
  { mediaTypes }: UploadWords,
  contentTypes: readonly string[],
): string {
  const names = contentTypes.map((type) => {
    const known = type.toLowerCase();
    return Object.hasOwn(mediaTypes, known) ? mediaTypes[known] : type;
  });
  const unique = [...new Set(names)].filter((name) => name !== undefined);
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(unique);
}
