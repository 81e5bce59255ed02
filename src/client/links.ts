// Links, as an app or an operator mints, finds, changes and revokes them.

import type { Api, CallOptions, CreateOptions } from './api.ts';
import { pages } from './paging.ts';
import type {
  BatchResult,
  Link,
  LinkChange,
  LinkFilter,
  Mint,
  MintedLink,
  Revocation,
  Selection,
} from './types.ts';

const PAGE = 200;

export function createLinks(api: Api) {
  const path = (id: string) => `/v1/links/${encodeURIComponent(id)}`;
  const change = (id: string, patch: LinkChange, options: CallOptions = {}) =>
    api<Link>({ method: 'PATCH', path: path(id), body: patch, ...options });

  return {
    /** Mints a link. A lost answer costs no second link. */
    mint(mint: Mint, options: CreateOptions = {}): Promise<MintedLink> {
      return api({
        method: 'POST',
        path: '/v1/links',
        body: mint,
        idempotencyKey: crypto.randomUUID(),
        ...options,
      });
    },
    /** Mints up to 100 links, each for itself; the results are in the order of the mints. */
    async mintBatch(links: readonly Mint[], options: CreateOptions = {}): Promise<BatchResult[]> {
      const { results } = await api<{ results: BatchResult[] }>({
        method: 'POST',
        path: '/v1/links/batch',
        body: { links },
        idempotencyKey: crypto.randomUUID(),
        ...options,
      });
      return results;
    },
    /** Every link that matches, newest first. */
    list(filter: LinkFilter = {}, options: CallOptions = {}): AsyncGenerator<Link, void> {
      return pages((cursor) =>
        api({
          method: 'GET',
          path: '/v1/links',
          query: { ...filter, limit: PAGE, cursor },
          ...options,
        }),
      );
    },
    /** The link that a URL leads to. */
    lookUp(url: string, options: CallOptions = {}): Promise<Link> {
      return api({ method: 'POST', path: '/v1/links/lookup', body: { url }, ...options });
    },
    inspect(id: string, options: CallOptions = {}): Promise<Link> {
      return api({ method: 'GET', path: path(id), ...options });
    },
    change,
    /** Lets a link end at another time. */
    extend(id: string, expiresAt: Date | string, options: CallOptions = {}): Promise<Link> {
      const instant = typeof expiresAt === 'string' ? expiresAt : expiresAt.toISOString();
      return change(id, { expiresAt: instant }, options);
    },
    /** Revokes a link. Its state is `revoking` while its gate can't be reached. */
    revoke(id: string, options: CallOptions = {}): Promise<Link> {
      return api({ method: 'DELETE', path: path(id), ...options });
    },
    /** Revokes every link that is meant. Sent again it tells what is still pending. */
    revokeMany(selection: Selection, options: CallOptions = {}): Promise<Revocation> {
      return api({ method: 'POST', path: '/v1/links/revoke', body: selection, ...options });
    },
  };
}
