// Operators see one webhook and its deliveries here, change it, test it, rotate its secret, delete it, and
// have events delivered again.

import { Hono } from 'hono';
import { problemOnDashboard, viewerOf } from '../../http/admin-page.ts';
import type { Denial } from '../../http/problems.ts';
import { parsed, readFields } from '../../http/read-body.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { webhookSecretPage } from '../../pages/admin/webhook-secret-page.tsx';
import { type Done, webhookPath } from '../../pages/admin/webhook-words.tsx';
import { changeWebhookBody } from '../../schemas/webhook.ts';
import { once } from './once.ts';
import { placeIn, showWebhook, type WebhookContext, webhookNamed } from './show-webhook.ts';
import { changeIn } from './webhook-form.ts';

export const oneWebhookPages = new Hono<HallpassContext>()
  .get('/:app/:id', (c) => showWebhook(c))
  .post('/:app/:id/change', async (c) => {
    const fields = await readFields(c);
    if (!fields.ok) return problemOnDashboard(c, fields.denial);
    const { ledger, id } = webhookNamed(c);
    const found = (await ledger.inspectWebhook(c.var.caller, id)).result;
    if (!found.ok) return problemOnDashboard(c, found.denial);
    const refuse = (denial: Denial) => showWebhook(c, { denial, fields: fields.value });

    const change = changeIn(fields.value, found.value);
    // Also a form that was sent twice, whose first arrival has changed all that there was to change.
    if (Object.keys(change).length === 0) return backTo(c, 'changed');
    const version = Number(fields.value.get('version'));
    // Before what is wrong in it: it is to be typed knowing how the webhook is by now.
    if (version !== found.value.version) return refuse({ reason: 'webhook_changed' });
    const patch = parsed(changeWebhookBody, change);
    if (!patch.ok) return refuse(patch.denial);
    const { result } = await ledger.changeWebhook(c.var.caller, id, patch.value, version);
    return result.ok ? backTo(c, 'changed') : refuse(result.denial);
  })
  .post('/:app/:id/enable', (c) => setEnabled(c, true))
  .post('/:app/:id/disable', (c) => setEnabled(c, false))
  .post('/:app/:id/test', async (c) => {
    const fields = await readFields(c);
    if (!fields.ok) return problemOnDashboard(c, fields.denial);
    const { ledger, id } = webhookNamed(c);
    const sent = await once(
      c,
      fields.value,
      async (key) => (await ledger.testWebhook(c.var.caller, id, key)).result,
    );
    return sent.ok ? backTo(c, 'tested') : showWebhook(c, { denial: sent.denial });
  })
  .post('/:app/:id/rotate', async (c) => {
    const fields = await readFields(c);
    if (!fields.ok) return problemOnDashboard(c, fields.denial);
    const { app, ledger, id } = webhookNamed(c);
    const rotated = await once(
      c,
      fields.value,
      async (key) => (await ledger.rotateWebhook(c.var.caller, id, key)).result,
    );
    if (!rotated.ok) return showWebhook(c, { denial: rotated.denial });
    return c.html(
      webhookSecretPage({ app, ...rotated.value, why: 'rotated', viewer: viewerOf(c) }),
    );
  })
  .post('/:app/:id/delete', async (c) => {
    const { app, ledger, id } = webhookNamed(c);
    const { result } = await ledger.deleteWebhook(c.var.caller, id);
    // A form that was sent twice has done what it is for.
    const isGone = result.ok || result.denial.reason === 'webhook_not_found';
    if (!isGone) return showWebhook(c, { denial: result.denial });
    return c.redirect(`/admin/webhooks?${new URLSearchParams({ app, done: 'deleted' })}`, 303);
  })
  .post('/:app/:id/deliveries/:delivery/redeliver', async (c) => {
    const { ledger, id } = webhookNamed(c);
    const { result } = await ledger.redeliver(c.var.caller, id, c.req.param('delivery'));
    return result.ok ? backTo(c, 'redelivered') : showWebhook(c, { denial: result.denial });
  });

async function setEnabled(c: WebhookContext, enabled: boolean): Promise<Response> {
  const { ledger, id } = webhookNamed(c);
  const { result } = await ledger.changeWebhook(c.var.caller, id, { enabled });
  if (!result.ok) return showWebhook(c, { denial: result.denial });
  return backTo(c, enabled ? 'enabled' : 'disabled');
}

/** To the page, where it was in its deliveries. */
function backTo(c: WebhookContext, done: Done): Response {
  const { app, id } = webhookNamed(c);
  return c.redirect(webhookPath(app, id, { ...placeIn(c), done }), 303);
}
