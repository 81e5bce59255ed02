// How fast it goes: the average over the last seconds, since a single moment says nothing.

const WINDOW_MS = 8_000;
/** Before that any number would be a guess. */
const MIN_SPAN_MS = 1_000;

type Sample = { readonly at: number; readonly bytes: number };

export type Speed = ReturnType<typeof createSpeed>;

export function createSpeed() {
  let samples: Sample[] = [];
  let total = 0;
  return {
    /** Bytes that went out at this time, in milliseconds. */
    add(bytes: number, at: number): void {
      if (samples.length === 0) samples.push({ at, bytes: 0 });
      total += bytes;
      samples.push({ at, bytes: total });
      while ((samples[1]?.at ?? at) < at - WINDOW_MS) samples.shift();
    },
    /** Bytes a second; `undefined` as long as nobody can tell. */
    at(now: number): number | undefined {
      const [first] = samples;
      if (!first || now - first.at < MIN_SPAN_MS) return undefined;
      return ((total - first.bytes) / (now - first.at)) * 1_000;
    },
    /** After a break what was before it says nothing. */
    reset(): void {
      samples = [];
      total = 0;
    },
  };
}
