// Instants are milliseconds since 1970 inside and ISO 8601 on the wire. The default clock is here.

/** Milliseconds since 1970. */
export type Instant = number;
export type Clock = () => Instant;

export const SECOND_MS = 1_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export const systemClock: Clock = () => Date.now();

export function floorToSecond(instant: Instant): Instant {
  return Math.floor(instant / SECOND_MS) * SECOND_MS;
}

export function ceilToSecond(instant: Instant): Instant {
  return Math.ceil(instant / SECOND_MS) * SECOND_MS;
}

export function toIso(instant: Instant): string {
  return new Date(instant).toISOString();
}
