// Ending many links: how many it would be, before; how it went, after.

import { html } from 'hono/html';
import type { App } from '../../apps/app.ts';
import type { EveryRevocation } from '../../links/revoke-many.ts';
import { Hidden } from './form.tsx';
import { AdminPage } from './frame.tsx';
import { Names } from './live-events.tsx';

/** How filters are called where links are listed. */
const FILTERS: Readonly<Record<string, string>> = {
  app: 'App',
  state: 'State',
  store: 'Store',
  key: 'Key',
  keyPrefix: 'Key begins with',
  tag: 'Tag',
  mintedBy: 'Minted by',
  q: 'Words in key or note',
  createdAfter: 'Minted since',
  createdBefore: 'Minted before',
  expiresAfter: 'Ending since',
  expiresBefore: 'Ending before',
};

/** `fields` are the selection, which the button sends again. */
export function revokeLinksPage(
  fields: URLSearchParams,
  { matched, complete, silent = [] }: EveryRevocation,
  apps: readonly App[],
) {
  const missed = apps.filter(({ id }) => silent.includes(id));
  const isCounted = complete || missed.length > 0;
  const isOfAll = fields.has('all') && !fields.has('app');
  const links = linksInWords(matched);
  return html`<!doctype html>${(
    <AdminPage title="Revoke links" section="/admin/links">
      <h1>
        {matched === 0 && isCounted
          ? 'There is nothing to revoke'
          : `Revoke ${links}${isOfAll ? ' of every app' : ''}?`}
      </h1>
      <Filters fields={fields} apps={apps} />
      {missed.length > 0 && (
        <p class="notice bad">
          No answer from <Names apps={missed} />: their links are not counted, and would not be
          revoked. Try again in a moment.
        </p>
      )}
      {matched === 0 && isCounted ? (
        <>
          <p class="after">No link of this selection is live: they have ended already.</p>
          <Back fields={fields} />
        </>
      ) : (
        <form method="post" action="/admin/links/revoke">
          <p>
            They stop everywhere, for good, and so does what is minted like them before you answer.{' '}
            {!isCounted && 'There are more than can be counted at once; all of them are meant.'}
          </p>
          {[...fields].map(([name, value]) => (
            <Hidden name={name} value={value} />
          ))}
          <div class="actions">
            <button type="submit" class="danger main">
              {isCounted ? `Revoke ${links}` : 'Revoke all of them'}
            </button>
            <a class="button" href={backTo(fields)}>
              Leave them
            </a>
          </div>
        </form>
      )}
    </AdminPage>
  )}`;
}

/** The button was pressed, and no link was checked. */
export function nothingChosenPage() {
  return html`<!doctype html>${(
    <AdminPage title="Revoke links" section="/admin/links">
      <h1>No link is chosen</h1>
      <p>Check the links that you mean first, or revoke all that match a filter.</p>
      <Back fields={new URLSearchParams()} />
    </AdminPage>
  )}`;
}

type Revocation = {
  readonly matched: number;
  /** Still to be ended, or their gates to be told. */
  readonly pending: number;
  /** Apps for which nothing is recorded. */
  readonly silent: readonly App[];
  readonly selection: URLSearchParams;
};

export function revocationPage({ matched, pending, silent, selection }: Revocation) {
  const links = linksInWords(matched);
  const done = Math.max(0, matched - pending);
  return html`<!doctype html>${(
    <AdminPage title="Revocation" section="/admin/links">
      <h1>{pending === 0 ? `Revoked ${links}` : `Revoking ${links}…`}</h1>
      <p role="status">
        {pending === 0
          ? 'None of them opens anywhere any more.'
          : `The revocation is recorded and goes on by itself: ${pending.toLocaleString('en')} gates are still to be told. This page looks again in a moment.`}
      </p>
      {pending > 0 && (
        <progress aria-label="Gates that know" max={Math.max(1, matched)} value={done} />
      )}
      {silent.length > 0 && (
        <form method="post" action="/admin/links/revoke" class="notice bad">
          <p>
            <Names apps={silent} /> gave no answer: for them nothing is recorded, and their links go
            on. Send it again.
          </p>
          {[...selection].map(([name, value]) => (
            <Hidden name={name} value={value} />
          ))}
          <button type="submit" class="danger">
            Revoke again
          </button>
        </form>
      )}
      <Back fields={selection} />
    </AdminPage>
  )}`;
}

function Filters(props: { readonly fields: URLSearchParams; readonly apps: readonly App[] }) {
  const { fields, apps } = props;
  const shown = [...fields].filter(([name]) => name !== 'ids' && name !== 'all');
  if (shown.length === 0) return null;
  const nameOf = (id: string) => apps.find((app) => app.id === id)?.name ?? id;
  return (
    <dl class="facts">
      {shown.map(([name, value]) => (
        <>
          <dt>{FILTERS[name] ?? name}</dt>
          <dd>
            <bdi>{name === 'app' ? nameOf(value) : value}</bdi>
          </dd>
        </>
      ))}
    </dl>
  );
}

function Back({ fields }: { readonly fields: URLSearchParams }) {
  return (
    <div class="after">
      <a class="button" href={backTo(fields)}>
        To the links
      </a>
    </div>
  );
}

/** The list, with the filters that it had. */
function backTo(fields: URLSearchParams): string {
  const filters = [...fields].filter(([name]) => !['ids', 'all', 'createdBefore'].includes(name));
  return filters.length > 0 ? `/admin/links?${new URLSearchParams(filters)}` : '/admin/links';
}

function linksInWords(count: number): string {
  return count === 1 ? 'one link' : `${count.toLocaleString('en')} links`;
}
