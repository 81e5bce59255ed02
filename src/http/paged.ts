// Lists that are short enough to be at hand as a whole, given out page by page all the same.

import type { Context } from 'hono';
import {
  type PageRequest,
  type Position,
  pageOf,
  readCursor,
  writeCursor,
} from '../lib/position.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import type { RequestDenial } from '../links/denial.ts';
import { NO_CURSOR } from '../links/list.ts';
import type { HallpassContext } from './request-context.ts';

type Paged<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null };

/** `list` names the list, so that its cursors are good for no other. */
export async function paged<Item extends Position>(
  { var: { services } }: Context<HallpassContext>,
  list: string,
  all: readonly Item[],
  { limit, cursor }: Pick<PageRequest, 'limit'> & { readonly cursor?: string | undefined },
): Promise<Result<Paged<Item>, RequestDenial>> {
  const after = cursor === undefined ? undefined : await readCursor(services.cursors, list, cursor);
  if (cursor !== undefined && !after) return denied(NO_CURSOR);
  const { items, next } = pageOf(all, { limit, after });
  return ok({ items, nextCursor: await writeCursor(services.cursors, list, next) });
}
