// The catalog of links, newest first: one app's, or for an operator every app's merged into one.

import type { App } from '../apps/app.ts';
import { askEach, silentAmong } from '../apps/ask-each.ts';
import type { Caller } from '../apps/caller.ts';
import type { Answer, Apps, LedgerOf } from '../apps/ports.ts';
import type { Cursors } from '../lib/cursor.ts';
import { newestFirst, type PageRequest, readCursor, writeCursor } from '../lib/position.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import type { RequestDenial } from './denial.ts';
import type { LinkFilter, LinkPage } from './filter.ts';
import type { Link } from './link.ts';

export type ListRequest = LinkFilter & {
  /** Of operators: the app whose links are meant, every app's without it. */
  readonly app?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
};

/** A cursor that was tampered with, or is another list's. */
export const NO_CURSOR = {
  reason: 'invalid_request',
  errors: [{ pointer: '/cursor', detail: 'must be the nextCursor of this very list' }],
} as const satisfies RequestDenial;

export type ListedLinks = {
  readonly links: readonly Link[];
  readonly nextCursor: string | null;
  /** Of every app's: those whose ledgers gave no answer, and whose links are not among these. */
  readonly silent: readonly App[];
};

/** Refuses with `invalid_request` for a cursor of another list, and with what a ledger refuses with. */
export async function listLinks(
  services: { ledgerOf: LedgerOf; apps: Apps; cursors: Cursors },
  caller: Caller,
  request: ListRequest,
): Promise<Answer<ListedLinks>> {
  const { app, limit, cursor, ...filter } = request;
  const owner = caller.kind === 'key' ? caller.credential.app : (app ?? 'every app');
  const after =
    cursor === undefined ? undefined : await readCursor(services.cursors, owner, cursor);
  if (cursor !== undefined && !after) return { result: denied(NO_CURSOR) };

  const page = { limit, after };
  const isEveryApp = caller.kind === 'operator' && app === undefined;
  const { result, rate }: Answer<LinkPage & { readonly silent?: readonly App[] }> = isEveryApp
    ? { result: await listEveryApp(services, caller, filter, page) }
    : await services.ledgerOf(owner).list(caller, filter, page);
  if (!result.ok) return { result, rate };
  const { items, next, silent = [] } = result.value;
  const nextCursor = await writeCursor(services.cursors, owner, next);
  return { result: ok({ links: items, nextCursor, silent }), rate };
}

type EveryPage = LinkPage & { readonly silent: readonly App[] };

/** Every ledger is asked for a page after the same position; what is newest of all is the page. */
async function listEveryApp(
  services: { ledgerOf: LedgerOf; apps: Apps },
  caller: Caller,
  filter: LinkFilter,
  page: PageRequest,
): Promise<Result<EveryPage, RequestDenial>> {
  const apps = await services.apps.list();
  const asked = await askEach(
    apps,
    async ({ id }) => (await services.ledgerOf(id).list(caller, filter, page)).result,
  );
  if (!asked.ok) return asked;
  const pages = asked.value.flatMap(({ value }) => value ?? []);
  const silent = silentAmong(asked.value);
  // No page may go past the point up to which every ledger has been read.
  const readUpTo = pages.flatMap(({ next }) => next ?? []).sort(newestFirst)[0];
  const links = pages
    .flatMap((each) => each.items)
    .filter((link) => !readUpTo || newestFirst(link, readUpTo) <= 0)
    .sort(newestFirst);
  if (links.length <= page.limit) return ok({ items: links, next: readUpTo, silent });
  const shown = links.slice(0, page.limit);
  return ok({ items: shown, next: shown.at(-1), silent });
}
