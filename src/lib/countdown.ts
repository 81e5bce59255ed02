// How long there is still to wait, as a page counts it down.

import { secondsInWords } from './amounts.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** By the second within the last hour, as a clock has it; in words before. */
export function countdown(language: string, seconds: number): string {
  if (seconds >= HOUR) return secondsInWords(language, seconds);
  return `${Math.floor(seconds / MINUTE)}:${String(seconds % MINUTE).padStart(2, '0')}`;
}
