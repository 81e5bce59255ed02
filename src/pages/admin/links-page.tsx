// The catalog of links: filters, which are the page's address, and what matches, to be looked at or revoked.

import { html } from 'hono/html';
import type { App } from '../../apps/app.ts';
import { spentUses } from '../../links/activity.ts';
import { type Link, linkState } from '../../links/link.ts';
import { type Form, ProblemNotice, SelectField, TextField } from './form.tsx';
import { AdminPage } from './frame.tsx';
import { STATE_WORDS, StateBadge } from './state-badge.tsx';
import { FromNow, type Viewer } from './when.tsx';

export type Catalog = {
  readonly apps: readonly App[];
  /** The filters as they are, and what is wrong with them. */
  readonly form: Form;
  readonly links: readonly Link[];
  readonly nextCursor: string | null;
  readonly viewer: Viewer;
};

export function linksPage({ apps, form, links, nextCursor, viewer }: Catalog) {
  const names = new Map(apps.map(({ id, name }) => [id, name]));
  return html`<!doctype html>${(
    <AdminPage title="Links" section="/admin/links">
      <div class="top">
        <h1>Links</h1>
        <a class="button main" href="/admin/links/new">
          Mint a link
        </a>
      </div>
      <LookUp />
      <Filters form={form} apps={apps} />
      <ProblemNotice problem={form.problem} />
      {links.length === 0 ? (
        <Nothing isFiltered={isFiltered(form.fields)} hasMore={nextCursor !== null} />
      ) : (
        <form method="get" action="/admin/links/revoke" class="list">
          <div class="actions">
            <label class="check scripted">
              <input type="checkbox" data-selects="ids" />
              <span>All on this page</span>
            </label>
            <button type="submit" class="danger">
              Revoke selected…
            </button>
            <a class="button" href={`/admin/links/revoke?${matching(form.fields)}`}>
              Revoke all that match…
            </a>
          </div>
          <ul class="rows">
            {links.map((link) => (
              <Row link={link} app={names.get(link.app) ?? link.app} viewer={viewer} />
            ))}
          </ul>
        </form>
      )}
      {nextCursor !== null && (
        <p class="next">
          <a href={`/admin/links?${older(form.fields, nextCursor)}`}>Older links</a>
        </p>
      )}
    </AdminPage>
  )}`;
}

function LookUp() {
  return (
    <form method="post" action="/admin/links/lookup" class="lookup">
      <label>
        Find a link by its URL or id
        <input name="text" required autocomplete="off" placeholder="https://…" />
      </label>
      <button type="submit" class="quiet">
        Find
      </button>
    </form>
  );
}

const MORE_FILTERS = ['store', 'keyPrefix', 'tag', 'mintedBy'];

function Filters({ form, apps }: Pick<Catalog, 'form' | 'apps'>) {
  const appNames = Object.fromEntries(apps.map(({ id, name }) => [id, name]));
  return (
    <form method="get" action="/admin/links" class="filters" aria-label="Filters">
      <TextField form={form} name="q" label="Words in key or note" />
      <SelectField form={form} name="state" label="State" options={{ '': 'Any', ...STATE_WORDS }} />
      <SelectField form={form} name="app" label="App" options={{ '': 'Every app', ...appNames }} />
      <div class="actions">
        <button type="submit">Filter</button>
        {isFiltered(form.fields) && <a href="/admin/links">Clear</a>}
      </div>
      <details open={MORE_FILTERS.some((name) => form.fields.has(name))}>
        <summary>More filters</summary>
        <div class="filters">
          <TextField form={form} name="store" label="Store" />
          <TextField form={form} name="keyPrefix" label="Key begins with" />
          <TextField form={form} name="tag" label="Tag" />
          <TextField form={form} name="mintedBy" label="Minted by" />
        </div>
      </details>
    </form>
  );
}

type RowProps = { readonly link: Link; readonly app: string; readonly viewer: Viewer };

function Row({ link, app, viewer }: RowProps) {
  const { id, grant, limits, reported, note, tags } = link;
  return (
    <li>
      <input type="checkbox" name="ids" value={id} aria-label={`Select ${id}`} />
      <StateBadge state={linkState(link, viewer.now)} />
      <span class="what">
        <a href={`/admin/links/${id}?app=${link.app}`}>
          <bdi>{grant.key}</bdi>
        </a>{' '}
        <small>
          {grant.store}
          {note && (
            <>
              {' '}
              · <bdi>{note}</bdi>
            </>
          )}
          {tags.map((tag) => (
            <>
              {' '}
              · <bdi>{tag}</bdi>
            </>
          ))}
        </small>
      </span>
      <span class="more">
        {usesOf(link)}
        {reported?.totals.opens ?? 0} opens · <bdi>{app}</bdi> ·{' '}
        {viewer.now < limits.expiresAt ? 'ends ' : 'ended '}
        <FromNow at={limits.expiresAt} viewer={viewer} />
      </span>
    </li>
  );
}

function usesOf({ limits: { maxUses }, reported }: Link): string {
  if (maxUses === undefined) return '';
  return `${reported ? spentUses(reported.totals) : 0} of ${maxUses} uses · `;
}

function Nothing(props: { readonly isFiltered: boolean; readonly hasMore: boolean }) {
  const { isFiltered, hasMore } = props;
  if (hasMore) {
    return (
      <p class="empty">None of the newest links match. There may be some among the older ones.</p>
    );
  }
  return (
    <p class="empty">
      {isFiltered
        ? 'No link matches. Take a filter away, or look at all links.'
        : 'There is no link yet. Mint one here, or let an app mint it with an API key.'}
    </p>
  );
}

/** The fields of a revocation of all that match; without any, all there are. */
function matching(fields: URLSearchParams): URLSearchParams {
  const filter = new URLSearchParams(fields);
  filter.delete('cursor');
  if (![...filter].some(([name]) => name !== 'app')) filter.set('all', 'true');
  return filter;
}

function older(fields: URLSearchParams, cursor: string): URLSearchParams {
  const next = new URLSearchParams(fields);
  next.set('cursor', cursor);
  return next;
}

function isFiltered(fields: URLSearchParams): boolean {
  return [...fields].some(([name]) => name !== 'cursor');
}
