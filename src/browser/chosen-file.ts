// What a person chose, and whether the link takes it. Nothing is sent of what isn't checked here.

import { bytesInWords } from '../lib/amounts.ts';
import { fillIn } from '../lib/fill-in.ts';
import { safeFilename } from '../links/filename.ts';
import { uploadDenial } from '../links/upload.ts';
import type { UploadSettings } from '../pages/upload-settings.ts';

const MAX_FILENAME_LENGTH = 255;
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/;

/** How a file is announced to the gateway, the same each time. */
export function announcementOf(
  { name, size, type }: Pick<File, 'name' | 'size' | 'type'>,
  isMany: boolean,
): Record<string, unknown> {
  return {
    size,
    ...(MEDIA_TYPE.test(type) ? { contentType: type } : {}),
    ...(isMany ? { filename: safeFilename(name).slice(-MAX_FILENAME_LENGTH) } : {}),
  };
}

/** Why the link doesn't take a file, in one sentence. */
export function fileFault(file: File, settings: UploadSettings): string | undefined {
  const { words, terms, language, kinds } = settings;
  const { name, size, type } = file;
  // Its checksum is computed when it is sent.
  const denial = uploadDenial({ ...terms, checksum: undefined }, { size, contentType: type });
  if (denial?.reason === 'upload_too_large') {
    return fillIn(words.tooLarge, { name, size: bytesInWords(language, terms.maxBytes) });
  }
  if (denial?.reason === 'content_type_not_allowed') {
    return fillIn(words.wrongType, { name, kinds });
  }
  return undefined;
}
