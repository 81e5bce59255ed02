// A line that tells how far something is, on a terminal only and beside the output.

import type { Session } from '../session.ts';
import { fitted } from './show.ts';

const CLEAR_LINE = '\r\u001b[2K';
/** More often than that nobody reads. */
const INTERVAL_MS = 100;

export type Progress = {
  update(text: string): void;
  /** Takes the line away, for what is told next. */
  end(): void;
};

export function createProgress({ stderr }: Session): Progress {
  if (!stderr.isTTY) return { update: () => {}, end: () => {} };
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    update(text) {
      const now = performance.now();
      if (now - shownAt < INTERVAL_MS) return;
      shownAt = now;
      stderr.write(CLEAR_LINE + fitted(text, stderr));
    },
    end() {
      if (shownAt > 0) stderr.write(CLEAR_LINE);
    },
  };
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

export function inBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1_000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${UNITS[power]}`;
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
