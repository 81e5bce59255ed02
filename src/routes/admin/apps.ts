// Operators make apps here, change their settings, suspend and resume them.

import { type Context, Hono } from 'hono';
import type { App } from '../../apps/app.ts';
import { withApp } from '../../http/admin-app.ts';
import { problemOnDashboard, refusedForm, viewerOf } from '../../http/admin-page.ts';
import { paged } from '../../http/paged.ts';
import type { Denial } from '../../http/problems.ts';
import { parsed, readFields } from '../../http/read-body.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { unknownStores } from '../../http/unknown-stores.ts';
import { patchBetween } from '../../lib/merge-patch.ts';
import { drawClaim } from '../../links/claim.ts';
import { appPage } from '../../pages/admin/app-page.tsx';
import { appsPage, newAppPage } from '../../pages/admin/apps-page.tsx';
import { settingsPage } from '../../pages/admin/settings-page.tsx';
import { createAppBody } from '../../schemas/app.ts';
import { settingsFields, settingsIn, staleFields } from '../../schemas/app-form.ts';
import { keyPages } from './keys.ts';
import { once } from './once.ts';

type AdminContext = Context<HallpassContext>;

/** So that a page stays small, whatever its apps and keys are called. */
const APPS_A_PAGE = 50;
const KEYS_A_PAGE = 20;

export const appPages = new Hono<HallpassContext>()
  .get('/', async (c) => {
    const request = { limit: APPS_A_PAGE, cursor: c.req.query('cursor') };
    const page = await paged(c, 'apps', await c.var.services.apps.list(), request);
    if (!page.ok) return problemOnDashboard(c, page.denial);
    const { items: apps, nextCursor } = page.value;
    return c.html(appsPage({ apps, nextCursor, viewer: viewerOf(c) }));
  })
  .get('/new', (c) => {
    const stores = storesFor(c);
    const aliases = Object.keys(stores);
    // Where there is no choice, it is made.
    const fields = new URLSearchParams(aliases.length === 1 ? { stores: aliases[0] ?? '' } : {});
    fields.set('once', drawClaim(c.var.services.random));
    return c.html(newAppPage({ form: { fields }, stores }));
  })
  .post('/new', async (c) => {
    const fields = await readFields(c);
    if (!fields.ok) return problemOnDashboard(c, fields.denial);
    const refused = (denial: Denial) =>
      refusedForm(c, denial, (problem) =>
        newAppPage({ form: { fields: fields.value, problem }, stores: storesFor(c) }),
      );
    const body = parsed(createAppBody, settingsIn(fields.value));
    if (!body.ok) return refused(body.denial);
    const errors = unknownStores(c, body.value.stores);
    if (errors.length > 0) return refused({ reason: 'invalid_request', errors });
    const created = await once(c, fields.value, (idempotency) =>
      c.var.services.apps.create(body.value, idempotency),
    );
    return created.ok
      ? c.redirect(`/admin/apps/${created.value.id}?done=created`, 303)
      : refused(created.denial);
  })
  .get('/:id', (c) =>
    withApp(c, c.req.param('id'), async (app) => {
      const { services, caller } = c.var;
      const ledger = services.ledgerOf(app.id);
      const [counted, listed] = await Promise.all([
        ledger.countLinks(caller),
        ledger.listKeys(caller),
      ]);
      if (!counted.result.ok) return problemOnDashboard(c, counted.result.denial);
      if (!listed.result.ok) return problemOnDashboard(c, listed.result.denial);
      const request = { limit: KEYS_A_PAGE, cursor: c.req.query('cursor') };
      const keys = await paged(c, `keys of ${app.id}`, listed.result.value, request);
      if (!keys.ok) return problemOnDashboard(c, keys.denial);
      const shown = { app, links: counted.result.value, keys: keys.value };
      return c.html(appPage({ ...shown, viewer: viewerOf(c), done: c.req.query('done') }));
    }),
  )
  .get('/:id/settings', (c) =>
    withApp(c, c.req.param('id'), async (app) => {
      const [version = ''] = await versionsOf(c, app);
      const form = { fields: settingsFields(app) };
      return c.html(settingsPage({ app, form, stores: storesFor(c, app), version }));
    }),
  )
  .post('/:id/settings', (c) =>
    withApp(c, c.req.param('id'), async (app) => {
      const fields = await readFields(c);
      if (!fields.ok) return problemOnDashboard(c, fields.denial);
      const versions = await versionsOf(c, app);
      const [version = ''] = versions;
      const refused = (denial: Denial) =>
        refusedForm(c, denial, (problem) => {
          const form = { fields: fields.value, problem };
          const isStale = denial.reason === 'form_stale';
          return settingsPage({ app, form, stores: storesFor(c, app), version, isStale });
        });
      if (!versions.includes(fields.value.get('version') ?? '')) {
        return refused({ reason: 'form_stale', errors: staleFields(fields.value, app) });
      }
      const body = parsed(createAppBody, settingsIn(fields.value));
      if (!body.ok) return refused(body.denial);
      const change = patchBetween(settingsOf(app), body.value);
      const errors = unknownStores(c, change.stores ?? []);
      if (errors.length > 0) return refused({ reason: 'invalid_request', errors });
      const changed = await c.var.services.apps.change(app.id, change);
      return changed
        ? c.redirect(`/admin/apps/${app.id}?done=changed`, 303)
        : problemOnDashboard(c, { reason: 'app_not_found' });
    }),
  )
  .post('/:id/suspend', (c) => setSuspended(c, c.req.param('id'), true))
  .post('/:id/resume', (c) => setSuspended(c, c.req.param('id'), false))
  .route('/', keyPages);

async function setSuspended(c: AdminContext, id: string, suspended: boolean): Promise<Response> {
  const app = await c.var.services.apps.change(id, { suspended });
  return app
    ? c.redirect(`/admin/apps/${app.id}?done=${suspended ? 'suspended' : 'resumed'}`, 303)
    : problemOnDashboard(c, { reason: 'app_not_found' });
}

/** Stores to choose from: those of the app first, even one that is there no more. */
function storesFor({ var: { services } }: AdminContext, app?: App): Record<string, string> {
  const { stores, storeFaults } = services.config;
  const label = (alias: string) => {
    if (stores.has(alias)) return alias;
    return `${alias} (${storeFaults.has(alias) ? 'disabled' : 'not configured any more'})`;
  };
  const aliases = new Set([...(app?.stores ?? []), ...[...stores.keys()].sort()]);
  return Object.fromEntries([...aliases].map((alias) => [alias, label(alias)]));
}

function settingsOf(app: App) {
  const {
    id: _id,
    version: _version,
    createdAt: _createdAt,
    suspendedAt: _since,
    ...settings
  } = app;
  return settings;
}

/** Stands for the settings of an app as they are, under each root key. */
async function versionsOf(c: AdminContext, app: App): Promise<string[]> {
  const hashes = await c.var.services.requestHashes(['settings', app.id, settingsOf(app)]);
  return hashes.map((hash) => hash.slice(0, 16));
}
