// What the gateway says of itself, to people, monitors and robots.

import { Hono } from 'hono';
import type { HallpassContext } from '../http/request-context.ts';
import { ADMIN_SCRIPT } from '../pages/admin/admin-script.ts';
import { COUNTDOWN_SCRIPT } from '../pages/countdown-script.ts';
import { STYLE } from '../pages/style.ts';
import { UPLOAD_SCRIPT } from '../pages/upload-script.ts';

const CACHED = { 'Cache-Control': 'public, max-age=3600' };
const SCRIPT_HEADERS = { 'Content-Type': 'text/javascript; charset=utf-8', ...CACHED };

export const metaRoutes = new Hono<HallpassContext>()
  .get('/', (c) => c.text('Hallpass: short-lived links to private files.\n'))
  .get('/healthz', (c) => c.json({ status: 'ok' }))
  .get('/robots.txt', (c) => c.text('User-agent: *\nDisallow: /\n'))
  .get('/style.css', (c) => c.body(STYLE, 200, { 'Content-Type': 'text/css', ...CACHED }))
  .get('/upload.js', (c) => c.body(UPLOAD_SCRIPT, 200, SCRIPT_HEADERS))
  .get('/countdown.js', (c) => c.body(COUNTDOWN_SCRIPT, 200, SCRIPT_HEADERS))
  .get('/admin.js', (c) => c.body(ADMIN_SCRIPT, 200, SCRIPT_HEADERS));
