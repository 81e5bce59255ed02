// Durations and rates as people write them.

import ms, { type StringValue } from 'ms';
import { usageError } from './cli-error.ts';

const SECOND_MS = 1_000;

/** Throws a usage error for what is none, or is shorter than a second. */
export function parseSeconds(flag: string, text: string): number {
  // Without its unit a number would be milliseconds.
  const milliseconds = /[a-z]$/i.test(text) ? ms(text as StringValue) : undefined;
  if (milliseconds === undefined || !(milliseconds >= SECOND_MS)) {
    throw usageError(`${flag} must be a duration such as 90s, 10m, 2h or 7d, got "${text}".`);
  }
  return Math.round(milliseconds / SECOND_MS);
}

/** `60/60s` or `60/m`: so many in any so long. */
export function parseRate(flag: string, text: string): { limit: number; windowSeconds: number } {
  const [, limit, window = ''] = /^(\d+)\/(.+)$/.exec(text) ?? [];
  if (limit === undefined) {
    throw usageError(`${flag} must be a rate such as 60/60s or 10/m, got "${text}".`);
  }
  const windowSeconds = parseSeconds(flag, /^\d/.test(window) ? window : `1${window}`);
  return { limit: Number(limit), windowSeconds };
}

/** How far an instant is from now, for people. */
export function distance(instant: string, now: number): string {
  const milliseconds = Date.parse(instant) - now;
  const length = ms(Math.abs(milliseconds));
  return milliseconds < 0 ? `${length} ago` : `in ${length}`;
}
