// The links of a ledger as a caller may see them: one by its id, or those that match, newest first.

import type { App } from '../apps/app.ts';
import { type Bounds, boundFault, isWithin } from '../apps/bounds.ts';
import type { PageRequest, Position } from '../lib/position.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import type { RequestDenial } from '../links/denial.ts';
import { type LinkFilter, type LinkPage, matchesFilter } from '../links/filter.ts';
import type { Link } from '../links/link.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { Admitted } from './admission.ts';
import type { LinkTable } from './link-table.ts';

/** How many rows one page may look at: a rare match makes short pages, not slow ones. */
export const ROWS_PER_PAGE = 2_000;

/** Before the newest link there can be. */
const NEWEST: Position = { createdAt: Number.MAX_SAFE_INTEGER, id: '' };

/** Whose links are seen. An operator sees those outside the app's bounds too: they must be endable. */
export type View = { readonly app: App; readonly within?: Bounds | undefined };

export function viewOf({ app, bounds, key }: Admitted): View {
  return { app, within: key && bounds };
}

export type Catalog = {
  /** A link of this app within the caller's bounds. */
  reach(view: View, id: LinkId): Result<Link, RequestDenial>;
  list(view: View, filter: LinkFilter, page: PageRequest, now: Instant): LinkPage;
};

export function createCatalog(links: LinkTable): Catalog {
  return {
    reach({ app, within }, id) {
      const link = links.find(id, app.id);
      if (!link) return denied({ reason: 'link_not_found' });
      const fault = within && boundFault(within, link.grant);
      return fault ? denied({ reason: 'outside_bounds', errors: [fault] }) : ok(link);
    },
    list({ app, within }, filter, page, now) {
      const items: Link[] = [];
      let rows = 0;
      let last = page.after ?? NEWEST;
      for (const link of links.newest(app.id, filter, last)) {
        if (items.length === page.limit || rows === ROWS_PER_PAGE) return { items, next: last };
        const isSeen = !within || isWithin(within, link.grant);
        if (isSeen && matchesFilter(link, filter, now)) items.push(link);
        last = { createdAt: link.createdAt, id: link.id };
        rows += 1;
      }
      return { items };
    },
  };
}
