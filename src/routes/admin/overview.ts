// Operators see at a glance here how things are.

import { Hono } from 'hono';
import { problemOnDashboard, viewerOf } from '../../http/admin-page.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { DAY_MS } from '../../lib/time.ts';
import { overviewOf } from '../../links/overview.ts';
import { overviewPage, RANGES, type Range } from '../../pages/admin/overview-page.tsx';

const LINKS_ENDING_SOON = 5;

export const overviewPages = new Hono<HallpassContext>().get('/', async (c) => {
  const { services, caller } = c.var;
  const asked = c.req.query('range') ?? '';
  const range: Range = Object.hasOwn(RANGES, asked) ? (asked as Range) : 'day';
  const request = {
    hours: RANGES[range].hours,
    limit: LINKS_ENDING_SOON,
    endingWithinMs: DAY_MS,
  };
  const [{ result }, stores] = await Promise.all([
    overviewOf(services, caller, request),
    services.storeHealths(),
  ]);
  if (!result.ok) return problemOnDashboard(c, result.denial);
  return c.html(overviewPage({ overview: result.value, stores, range, viewer: viewerOf(c) }));
});
