// Places in lists that are read newest first, the same in every ledger, and pages of such lists.

import type { Cursors } from './cursor.ts';
import type { Instant } from './time.ts';

export type Position = { readonly createdAt: Instant; readonly id: string };

export type PageRequest = { readonly limit: number; readonly after?: Position | undefined };

export type Page<Item> = {
  readonly items: readonly Item[];
  /** Absent when there is nothing after this page; a page may be short and yet have one. */
  readonly next?: Position | undefined;
};

export function newestFirst(a: Position, b: Position): number {
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/** A page of a list that is short enough to be at hand as a whole. */
export function pageOf<Item extends Position>(
  list: readonly Item[],
  { limit, after }: PageRequest,
): Page<Item> {
  const rest = list.filter((item) => !after || newestFirst(after, item) < 0).sort(newestFirst);
  const items = rest.slice(0, limit);
  return { items, next: rest.length > limit ? positionOf(items.at(-1)) : undefined };
}

function positionOf(item: Position | undefined): Position | undefined {
  return item && { createdAt: item.createdAt, id: item.id };
}

/** `list` names the list as in `Cursors`. */
export async function writeCursor(
  cursors: Cursors,
  list: string,
  next: Position | undefined,
): Promise<string | null> {
  return next ? cursors.encode(list, [next.createdAt, next.id]) : null;
}

/** `undefined` for what is no cursor of this list. */
export async function readCursor(
  cursors: Cursors,
  list: string,
  cursor: string,
): Promise<Position | undefined> {
  const position = await cursors.decode(list, cursor);
  if (!position) return undefined;
  const [createdAt, id] = position as [Instant, string];
  return { createdAt, id };
}
