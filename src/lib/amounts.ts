// Amounts as people read them: bytes in decimal units, as disks and networks have them, and durations.

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
const STEP = 1_000;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Rounded down: who sends what a limit says is within it. */
export function bytesInWords(language: string, bytes: number): string {
  const power = bytes < STEP ? 0 : Math.floor(Math.log10(bytes) / 3);
  const step = Math.min(power, BYTE_UNITS.length - 1);
  const value = bytes / STEP ** step;
  const digits = step > 0 && value < 100 ? 1 : 0;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: BYTE_UNITS[step] ?? 'byte',
    unitDisplay: step > 0 ? 'short' : 'long',
    maximumFractionDigits: digits,
    roundingMode: 'floor',
  }).format(value);
}

/** In one unit, as exact as somebody who waits wants to know it. */
export function secondsInWords(language: string, seconds: number): string {
  if (seconds >= 2 * DAY) return inUnit(language, 'day', seconds / DAY);
  if (seconds >= 2 * HOUR) return inUnit(language, 'hour', seconds / HOUR);
  if (seconds >= MINUTE) return inUnit(language, 'minute', seconds / MINUTE);
  return inUnit(language, 'second', Math.max(1, seconds));
}

function inUnit(language: string, unit: string, value: number): string {
  const options = { style: 'unit', unit, unitDisplay: 'long' } as const;
  return new Intl.NumberFormat(language, options).format(Math.round(value));
}
