// The links of a ledger as a caller may see them: one by its id, or those that match, newest first.

import type { App } from '../apps/app.ts';
import { boundFault, isWithin } from '../apps/bounds.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import type { RequestDenial } from '../links/denial.ts';
import {
  type LinkFilter,
  type LinkPage,
  type LinkSelection,
  matchesFilter,
  type PageRequest,
  type Position,
} from '../links/filter.ts';
import type { Link } from '../links/link.ts';
import type { LinkId } from '../links/link-ref.ts';
import type { Admitted } from './admission.ts';
import type { LinkTable } from './link-table.ts';

/** How many rows one page may look at: a rare match makes short pages, not slow ones. */
export const ROWS_PER_PAGE = 2_000;

/** Before the newest link there can be. */
const NEWEST: Position = { createdAt: Number.MAX_SAFE_INTEGER, id: 'lnk_' };

export type Catalog = {
  /** A link of this app within the caller's bounds. */
  reach(admitted: Admitted, id: LinkId): Result<Link, RequestDenial>;
  list(admitted: Admitted, filter: LinkFilter, page: PageRequest, now: Instant): LinkPage;
  /** Every link that is meant, whatever the caller's bounds. */
  select(app: App, selection: LinkSelection, now: Instant): Link[];
};

export function createCatalog(links: LinkTable): Catalog {
  return {
    reach({ app, bounds }, id) {
      const link = links.find(id, app.id);
      if (!link) return denied({ reason: 'link_not_found' });
      const fault = boundFault(bounds, link.grant);
      return fault ? denied({ reason: 'outside_bounds', errors: [fault] }) : ok(link);
    },
    list({ app, bounds }, filter, page, now) {
      const listed: Link[] = [];
      let rows = 0;
      let last = page.after ?? NEWEST;
      for (const link of links.newest(app.id, filter, last)) {
        if (listed.length === page.limit || rows === ROWS_PER_PAGE) {
          return { links: listed, next: last };
        }
        if (isWithin(bounds, link.grant) && matchesFilter(link, filter, now)) listed.push(link);
        last = link;
        rows += 1;
      }
      return { links: listed };
    },
    select(app, selection, now) {
      if ('ids' in selection) {
        return selection.ids.flatMap((id) => links.find(id, app.id) ?? []);
      }
      const { filter } = selection;
      const newest = [...links.newest(app.id, filter, NEWEST)];
      return newest.filter((link) => matchesFilter(link, filter, now));
    },
  };
}
