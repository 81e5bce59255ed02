// What the gateway says of itself, to people, monitors and robots.

import { Hono } from 'hono';
import type { HallpassContext } from '../http/request-context.ts';
import { STYLE } from '../pages/style.ts';

export const metaRoutes = new Hono<HallpassContext>()
  .get('/', (c) => c.text('Hallpass: short-lived links to private files.\n'))
  .get('/healthz', (c) => c.json({ status: 'ok' }))
  .get('/robots.txt', (c) => c.text('User-agent: *\nDisallow: /\n'))
  .get('/style.css', (c) =>
    c.body(STYLE, 200, { 'Content-Type': 'text/css', 'Cache-Control': 'public, max-age=3600' }),
  );
