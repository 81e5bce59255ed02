// The apps of this deployment, newest first, and the form that makes another one.

import { html } from 'hono/html';
import type { App } from '../../apps/app.ts';
import { AppFields, type StoreOptions } from './app-fields.tsx';
import { someOf } from './app-words.ts';
import { type Form, Hidden, ProblemNotice } from './form.tsx';
import { AdminPage } from './frame.tsx';
import { FromNow, type Viewer } from './when.tsx';

type Apps = {
  readonly apps: readonly App[];
  readonly nextCursor: string | null;
  readonly viewer: Viewer;
};

export function appsPage({ apps, nextCursor, viewer }: Apps) {
  return html`<!doctype html>${(
    <AdminPage title="Apps" section="/admin/apps">
      <div class="top">
        <h1>Apps</h1>
        <a class="button main" href="/admin/apps/new">
          New app
        </a>
      </div>
      {apps.length === 0 ? (
        <div class="empty">
          <p>There is no app yet. Make one, and an API key with which it mints links.</p>
        </div>
      ) : (
        <ul class="rows">
          {apps.map((app) => (
            <AppRow app={app} viewer={viewer} />
          ))}
        </ul>
      )}
      {nextCursor && (
        <p class="next">
          <a href={`/admin/apps?${new URLSearchParams({ cursor: nextCursor })}`}>More apps</a>
        </p>
      )}
    </AdminPage>
  )}`;
}

function AppRow({ app, viewer }: { readonly app: App; readonly viewer: Viewer }) {
  return (
    <li>
      <span class="what">
        <a href={`/admin/apps/${app.id}`}>
          <bdi>{app.name}</bdi>
        </a>{' '}
        <AppBadge app={app} />
      </span>
      <span class="more">
        {app.id}, {someOf(app.stores)}, made <FromNow at={app.createdAt} viewer={viewer} />
      </span>
    </li>
  );
}

export function AppBadge({ app: { suspendedAt } }: { readonly app: App }) {
  return suspendedAt === undefined ? (
    <span class="badge good">Live</span>
  ) : (
    <span class="badge bad">Suspended</span>
  );
}

type NewApp = { readonly form: Form; readonly stores: StoreOptions };

export function newAppPage({ form, stores }: NewApp) {
  return html`<!doctype html>${(
    <AdminPage title="New app" section="/admin/apps">
      <div class="top">
        <h1>New app</h1>
      </div>
      <p>
        An app mints links, within the bounds that it has here. They can be changed at any time.
      </p>
      <form method="post" action="/admin/apps/new" class="sheet">
        <ProblemNotice problem={form.problem} fields={form.fields} />
        <Hidden name="once" value={form.fields.get('once') ?? ''} />
        <AppFields form={form} stores={stores} />
        <div class="actions">
          <button type="submit">Make the app</button>
          <a href="/admin/apps">Cancel</a>
        </div>
      </form>
    </AdminPage>
  )}`;
}
