// Ending many links: how many it would be, before; how it went, after.

import { html } from 'hono/html';
import type { BulkRevocation } from '../../links/filter.ts';
import { Hidden } from './form.tsx';
import { AdminPage } from './frame.tsx';

/** `fields` are the selection, which the button sends again. */
export function revokeLinksPage(fields: URLSearchParams, { matched, complete }: BulkRevocation) {
  const links = linksInWords(matched);
  const filters = [...fields].filter(([name]) => name !== 'ids' && name !== 'all');
  return html`<!doctype html>${(
    <AdminPage title="Revoke links" section="/admin/links">
      <h1>{matched === 0 ? 'There is nothing to revoke' : `Revoke ${links}?`}</h1>
      {filters.length > 0 && (
        <dl class="facts">
          {filters.map(([name, value]) => (
            <>
              <dt>{name}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </>
          ))}
        </dl>
      )}
      {matched === 0 ? (
        <p class="after">No link of this selection is live: they have ended already.</p>
      ) : (
        <form method="post" action="/admin/links/revoke">
          <p>
            They stop everywhere, for good.{' '}
            {!complete && 'There are more than can be counted at once; all of them are meant.'}
          </p>
          {[...fields].map(([name, value]) => (
            <Hidden name={name} value={value} />
          ))}
          <div class="actions">
            <button type="submit" class="danger main">
              {complete ? `Revoke ${links}` : 'Revoke all of them'}
            </button>
            <a class="button" href="/admin/links">
              Leave them
            </a>
          </div>
        </form>
      )}
      {matched === 0 && <Back />}
    </AdminPage>
  )}`;
}

type Revocation = { readonly matched: number; readonly isDone: boolean };

export function revocationPage({ matched, isDone }: Revocation) {
  const links = linksInWords(matched);
  return html`<!doctype html>${(
    <AdminPage title="Revocation" section="/admin/links">
      <h1>{isDone ? `Revoked ${links}` : `Revoking ${links}…`}</h1>
      <p role="status">
        {isDone
          ? 'None of them opens anywhere any more.'
          : 'The revocation is recorded and goes on by itself: gates are still being told. This page looks again in a moment.'}
      </p>
      {!isDone && <progress aria-label="Gates are being told" />}
      <Back />
    </AdminPage>
  )}`;
}

function Back() {
  return (
    <p class="after">
      <a class="button" href="/admin/links">
        To the links
      </a>
    </p>
  );
}

function linksInWords(count: number): string {
  return count === 1 ? 'one link' : `${new Intl.NumberFormat('en').format(count)} links`;
}
