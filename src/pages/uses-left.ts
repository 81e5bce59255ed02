// How often a link can still be used, as its pages say it.

import { fillIn } from '../lib/fill-in.ts';
import type { Words } from './words/words.ts';

/** `count` is 1 or more. */
export function usesLeftInWords({ usesLeft }: Words, count: number): string {
  return count === 1 ? usesLeft.one : fillIn(usesLeft.many, { count: String(count) });
}
