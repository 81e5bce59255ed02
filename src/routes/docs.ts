// The API for programs and for people, both from the same document.

import { Hono } from 'hono';
import type { HallpassContext } from '../http/request-context.ts';
import { docsPage } from '../pages/docs-page.tsx';
import { openApi } from '../schemas/openapi.ts';

/** It changes with a deployment only. */
const CACHE = { 'Cache-Control': 'public, max-age=300' };

export const docsRoutes = new Hono<HallpassContext>()
  .get('/openapi.json', (c) => c.json(openApi, 200, CACHE))
  .get('/docs', (c) => c.html(docsPage(openApi, c.var.services.config.publicUrl), 200, CACHE));
