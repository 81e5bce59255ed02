// Minting a link by hand, and the one time that its URL is shown.

import { html, raw } from 'hono/html';
import type { App } from '../../apps/app.ts';
import type { Link } from '../../links/link.ts';
import { appOptions } from './app-options.ts';
import {
  CheckBox,
  DurationField,
  type Form,
  Hidden,
  ProblemNotice,
  SelectField,
  TextField,
} from './form.tsx';
import { AdminPage } from './frame.tsx';
import { LimitFields } from './link-page.tsx';
import { At, FromNow, type Viewer } from './when.tsx';

type Mint = {
  readonly apps: readonly App[];
  readonly stores: readonly string[];
  readonly form: Form;
};

export function mintPage({ apps, stores, form }: Mint) {
  return html`<!doctype html>${(
    <AdminPage title="Mint a link" section="/admin/links">
      <h1>Mint a link</h1>
      {apps.length === 0 ? (
        <p class="empty">
          A link belongs to an app, and there is none yet. <a href="/admin/apps">Make one first</a>.
        </p>
      ) : (
        <form method="post" action="/admin/links/new">
          <ProblemNotice problem={form.problem} fields={form.fields} />
          <Hidden name="once" value={form.fields.get('once') ?? ''} />
          <What apps={apps} stores={stores} form={form} />
          <details open={form.problem !== undefined}>
            <summary>More limits</summary>
            <div class="stack">
              <LimitFields form={form} />
              <Opening form={form} />
            </div>
          </details>
          <details open={form.problem !== undefined}>
            <summary>How the object is given, or what an upload takes</summary>
            <div class="stack">
              <Giving form={form} />
              <Taking form={form} />
            </div>
          </details>
          <button type="submit">Mint the link</button>
        </form>
      )}
    </AdminPage>
  )}`;
}

function What({ apps, stores, form }: Mint) {
  const appNames = appOptions(apps, form.fields.get('app'));
  return (
    <>
      <div class="grid">
        <SelectField form={form} name="app" label="App" options={appNames} />
        <SelectField
          form={form}
          name="store"
          label="Store"
          options={Object.fromEntries(stores.map((alias) => [alias, alias]))}
        />
        <SelectField
          form={form}
          name="operation"
          label="For"
          options={{ download: 'Download', upload: 'Upload' }}
        />
      </div>
      <TextField
        form={form}
        name="key"
        label="Key of the object"
        placeholder="reports/q3.pdf"
        required
      />
      <div class="grid">
        <DurationField form={form} name="ttlSeconds" label="Ends in" required />
        <TextField
          form={form}
          name="maxUses"
          type="number"
          label="Uses at most"
          hint="As often as one likes while empty."
        />
      </div>
    </>
  );
}

function Opening({ form }: { readonly form: Form }) {
  return (
    <DurationField
      form={form}
      name="notBefore"
      label="Opens, from now, in"
      hint="At once while empty."
    />
  );
}

function Giving({ form }: { readonly form: Form }) {
  return (
    <>
      <div class="grid">
        <TextField form={form} name="filename" label="Saved under the name" />
        <SelectField
          form={form}
          name="delivery"
          label="Given"
          options={{ redirect: 'By a redirect to the storage', stream: 'As a stream from here' }}
        />
        <SelectField
          form={form}
          name="disposition"
          label="In a browser"
          options={{ attachment: 'Saved', inline: 'Shown' }}
        />
        <TextField
          form={form}
          name="contentType"
          label="As the type"
          placeholder="application/pdf"
          hint="Needed where it is shown."
        />
      </div>
      <CheckBox
        form={form}
        name="verifyObject"
        label="Only if the object is there now"
        hint="Records its size and type, too."
      />
    </>
  );
}

function Taking({ form }: { readonly form: Form }) {
  return (
    <>
      <div class="grid">
        <TextField
          form={form}
          name="upload/maxBytes"
          type="number"
          label="Upload: largest file, in megabytes"
        />
        <TextField
          form={form}
          name="upload/contentTypes"
          label="Upload: types that are taken"
          placeholder="image/*, application/pdf"
        />
      </div>
      <CheckBox form={form} name="overwrite" label="Upload: may replace a file that is there" />
    </>
  );
}

export type Minted = {
  readonly link: Link;
  readonly url: string;
  /** The URL as a QR code, as SVG. */
  readonly qr: string;
  readonly viewer: Viewer;
};

export function mintedPage({ link, url, qr, viewer }: Minted) {
  const { expiresAt } = link.limits;
  return html`<!doctype html>${(
    <AdminPage title="Your link" section="/admin/links">
      <h1>Your link</h1>
      <p>
        It is shown this once. Whoever has it gets{' '}
        {link.grant.operation === 'download' ? <bdi>{link.grant.key}</bdi> : 'to send a file'} until{' '}
        <At at={expiresAt} viewer={viewer} /> (<FromNow at={expiresAt} viewer={viewer} />
        ).
      </p>
      <div class="secret">
        <input id="url" value={url} readonly aria-label="The link" />
        <button type="button" class="quiet scripted" data-copy="url">
          Copy
        </button>
      </div>
      <div class="qr" role="img" aria-label="The link as a QR code">
        {raw(qr)}
      </div>
      <div class="actions after">
        <a class="button" href={`/admin/links/${link.id}?app=${link.app}`}>
          See how it stands
        </a>
        <a class="button" href="/admin/links/new">
          Mint another
        </a>
      </div>
    </AdminPage>
  )}`;
}
