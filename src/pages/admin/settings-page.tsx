// The settings of an app, to be changed.

import { html } from 'hono/html';
import type { App } from '../../apps/app.ts';
import { AppFields, type StoreOptions } from './app-fields.tsx';
import { titleOf } from './app-words.ts';
import { type Form, Hidden, ProblemNotice } from './form.tsx';
import { AdminPage } from './frame.tsx';

type Settings = {
  readonly app: App;
  readonly form: Form;
  readonly stores: StoreOptions;
  /** Stands for the settings as they are now: by it a form that comes too late is known. */
  readonly version: string;
  readonly isStale?: boolean;
};

export function settingsPage({ app, form, stores, version, isStale = false }: Settings) {
  const path = `/admin/apps/${app.id}`;
  return html`<!doctype html>${(
    <AdminPage title={`Settings of ${titleOf(app)}`} section="/admin/apps">
      <div class="top">
        <h1>
          Settings of <bdi>{app.name}</bdi>
        </h1>
      </div>
      <p>Links that are there keep what they were minted with. Everything else holds at once.</p>
      <form method="post" action={`${path}/settings`} class="sheet">
        <ProblemNotice problem={form.problem} fields={form.fields} />
        {isStale && <p>What you typed is still here. Save it to replace what is there by now.</p>}
        <Hidden name="version" value={version} />
        <AppFields form={form} stores={stores} />
        <div class="actions">
          <button type="submit">{isStale ? 'Save anyway' : 'Save'}</button>
          <a href={path}>Cancel</a>
        </div>
      </form>
    </AdminPage>
  )}`;
}
