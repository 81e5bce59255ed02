// The stores of this deployment, and what a check of one has found.

import { html } from 'hono/html';
import type { z } from 'zod';
import type { storeCheck, storeShown } from '../../schemas/store.ts';
import { CheckBox, type Form, ProblemNotice, TextField } from './form.tsx';
import { AdminPage } from './frame.tsx';

type StoreShown = z.output<typeof storeShown>;
type StoreCheck = z.input<typeof storeCheck>;

export type CheckedStore = {
  readonly alias: string;
  readonly form: Form;
  /** Absent where the check was refused. */
  readonly found?: StoreCheck | undefined;
};

export function storesPage(stores: readonly StoreShown[], checked?: CheckedStore) {
  return html`<!doctype html>${(
    <AdminPage title="Stores" section="/admin/stores">
      <div class="top">
        <h1>Stores</h1>
      </div>
      {stores.length === 0 ? (
        <div class="empty">
          <p>
            No store is configured yet. Add a table <code>[vars.STORES.main]</code> to
            wrangler.toml, and its secret.
          </p>
        </div>
      ) : (
        stores.map((store) => (
          <Store store={store} checked={checked?.alias === store.alias ? checked : undefined} />
        ))
      )}
    </AdminPage>
  )}`;
}

type Shown = { readonly store: StoreShown; readonly checked: CheckedStore | undefined };

function Store({ store, checked }: Shown) {
  const form = checked?.form ?? { fields: new URLSearchParams() };
  return (
    <section class="card" id={store.alias}>
      <div class="top">
        <h2>{store.alias}</h2>
        <span class={store.fault ? 'badge bad' : 'badge'}>
          {store.fault ? 'Disabled' : 'Configured'}
        </span>
      </div>
      {store.fault ? <p>{store.fault}</p> : <Settings store={store} />}
      {checked?.found && <Findings found={checked.found} />}
      {!store.fault && (
        <form method="post" action={`/admin/stores/${store.alias}/check#${store.alias}`}>
          <ProblemNotice problem={form.problem} fields={form.fields} />
          <div class="grid">
            <TextField
              form={form}
              name="key"
              label="An object that is there"
              placeholder="reports/q3.pdf"
              hint="Proves that objects can be read."
            />
            <TextField
              form={form}
              name="prefix"
              label="Under which prefix"
              placeholder="reports/"
              hint="Where links will lead."
            />
          </div>
          <CheckBox
            form={form}
            name="write"
            label="Also write a small object, read it and delete it again"
          />
          <button type="submit">Check {store.alias}</button>
        </form>
      )}
    </section>
  );
}

function Settings({ store }: { readonly store: StoreShown }) {
  const { endpoint, bucket, region, addressing, accessKeyId, maxUrlSeconds, capabilities } = store;
  const missing = Object.entries(capabilities ?? {}).flatMap(([name, has]) => (has ? [] : name));
  return (
    <dl class="facts">
      <dt>Bucket</dt>
      <dd>
        {bucket} at {endpoint}
      </dd>
      <dt>Region, addressing</dt>
      <dd>
        {region}, {addressing}
      </dd>
      <dt>Access key</dt>
      <dd>{accessKeyId}</dd>
      <dt>URLs live for</dt>
      <dd>{maxUrlSeconds} seconds at most</dd>
      {missing.length > 0 && (
        <>
          <dt>Can’t do</dt>
          <dd>{missing.join(', ')}</dd>
        </>
      )}
    </dl>
  );
}

const LEVELS = { error: 'bad', warning: 'bad', note: '' } as const;

function Findings({ found }: { readonly found: StoreCheck }) {
  const { ok, findings, policy } = found;
  return (
    <div class={ok ? 'notice' : 'notice bad'} role="status">
      <strong>{ok ? 'Links of this store work.' : 'Links of this store don’t work.'}</strong>
      <ul class="plain">
        {findings.map(({ level, message }) => (
          <li>
            <span class={`badge ${LEVELS[level]}`}>{level}</span> {message}
          </li>
        ))}
      </ul>
      {policy && (
        <details>
          <summary>The least that its access key needs, as an IAM policy</summary>
          <pre>{JSON.stringify(policy, null, 2)}</pre>
        </details>
      )}
    </div>
  );
}
