// The default source of randomness; everything else is given one.

import type { Bytes } from './digest.ts';

export type Random = (byteLength: number) => Bytes;

export const randomBytes: Random = (byteLength) =>
  crypto.getRandomValues(new Uint8Array(byteLength));
