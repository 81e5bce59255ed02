// The default source of randomness; everything else is given one.

import type { Bytes } from './digest.ts';

export type Random = (byteLength: number) => Bytes;

/** From 0 to below 1. */
export function randomFraction(): number {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return number / 2 ** 32;
}

export const randomBytes: Random = (byteLength) =>
  crypto.getRandomValues(new Uint8Array(byteLength));
