// Text that fits: by the columns it takes on a terminal, not by its characters.

import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ELLIPSIS = '…';

export type Cut = 'end' | 'middle';

/** What comes from elsewhere must not steer the terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '�');
}

export function widthOf(text: string): number {
  return stringWidth(text);
}

/** At most `columns` wide; of a path, both its ends stay. */
export function cutTo(text: string, columns: number, cut: Cut = 'end'): string {
  if (widthOf(text) <= columns) return text;
  if (columns <= 1) return columns === 1 ? ELLIPSIS : '';
  const room = columns - 1;
  const tail = cut === 'middle' ? Math.floor(room / 2) : 0;
  const parts = [...graphemes.segment(text)].map(({ segment }) => segment);
  const end = take(parts.toReversed(), tail).reverse();
  return take(parts, room - tail).join('') + ELLIPSIS + end.join('');
}

export function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

function take(parts: readonly string[], columns: number): string[] {
  const taken: string[] = [];
  let room = columns;
  for (const part of parts) {
    room -= widthOf(part);
    if (room < 0) break;
    taken.push(part);
  }
  return taken;
}
