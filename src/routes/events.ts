// Apps and operators read here what happened to links and keys.

import { Hono } from 'hono';
import { ledgerOfApp } from '../http/app-ledger.ts';
import { requireCaller } from '../http/authenticate.ts';
import { problemResponse } from '../http/problem.ts';
import { readQuery } from '../http/read-body.ts';
import type { HallpassContext } from '../http/request-context.ts';
import { respond } from '../http/respond.ts';
import type { LinkId } from '../links/link-ref.ts';
import { eventOnWire, eventQuery } from '../schemas/event.ts';

const NO_PLACE = {
  reason: 'invalid_request',
  errors: [{ pointer: '/after', detail: 'must be the nextCursor of this app’s events' }],
} as const;

export const eventRoutes = new Hono<HallpassContext>().use(requireCaller()).get('/', async (c) => {
  const query = readQuery(c, eventQuery);
  if (!query.ok) return problemResponse(c, query.denial);
  const owned = ledgerOfApp(c, query.value.app);
  if (!owned.ok) return problemResponse(c, owned.denial);
  const { app, ledger } = owned.value;

  const { cursors } = c.var.services;
  const list = `events of ${app}`;
  const { after, type, limit } = query.value;
  const place = after === undefined ? [0] : await cursors.decode(list, after);
  if (!place) return problemResponse(c, NO_PLACE);
  const linkId = query.value.linkId as LinkId | undefined;
  const filter = { type, linkId };
  const read = await ledger.readEvents(c.var.caller, filter, Number(place[0]), limit);
  // There is always a cursor: what happens from now on comes after it.
  const nextCursor = read.result.ok ? await cursors.encode(list, [read.result.value.upTo]) : null;
  return respond(c, read, ({ events, isAll }) => {
    const items = events.map((event) => eventOnWire(app, event));
    return c.json({ items, nextCursor, upToDate: isAll });
  });
});
