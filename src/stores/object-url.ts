// The URL of an object in a store, and the proof that a URL addresses that object and no other.

import type { Store } from '../config.ts';

const origins = new WeakMap<Store, string>();

/** Origin of the store's bucket, virtual-hosted or path-style. */
export function storeOrigin(store: Store): string {
  if (store.addressing === 'path') return store.endpoint;
  const known = origins.get(store);
  if (known) return known;
  const { protocol, host } = new URL(store.endpoint);
  const url = URL.parse(`${protocol}//${store.bucket}.${host}`);
  // Setting `hostname` would silently leave the bucket out where it makes no host.
  if (url?.host !== `${store.bucket}.${host}`) throw new Error('the bucket makes no host');
  origins.set(store, url.origin);
  return url.origin;
}

export function objectUrl(store: Store, key: string): string {
  return storeOrigin(store) + objectPath(store, key);
}

/** The path of an object's URL, encoded as it is signed. */
export function objectPath(store: Store, key: string): string {
  return segmentsOf(store, key).map(encodeRfc3986).join('/');
}

/** Whether a URL, parsed again as its recipient will, addresses exactly this object. */
export function addressesObject(url: string, store: Store, key: string): boolean {
  const parsed = URL.parse(url);
  if (!parsed || parsed.origin !== storeOrigin(store)) return false;
  if (parsed.username || parsed.password || parsed.hash) return false;
  const path = parsed.pathname.split('/').map(decodeURIComponent);
  return path.join('/') === segmentsOf(store, key).join('/');
}

function segmentsOf(store: Store, key: string): string[] {
  const segments = key.split('/');
  return store.addressing === 'path' ? ['', store.bucket, ...segments] : ['', ...segments];
}

/** Percent-encodes all but the unreserved characters, as SigV4 asks (RFC 3986, 2.3). */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
