// The page of one webhook as an answer: the webhook, its app, and a page of its deliveries.

import type { Context } from 'hono';
import { problemOnDashboard, refusedForm, viewerOf } from '../../http/admin-page.ts';
import type { Denial } from '../../http/problems.ts';
import { parsed } from '../../http/read-body.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { readCursor, writeCursor } from '../../lib/position.ts';
import { denied, ok, type Result } from '../../lib/result.ts';
import { Unavailable } from '../../lib/unavailable.ts';
import { drawClaim } from '../../links/claim.ts';
import { NO_CURSOR } from '../../links/list.ts';
import type { DeliveriesShown } from '../../pages/admin/webhook-deliveries.tsx';
import { webhookPage } from '../../pages/admin/webhook-page.tsx';
import type { Place } from '../../pages/admin/webhook-words.tsx';
import { deliveriesQuery } from '../../schemas/webhook.ts';
import type { KeptWebhook, WebhookId } from '../../webhooks/webhook.ts';
import { fieldsOf } from './webhook-form.ts';

const DELIVERIES_AT_ONCE = 20;

export type WebhookContext = Context<HallpassContext, '/:app/:id'>;

/** What was refused, and what was typed where it was the form for changes. */
export type Refused = { readonly denial: Denial; readonly fields?: URLSearchParams };

export function webhookNamed(c: WebhookContext) {
  const app = c.req.param('app');
  return { app, id: c.req.param('id') as WebhookId, ledger: c.var.services.webhooksOf(app) };
}

/** Where in its deliveries the page is. */
export function placeIn(c: WebhookContext): Place {
  return { status: c.req.query('status') || undefined, cursor: c.req.query('cursor') || undefined };
}

export async function showWebhook(c: WebhookContext, refused?: Refused): Promise<Response> {
  const { app: named, ledger, id } = webhookNamed(c);
  const app = await c.var.services.apps.find(named);
  if (!app) return problemOnDashboard(c, { reason: 'app_not_found' });
  const found = (await ledger.inspectWebhook(c.var.caller, id)).result;
  if (!found.ok) return problemOnDashboard(c, found.denial);
  const deliveries = await deliveriesOf(c);
  if (!deliveries.ok) return problemOnDashboard(c, deliveries.denial);

  const webhook = found.value;
  const shown = {
    ...{ app, webhook, deliveries: deliveries.value, place: placeIn(c) },
    ...{ once: drawClaim(c.var.services.random), viewer: viewerOf(c), done: c.req.query('done') },
  };
  const unchanged = { fields: fieldsOf(webhook) };
  if (!refused) return c.html(webhookPage({ ...shown, form: unchanged }));
  const { denial, fields } = refused;
  return refusedForm(c, denial, (problem) =>
    fields
      ? webhookPage({ ...shown, form: { fields: withNewest(fields, refused, webhook), problem } })
      : webhookPage({ ...shown, form: unchanged, problem: inWords(denial, problem) }),
  );
}

/** `undefined` where its outbox gives no answer: the webhook can be seen to all the same. */
async function deliveriesOf(
  c: WebhookContext,
): Promise<Result<DeliveriesShown | undefined, Denial>> {
  const query = parsed(deliveriesQuery, placeIn(c));
  if (!query.ok) return query;
  const { status, cursor } = query.value;
  const { ledger, id } = webhookNamed(c);
  const { cursors } = c.var.services;
  const list = `deliveries of ${id}`;
  const after = cursor === undefined ? undefined : await readCursor(cursors, list, cursor);
  if (cursor !== undefined && !after) return denied(NO_CURSOR);
  try {
    const page = { limit: DELIVERIES_AT_ONCE, after };
    const { result } = await ledger.listDeliveries(c.var.caller, id, status, page);
    if (!result.ok) return result;
    const { items, next } = result.value;
    return ok({ items, nextCursor: await writeCursor(cursors, list, next) });
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return ok(undefined);
  }
}

/** What was typed, to be sent again knowing how the webhook is by now. */
function withNewest(
  fields: URLSearchParams,
  { denial }: Refused,
  { version }: KeptWebhook,
): URLSearchParams {
  const again = new URLSearchParams(fields);
  if (denial.reason === 'webhook_changed') again.set('version', `${version}`);
  return again;
}

/** A refusal as the dashboard says it, where the API would speak of requests. */
function inWords<Shown extends object>({ reason }: Denial, problem: Shown): Shown {
  return reason === 'webhook_disabled' ? { ...problem, detail: 'Enable it first.' } : problem;
}
