// Whether each store serves links right now, at a glance: by one signed request, as a link's own would be.
// What is wrong beyond that, check-store.ts finds out.

import type { Config, Store } from '../config.ts';
import { encodeBase62 } from '../lib/base62.ts';
import type { Random } from '../lib/random.ts';
import type { Clock } from '../lib/time.ts';
import type { Fetch } from './ask-store.ts';
import { clockFindings, firstFault } from './diagnose.ts';
import { createPresigner } from './presign.ts';
import { createProbe } from './probe-store.ts';

/** Nobody waits longer for a page to tell how things are. */
const PATIENCE_MS = 2_000;
const PROBE_NAME_BYTES = 16;

/** `fault` says in a sentence what keeps links from working. */
export type StoreHealth = { readonly alias: string; readonly fault?: string | undefined };

export type StoreHealths = () => Promise<StoreHealth[]>;

export function createStoreHealths(
  config: Config,
  clock: Clock,
  random: Random,
  fetch: Fetch,
): StoreHealths {
  const presign = createPresigner();

  async function faultOf(store: Store): Promise<string | undefined> {
    const probe = createProbe(store, { presign, clock, fetch, timeoutMs: PATIENCE_MS });
    const nobodys = `hallpass-check/${encodeBase62(random(PROBE_NAME_BYTES))}`;
    const first = await probe.firstByte(nobodys);
    const [fault] = [firstFault(store, undefined, first), ...clockFindings(store, first)];
    return fault?.level === 'error' ? fault.message : undefined;
  }

  return async function storeHealths() {
    const configured = [...config.stores.values()].map(async (store) => ({
      alias: store.alias,
      fault: await faultOf(store),
    }));
    const disabled = [...config.storeFaults].map(([alias, fault]) => ({ alias, fault }));
    const all = [...(await Promise.all(configured)), ...disabled];
    return all.sort((a, b) => (a.alias < b.alias ? -1 : 1));
  };
}
