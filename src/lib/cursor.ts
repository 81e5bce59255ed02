// Opaque cursors: a position in a list, good for that list only and made by nobody else.

import { type Bytes, equalInConstantTime, hex, hmacSha256, utf8 } from './digest.ts';
import { createPurposeKeys } from './root-keys.ts';

const TAG_BYTES = 12;

export type Cursors = {
  /** `list` names what is listed: another list's cursor is none of this one. */
  encode(list: string, position: readonly (string | number)[]): Promise<string>;
  /** `undefined` for a text that is no cursor of this list. */
  decode(list: string, text: string): Promise<readonly unknown[] | undefined>;
};

export function createCursors(rootKeys: readonly Bytes[]): Cursors {
  const keys = createPurposeKeys(rootKeys, 'cursor');

  async function tagOf(key: CryptoKey, list: string, position: string): Promise<string> {
    return hex((await hmacSha256(key, utf8(`${list}\n${position}`))).slice(0, TAG_BYTES));
  }

  return {
    async encode(list, position) {
      const text = JSON.stringify(position);
      const { key } = await keys.newest();
      return toBase64Url(`${await tagOf(key, list, text)}${text}`);
    },
    async decode(list, cursor) {
      const text = fromBase64Url(cursor);
      const [tag, position] = [text.slice(0, TAG_BYTES * 2), text.slice(TAG_BYTES * 2)];
      for (const { key } of await keys.all()) {
        const expected = await tagOf(key, list, position);
        if (equalInConstantTime(utf8(expected), utf8(tag))) return JSON.parse(position);
      }
      return undefined;
    },
  };
}

/** Positions are ASCII: numbers, ids and stores' aliases. */
function toBase64Url(text: string): string {
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): string {
  if (!/^[\w-]{0,500}$/.test(text) || text.length % 4 === 1) return '';
  return atob(text.replaceAll('-', '+').replaceAll('_', '/'));
}
