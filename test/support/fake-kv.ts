// A KV namespace with the platform's real limits, which the local simulator leaves out:
// one write a second for each key, reads up to 60 s old, cached "not there", no TTL under 60 s.
// https://developers.cloudflare.com/kv/concepts/how-kv-works/

const WRITE_INTERVAL_MS = 1_000;
const STALE_MS = 60_000;
const MIN_TTL_SECONDS = 60;
const MIN_CACHE_TTL_SECONDS = 30;

type Entry = { value: string; expiresAt: number };
type Cached = { entry: Entry | undefined; until: number };

export type FakeKv = KVNamespace & { readonly reads: string[]; readonly writes: string[] };

export function createFakeKv(clock: () => number): FakeKv {
  const entries = new Map<string, Entry>();
  const edge = new Map<string, Cached>();
  const lastWrites = new Map<string, number>();
  const reads: string[] = [];
  const writes: string[] = [];

  const fake = {
    reads,
    writes,
    async get(key: string, options: { type: 'json'; cacheTtl?: number }) {
      reads.push(key);
      if (options.cacheTtl !== undefined && options.cacheTtl < MIN_CACHE_TTL_SECONDS) {
        throw new Error('KV GET failed: 400 Invalid cache_ttl');
      }
      const now = clock();
      let cached = edge.get(key);
      if (!cached || cached.until <= now) {
        cached = { entry: entries.get(key), until: now + STALE_MS };
        edge.set(key, cached);
      }
      const { entry } = cached;
      return entry && entry.expiresAt > now ? JSON.parse(entry.value) : null;
    },
    async put(key: string, value: string, options: { expirationTtl: number }) {
      const now = clock();
      if (options.expirationTtl < MIN_TTL_SECONDS) {
        throw new Error('KV PUT failed: 400 Invalid expiration_ttl');
      }
      if (now - (lastWrites.get(key) ?? Number.NEGATIVE_INFINITY) < WRITE_INTERVAL_MS) {
        throw new Error('KV PUT failed: 429 Too Many Requests');
      }
      writes.push(key);
      lastWrites.set(key, now);
      entries.set(key, { value, expiresAt: now + options.expirationTtl * 1_000 });
    },
  };
  return fake as unknown as FakeKv;
}
