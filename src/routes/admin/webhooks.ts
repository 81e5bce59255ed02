// Operators see the webhooks of all apps here, or of one, and make new ones.

import { type Context, Hono } from 'hono';
import type { App } from '../../apps/app.ts';
import { problemOnDashboard, refusedForm, viewerOf } from '../../http/admin-page.ts';
import { ledgerOfApp } from '../../http/app-ledger.ts';
import { paged } from '../../http/paged.ts';
import type { Denial } from '../../http/problems.ts';
import { parsed, readFields } from '../../http/read-body.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { textIn } from '../../lib/form-values.ts';
import { denied, ok, type Result } from '../../lib/result.ts';
import { Unavailable } from '../../lib/unavailable.ts';
import { drawClaim } from '../../links/claim.ts';
import type { FormProblem } from '../../pages/admin/form.tsx';
import { webhookSecretPage } from '../../pages/admin/webhook-secret-page.tsx';
import { type AppWebhooks, webhooksPage } from '../../pages/admin/webhooks-page.tsx';
import { createWebhookBody, webhooksQuery } from '../../schemas/webhook.ts';
import type { CreatedWebhook } from '../../webhooks/ports.ts';
import { once } from './once.ts';
import { oneWebhookPages } from './webhook.ts';
import { termsIn } from './webhook-form.ts';

/** Each is asked for its webhooks, and the Free plan allows 50 such calls for each request. */
const APPS_AT_ONCE = 20;

type AdminContext = Context<HallpassContext>;

export const webhookPages = new Hono<HallpassContext>()
  .get('/', async (c) => {
    const fields = new URLSearchParams({ app: c.req.query('app') ?? '' });
    return showWebhooks(c, c.req.query('app'), fields);
  })
  .post('/', async (c) => {
    const fields = await readFields(c);
    if (!fields.ok) return problemOnDashboard(c, fields.denial);
    const created = await create(c, fields.value);
    if (!created.ok) return showWebhooks(c, undefined, fields.value, created.denial);
    const { app, webhook, secret } = created.value;
    const shown = { app, webhook, secret, why: 'created', viewer: viewerOf(c) } as const;
    return c.html(webhookSecretPage(shown), 201);
  })
  .route('/', oneWebhookPages);

type Created = CreatedWebhook & { readonly app: string };

async function create(c: AdminContext, fields: URLSearchParams): Promise<Result<Created, Denial>> {
  const body = parsed(createWebhookBody, { app: textIn(fields, 'app'), ...termsIn(fields) });
  if (!body.ok) return body;
  const { app: named, ...terms } = body.value;
  const owned = ledgerOfApp(c, named);
  if (!owned.ok) return owned;
  const { app } = owned.value;
  const ledger = c.var.services.webhooksOf(app);
  const created = await once(
    c,
    fields,
    async (key) => (await ledger.createWebhook(c.var.caller, terms, key)).result,
  );
  return created.ok ? ok({ app, ...created.value }) : created;
}

/** With the form for a new one: empty, or as it was typed and why it was refused. */
async function showWebhooks(
  c: AdminContext,
  only: string | undefined,
  fields: URLSearchParams,
  refusal?: Denial,
): Promise<Response> {
  const apps = await c.var.services.apps.list();
  const shown = await pageOfApps(c, apps, only);
  if (!shown.ok) return problemOnDashboard(c, shown.denial);
  const { items, nextCursor } = shown.value;
  const groups = await Promise.all(items.map((app) => webhooksOf(c, app)));
  return refusal ? refusedForm(c, refusal, page) : c.html(page());

  function page(problem?: FormProblem) {
    return webhooksPage({
      ...{ apps, groups, nextCursor, isOnlyOne: only !== undefined },
      once: drawClaim(c.var.services.random),
      ...{ form: { fields, problem }, done: c.req.query('done'), viewer: viewerOf(c) },
    });
  }
}

async function pageOfApps(c: AdminContext, apps: readonly App[], only: string | undefined) {
  const query = parsed(webhooksQuery, { cursor: c.req.query('cursor') });
  if (!query.ok) return query;
  const asked = only === undefined ? apps : apps.filter(({ id }) => id === only);
  if (only !== undefined && asked.length === 0) return denied({ reason: 'app_not_found' } as const);
  return paged(c, 'webhooks of apps', asked, { ...query.value, limit: APPS_AT_ONCE });
}

/** A ledger that gives no answer leaves the others alone. */
async function webhooksOf(c: AdminContext, app: App): Promise<AppWebhooks> {
  try {
    const { result } = await c.var.services.webhooksOf(app.id).listWebhooks(c.var.caller);
    return { app, webhooks: result.ok ? result.value : undefined };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return { app, webhooks: undefined };
  }
}
