// Operators see here what happened in every app, and see it happen.

import { type Context, Hono } from 'hono';
import { latestEvents } from '../../events/latest.ts';
import { eventsSince } from '../../events/since.ts';
import { problemOnDashboard, refusedForm, viewerOf } from '../../http/admin-page.ts';
import type { Denial } from '../../http/problems.ts';
import { parsed } from '../../http/read-body.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { textIn } from '../../lib/form-values.ts';
import type { LinkId } from '../../links/link-ref.ts';
import { eventsPage, refusedEventsPage } from '../../pages/admin/events-page.tsx';
import { newEventsPart } from '../../pages/admin/live-events.tsx';
import { eventsSinceQuery, latestEventsQuery } from '../../schemas/event.ts';

const EVENTS_PER_PAGE = 50;
const FILTERS = ['app', 'type', 'linkId'];

export const eventPages = new Hono<HallpassContext>()
  .get('/', async (c) => {
    const query = parsed(latestEventsQuery, fieldsOf(c, 'before'));
    if (!query.ok) return refused(c, query.denial);
    const { app, type, before } = query.value;
    const linkId = query.value.linkId as LinkId | undefined;
    const found = await latestEvents(c.var.services, c.var.caller, {
      ...{ app, filter: { type, linkId } },
      ...{ before, limit: EVENTS_PER_PAGE },
    });
    if (!found.ok) return refused(c, found.denial);
    const isNewest = before === undefined;
    return c.html(eventsPage({ app, type, linkId }, found.value, isNewest, viewerOf(c)));
  })
  .get('/new', async (c) => {
    const query = parsed(eventsSinceQuery, fieldsOf(c, 'after'));
    if (!query.ok) return problemOnDashboard(c, query.denial);
    const { app, type, after } = query.value;
    const linkId = query.value.linkId as LinkId | undefined;
    const found = await eventsSince(c.var.services, c.var.caller, {
      ...{ app, filter: { type, linkId } },
      after,
    });
    if (!found.ok) return problemOnDashboard(c, found.denial);
    return c.html(newEventsPart({ app, type, linkId }, found.value, viewerOf(c)));
  });

/** A filter that is left empty is none. */
function fieldsOf(c: Context, cursor: 'before' | 'after') {
  const fields = new URL(c.req.url).searchParams;
  const names = [...FILTERS, cursor];
  return Object.fromEntries(names.map((name) => [name, textIn(fields, name)]));
}

async function refused(c: Context<HallpassContext>, denial: Denial): Promise<Response> {
  const apps = await c.var.services.apps.list();
  const asked = [...new URL(c.req.url).searchParams];
  // What the page has fields for.
  const fields = new URLSearchParams(asked.filter(([name]) => FILTERS.includes(name)));
  return refusedForm(c, denial, (problem) => refusedEventsPage({ fields, problem }, apps));
}
