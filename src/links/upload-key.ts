// Under which key an upload is stored: the granted one, or under the granted prefix by a name of its own.

import { encodeBase62 } from '../lib/base62.ts';
import { utf8 } from '../lib/digest.ts';
import type { Random } from '../lib/random.ts';
import { safeFilename } from './filename.ts';
import type { Grant } from './grant.ts';
import { objectKeyFault } from './object-key.ts';
import type { Upload } from './upload.ts';

/** 48 bits keep two files of one name apart; that none is overwritten the store sees to. */
const UNIQUE_BYTES = 6;

export function drawUnique(random: Random): string {
  return encodeBase62(random(UNIQUE_BYTES));
}

/** Leaves room for the prefix within the 1,024 bytes of a key. */
const MAX_NAME_BYTES = 200;

export function isPrefix(key: string): boolean {
  return key.endsWith('/');
}

/** `undefined` when a prefix is granted and the name makes no key under it. */
export function uploadKey(
  granted: string,
  filename: string | undefined,
  unique: string,
): string | undefined {
  if (!isPrefix(granted)) return granted;
  if (filename === undefined) return undefined;
  const [stem, extension] = splitName(shortened(safeFilename(filename)));
  const key = `${granted}${stem}-${unique}${extension}`;
  return objectKeyFault(key) === undefined ? key : undefined;
}

/** Where an upload's object is: of a granted prefix, under its own key. */
export function objectOf(grant: Grant, { key }: Upload): Grant {
  return { ...grant, key };
}

/** The extension stays at the end, where programs look for it. */
function splitName(name: string): [string, string] {
  const dot = name.lastIndexOf('.');
  return dot > 0 && name.length - dot <= 16 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
}

/** Cuts whole characters off the end of the stem. */
function shortened(name: string): string {
  const [stem, extension] = splitName(name);
  const characters = [...stem];
  while (characters.length > 1 && utf8(characters.join('') + extension).length > MAX_NAME_BYTES) {
    characters.pop();
  }
  return characters.join('') + extension;
}
