// The catalog of links: filters, which are the page's address, and what matches, to be looked at or revoked.

import { html } from 'hono/html';
import type { App } from '../../apps/app.ts';
import { spentUses } from '../../links/activity.ts';
import { type Link, linkState } from '../../links/link.ts';
import { appOptions } from './app-options.ts';
import { counted, shortened, someOf } from './app-words.ts';
import { type Form, ProblemNotice, SelectField, TextField } from './form.tsx';
import { AdminPage } from './frame.tsx';
import { Names } from './live-events.tsx';
import { STATE_WORDS, StateBadge } from './state-badge.tsx';
import { FromNow, type Viewer } from './when.tsx';

export type Catalog = {
  readonly apps: readonly App[];
  /** The filters as they are, and what is wrong with them. */
  readonly form: Form;
  readonly links: readonly Link[];
  readonly nextCursor: string | null;
  /** Apps that gave no answer. */
  readonly silent?: readonly App[];
  /** What was looked for in vain. */
  readonly sought?: string;
  readonly viewer: Viewer;
};

export function linksPage(catalog: Catalog) {
  const { apps, form, links, nextCursor, silent = [], sought, viewer } = catalog;
  const names = new Map(apps.map(({ id, name }) => [id, name]));
  return html`<!doctype html>${(
    <AdminPage title="Links" section="/admin/links">
      <div class="top">
        <h1>Links</h1>
        <a class="button main" href="/admin/links/new">
          Mint a link
        </a>
      </div>
      <LookUp sought={sought} />
      <Filters form={form} apps={apps} />
      <ProblemNotice problem={form.problem} fields={shownOf(form.fields)} />
      {silent.length > 0 && (
        <p class="notice bad">
          No answer from <Names apps={silent} />: their links are not shown.
        </p>
      )}
      {form.problem ? null : links.length === 0 ? (
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

function LookUp({ sought }: { readonly sought: string | undefined }) {
  return (
    <form method="post" action="/admin/links/lookup" class="lookup">
      <label>
        Find a link by its URL or id
        <input
          name="text"
          required
          autocomplete="off"
          placeholder="https://…"
          value={sought}
          aria-invalid={sought === undefined ? undefined : 'true'}
        />
        {sought !== undefined && <small class="error">There is no such link.</small>}
      </label>
      <button type="submit" class="quiet">
        Find
      </button>
    </form>
  );
}

const MORE_FILTERS = ['store', 'keyPrefix', 'tag', 'mintedBy'];

function Filters({ form, apps }: Pick<Catalog, 'form' | 'apps'>) {
  const appNames = appOptions(apps, form.fields.get('app'));
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
  const { id, grant, limits, reported, note, tags, endedAt } = link;
  return (
    <li>
      <input
        type="checkbox"
        name="ids"
        value={id}
        aria-label={`Select ${shortened(grant.key)}, ${id}`}
      />
      <StateBadge state={linkState(link, viewer.now)} />
      <span class="what">
        <a href={`/admin/links/${id}?app=${link.app}`}>
          <bdi>{shortened(grant.key)}</bdi>
        </a>{' '}
        <small>
          {grant.store}
          {note && (
            <>
              {' '}
              · <bdi>{shortened(note)}</bdi>
            </>
          )}
          {tags.length > 0 && (
            <>
              {' '}
              · <bdi>{someOf(tags)}</bdi>
            </>
          )}
        </small>
      </span>
      <span class="more">
        {usesOf(link)}
        {counted(reported?.totals.opens ?? 0, 'open')} · <bdi>{app}</bdi> ·{' '}
        {endedAt === undefined ? endWord(limits.expiresAt, viewer) : 'ended '}
        <FromNow at={endedAt ?? limits.expiresAt} viewer={viewer} />
      </span>
    </li>
  );
}

function endWord(expiresAt: number, { now }: Viewer): string {
  return now < expiresAt ? 'ends ' : 'ended ';
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

/** Those that the page has fields for. */
function shownOf(fields: URLSearchParams): URLSearchParams {
  const shown = ['q', 'state', 'app', ...MORE_FILTERS];
  return new URLSearchParams([...fields].filter(([name]) => shown.includes(name)));
}

/** The fields of a revocation of all that match; without any, all there are. */
function matching(fields: URLSearchParams): URLSearchParams {
  const filter = new URLSearchParams(fields);
  for (const name of ['cursor', 'limit']) filter.delete(name);
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
