// Operators create, rotate and revoke the API keys of an app here.

import { type Context, Hono } from 'hono';
import type { KeyId } from '../../apps/api-key.ts';
import type { App } from '../../apps/app.ts';
import type { CreatedKey, ShownKey } from '../../apps/ports.ts';
import { withApp } from '../../http/admin-app.ts';
import { problemOnDashboard, refusedForm, viewerOf } from '../../http/admin-page.ts';
import type { Denial } from '../../http/problems.ts';
import { parsed, readFields } from '../../http/read-body.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { isChecked } from '../../lib/form-values.ts';
import { drawClaim } from '../../links/claim.ts';
import { keyCreatedPage } from '../../pages/admin/key-created-page.tsx';
import { keyPage } from '../../pages/admin/key-page.tsx';
import { newKeyPage } from '../../pages/admin/new-key-page.tsx';
import { DEFAULT_SCOPES, keyForm } from '../../schemas/key.ts';
import { keyIn, termsOf } from '../../schemas/key-form.ts';
import { once } from './once.ts';

type AdminContext = Context<HallpassContext>;
type Rendered = Response | Promise<Response>;

export const keyPages = new Hono<HallpassContext>()
  .get('/:id/keys/new', (c) =>
    withApp(c, c.req.param('id'), (app) => {
      const fields = new URLSearchParams(DEFAULT_SCOPES.map((scope) => ['scopes', scope]));
      fields.set('maxTtlSecondsUnit', 'd');
      fields.set('once', drawClaim(c.var.services.random));
      return c.html(newKeyPage({ app, form: { fields } }));
    }),
  )
  .post('/:id/keys/new', (c) =>
    withApp(c, c.req.param('id'), async (app) => {
      const fields = await readFields(c);
      if (!fields.ok) return problemOnDashboard(c, fields.denial);
      const refused = (denial: Denial) =>
        refusedForm(c, denial, (problem) =>
          newKeyPage({ app, form: { fields: fields.value, problem } }),
        );
      const body = parsed(keyForm, keyIn(fields.value));
      if (!body.ok) return refused(body.denial);
      const { services, caller } = c.var;
      const terms = termsOf(body.value, services.clock());
      const created = await once(c, fields.value, async (idempotency) => {
        const ledger = services.ledgerOf(app.id);
        return (await ledger.createKey(caller, terms, idempotency)).result;
      });
      return created.ok ? showCreated(c, app, created.value) : refused(created.denial);
    }),
  )
  .get('/:id/keys/:key', (c) =>
    withKey(c, c.req.param(), (app, shown) => {
      const drawn = drawClaim(c.var.services.random);
      const done = c.req.query('done');
      return c.html(keyPage({ app, shown, viewer: viewerOf(c), once: drawn, done }));
    }),
  )
  .post('/:id/keys/:key/rotate', (c) =>
    withKey(c, c.req.param(), async (app, shown) => {
      const fields = await readFields(c);
      if (!fields.ok) return problemOnDashboard(c, fields.denial);
      const { services, caller } = c.var;
      const rotated = await once(c, fields.value, async (idempotency) => {
        const ledger = services.ledgerOf(app.id);
        return (await ledger.rotateKey(caller, shown.id, idempotency)).result;
      });
      if (rotated.ok) return showCreated(c, app, rotated.value, true);
      return refusedOnKey(c, app, shown, rotated.denial);
    }),
  )
  .post('/:id/keys/:key/revoke', (c) =>
    withKey(c, c.req.param(), async (app, shown) => {
      const fields = await readFields(c);
      if (!fields.ok) return problemOnDashboard(c, fields.denial);
      const withLinks = isChecked(fields.value, 'revokeLinks');
      const { services, caller } = c.var;
      const { result } = await services.ledgerOf(app.id).revokeKey(caller, shown.id, withLinks);
      if (!result.ok) return refusedOnKey(c, app, shown, result.denial);
      const done = withLinks ? 'revoked-with-links' : 'revoked';
      return c.redirect(`/admin/apps/${app.id}/keys/${shown.id}?done=${done}`, 303);
    }),
  );

function withKey(
  c: AdminContext,
  { id, key }: { readonly id: string; readonly key: string },
  render: (app: App, key: ShownKey) => Rendered,
): Promise<Response> {
  return withApp(c, id, async (app) => {
    const { result } = await c.var.services.ledgerOf(app.id).listKeys(c.var.caller);
    if (!result.ok) return problemOnDashboard(c, result.denial);
    const found = result.value.find((each) => each.id === (key as KeyId));
    return found ? render(app, found) : problemOnDashboard(c, { reason: 'key_not_found' });
  });
}

function showCreated(c: AdminContext, app: App, created: CreatedKey, isSuccessor = false) {
  const { publicUrl } = c.var.services.config;
  return c.html(keyCreatedPage({ app, created, publicUrl, isSuccessor }), 201);
}

function refusedOnKey(c: AdminContext, app: App, shown: ShownKey, denial: Denial) {
  return refusedForm(c, denial, (problem) =>
    keyPage({ app, shown, viewer: viewerOf(c), once: drawClaim(c.var.services.random), problem }),
  );
}
