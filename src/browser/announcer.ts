// Says aloud what those see who look: what changed, and how far it is at each quarter.

import { byId } from './dom.ts';

/** Long enough for a screen reader to notice, short enough not to be late. */
const GATHER_MS = 250;

const waiting = new Map<string, string>();

/** Of each file the last of a moment's sentences is said, and those of all files together. */
export function announce(file: string, sentence: string): void {
  if (waiting.size === 0) setTimeout(say, GATHER_MS);
  waiting.set(file, sentence);
}

function say(): void {
  byId('announcer').textContent = [...waiting.values()].join(' ');
  waiting.clear();
}
