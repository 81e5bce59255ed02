import { fillIn } from '../lib/fill-in.ts';
import type { Words } from './words/words.ts';

/** How often a link can still be used: once or more. */
export function usesLeftInWords({ usesLeft }: Words, count: number): string {
  return count === 1 ? usesLeft.one : fillIn(usesLeft.many, { count: String(count) });
}
