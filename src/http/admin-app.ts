// The app that a page of the dashboard is about.

import type { Context } from 'hono';
import type { App } from '../apps/app.ts';
import { problemOnDashboard } from './admin-page.ts';
import type { HallpassContext } from './request-context.ts';

type Rendered = Response | Promise<Response>;

export async function withApp(
  c: Context<HallpassContext>,
  id: string,
  render: (app: App) => Rendered,
): Promise<Response> {
  const app = await c.var.services.apps.find(id);
  return app ? render(app) : problemOnDashboard(c, { reason: 'app_not_found' });
}
