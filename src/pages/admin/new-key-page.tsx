// The form that creates an API key of an app.

import { html } from 'hono/html';
import type { App } from '../../apps/app.ts';
import { DEFAULT_REQUESTS_PER_MINUTE, type Scope } from '../../apps/bounds.ts';
import type { Operation } from '../../links/grant.ts';
import { titleOf } from './app-words.ts';
import {
  CheckGroup,
  DurationField,
  type Form,
  Hidden,
  ProblemNotice,
  TextArea,
  TextField,
} from './form.tsx';
import { AdminPage } from './frame.tsx';

const SCOPES = {
  'links:mint': 'Mint links',
  'links:read': 'Read links',
  'links:revoke': 'Change and revoke links',
  'events:read': 'Read events',
  'webhooks:manage': 'Manage webhooks',
  'keys:manage': 'Manage API keys, none wider than itself',
} as const satisfies Record<Scope, string>;

const OPERATIONS = {
  download: 'Download',
  upload: 'Upload',
} as const satisfies Record<Operation, string>;

type NewKey = { readonly app: App; readonly form: Form };

export function newKeyPage({ app, form }: NewKey) {
  const path = `/admin/apps/${app.id}`;
  const stores = Object.fromEntries(app.stores.map((alias) => [alias, alias]));
  return html`<!doctype html>${(
    <AdminPage title={`New API key of ${titleOf(app)}`} section="/admin/apps">
      <div class="top">
        <h1>
          New API key of <bdi>{app.name}</bdi>
        </h1>
      </div>
      <p>It may do no more than its app. What is left empty here doesn’t bound it further.</p>
      <form method="post" action={`${path}/keys/new`} class="sheet">
        <ProblemNotice problem={form.problem} fields={form.fields} />
        <Hidden name="once" value={form.fields.get('once') ?? ''} />
        <TextField form={form} name="note" label="Note" hint="Yours to know it by." />
        <CheckGroup form={form} name="scopes" label="What it may do" options={SCOPES} />
        <CheckGroup form={form} name="stores" label="Stores" options={stores} />
        <TextArea
          form={form}
          name="keyPrefixes"
          label="Key prefixes"
          hint="Under which object keys, one a line, each ending in “/”."
        />
        <CheckGroup form={form} name="operations" label="Links for" options={OPERATIONS} />
        <div class="grid">
          <DurationField form={form} name="maxTtlSeconds" label="Longest life of its links" />
          <TextField
            form={form}
            name="requestsPerMinute"
            type="number"
            label="Requests a minute at most"
            placeholder={String(DEFAULT_REQUESTS_PER_MINUTE)}
          />
          <TextField
            form={form}
            name="expiresInDays"
            type="number"
            label="Days until it ends"
            hint="Empty: never."
          />
        </div>
        <div class="actions">
          <button type="submit">Create the API key</button>
          <a href={path}>Cancel</a>
        </div>
      </form>
    </AdminPage>
  )}`;
}
