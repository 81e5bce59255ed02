// Operators see the stores here, and have them checked.

import { Hono } from 'hono';
import type * as z from 'zod';
import { requireOperator } from '../http/authenticate.ts';
import { problemResponse } from '../http/problem.ts';
import { readJson } from '../http/read-body.ts';
import { deferTo, type HallpassContext } from '../http/request-context.ts';
import { checkStoreBody, type storeCheck, storesOnWire } from '../schemas/store.ts';

export const storeRoutes = new Hono<HallpassContext>()
  .use(requireOperator())
  .get('/', (c) => c.json(storesOnWire(c.var.services.config)))
  .post('/:alias/check', async (c) => {
    const body = await readJson(c, checkStoreBody);
    if (!body.ok) return problemResponse(c, body.denial);
    const checking = c.var.services.checkStore(c.req.param('alias'), body.value);
    // An operator who goes away must not leave the written object behind.
    deferTo(c)(checking.then(() => {}));
    const checked = await checking;
    if (!checked.ok) return problemResponse(c, checked.denial);
    return c.json(checked.value satisfies z.input<typeof storeCheck>);
  });
