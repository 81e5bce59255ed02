// Operators give apps their API keys here.

import { Hono } from 'hono';
import { createKey } from '../apps/manage.ts';
import { requireAdmin } from '../http/authenticate.ts';
import { problemResponse } from '../http/problem.ts';
import { readJson } from '../http/read-body.ts';
import type { HallpassContext } from '../http/request-context.ts';
import { createKeyBody, keyOnWire } from '../schemas/app.ts';

export const keyRoutes = new Hono<HallpassContext>().use(requireAdmin()).post('/', async (c) => {
  const body = await readJson(c, createKeyBody);
  if (!body.ok) return problemResponse(c, body.denial);
  const key = await createKey(c.var.services, body.value.app);
  if (!key) {
    const errors = [{ pointer: '/app', detail: 'must be the id of an app' }];
    return problemResponse(c, { reason: 'invalid_request', errors });
  }
  return c.json(keyOnWire(key), 201);
});
