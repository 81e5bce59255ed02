// Operators look after an app here: they check its links, export it, and import what was exported.

import { Hono } from 'hono';
import type * as z from 'zod';
import { exportApp } from '../apps/export-app.ts';
import type { SignedRecord } from '../apps/export-signature.ts';
import { importRecords } from '../apps/import-records.ts';
import { requireOperator } from '../http/authenticate.ts';
import { problemResponse } from '../http/problem.ts';
import { readJson, readQuery } from '../http/read-body.ts';
import type { HallpassContext } from '../http/request-context.ts';
import { respond } from '../http/respond.ts';
import { readCursor, writeCursor } from '../lib/position.ts';
import { NO_CURSOR } from '../links/list.ts';
import { exportQuery, importBody, type imported } from '../schemas/backup.ts';
import { checkAppBody, checkOnWire } from '../schemas/check.ts';

/** Room for as many records as one request may have. */
const MAX_IMPORT_BYTES = 1_048_576;

export const upkeepRoutes = new Hono<HallpassContext>()
  .use(requireOperator())
  .post('/:id/check', async (c) => {
    const { services, caller } = c.var;
    const body = await readJson(c, checkAppBody);
    if (!body.ok) return problemResponse(c, body.denial);
    const { cursor, repair } = body.value;
    const app = c.req.param('id');
    const list = `check of ${app}`;
    const after =
      cursor === undefined ? undefined : await readCursor(services.cursors, list, cursor);
    if (cursor !== undefined && !after) return problemResponse(c, NO_CURSOR);
    const checked = await services.ledgerOf(app).check(caller, { after, repair });
    // Once for a run of pages. A ledger that was lost is left to an import: it would only seem to be well.
    if (repair && !after && checked.result.ok) await services.apps.reconcile(app);
    return respond(c, checked, async (page) =>
      c.json(checkOnWire(page, await writeCursor(services.cursors, list, page.next))),
    );
  })
  .get('/:id/export', async (c) => {
    const { services, caller } = c.var;
    const query = readQuery(c, exportQuery);
    if (!query.ok) return problemResponse(c, query.denial);
    const page = await exportApp(services, caller, c.req.param('id'), query.value.cursor);
    return respond(c, page, (value) => c.json(value));
  })
  .post('/:id/import', async (c) => {
    const { services, caller } = c.var;
    const body = await readJson(c, importBody, MAX_IMPORT_BYTES);
    if (!body.ok) return problemResponse(c, body.denial);
    // What a record holds is known once its signature has been verified.
    const records = body.value.records as unknown as SignedRecord[];
    const result = await importRecords(services, caller, c.req.param('id'), records);
    return respond(c, result, (value) => c.json(value satisfies z.input<typeof imported>));
  });
