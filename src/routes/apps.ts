// Operators make apps here.

import { Hono } from 'hono';
import { createApp } from '../apps/manage.ts';
import { requireAdmin } from '../http/authenticate.ts';
import { problemResponse } from '../http/problem.ts';
import { readJson } from '../http/read-body.ts';
import type { HallpassContext } from '../http/request-context.ts';
import { appOnWire, createAppBody } from '../schemas/app.ts';

export const appRoutes = new Hono<HallpassContext>().use(requireAdmin()).post('/', async (c) => {
  const body = await readJson(c, createAppBody);
  if (!body.ok) return problemResponse(c, body.denial);
  const { services } = c.var;
  const errors = body.value.stores.flatMap((alias, index) =>
    services.config.stores.has(alias)
      ? []
      : [{ pointer: `/stores/${index}`, detail: 'must be a configured store' }],
  );
  if (errors.length > 0) return problemResponse(c, { reason: 'invalid_request', errors });
  return c.json(appOnWire(await createApp(services, body.value)), 201);
});
