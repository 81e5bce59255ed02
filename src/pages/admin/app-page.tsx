// An app: what it is, its API keys, and how to stop it.

import { html } from 'hono/html';
import type { App } from '../../apps/app.ts';
import type { LinkCount } from '../../apps/ports.ts';
import { counted, quotasInWords, rateInWords, titleOf } from './app-words.ts';
import { AppBadge } from './apps-page.tsx';
import { Action } from './form.tsx';
import { AdminPage } from './frame.tsx';
import { KeyList, type KeyPage } from './key-list.tsx';
import { At, type Viewer } from './when.tsx';

/** What was just done, as a sentence. */
const DONE: Readonly<Record<string, string>> = {
  created: 'The app is there. Create an API key, with which it can mint links.',
  changed: 'The settings are saved.',
  suspended: 'The app is suspended, and its links have ended.',
  resumed: 'The app may mint links again. Those that have ended stay so.',
};

type Shown = {
  readonly app: App;
  readonly links: LinkCount;
  readonly keys: KeyPage;
  readonly viewer: Viewer;
  readonly done?: string | undefined;
};

export function appPage({ app, links, keys, viewer, done = '' }: Shown) {
  const path = `/admin/apps/${app.id}`;
  const of = new URLSearchParams({ app: app.id });
  return html`<!doctype html>${(
    <AdminPage title={titleOf(app)} section="/admin/apps">
      <div class="top">
        <h1>
          <bdi>{app.name}</bdi> <AppBadge app={app} />
        </h1>
        <div class="actions">
          <a class="button" href={`/admin/links?${of}`}>
            Links
          </a>
          <a class="button" href={`/admin/events?${of}`}>
            Events
          </a>
          <a class="button" href={`/admin/webhooks?${of}`}>
            Webhooks
          </a>
          <a class="button" href={`${path}/settings`}>
            Settings
          </a>
        </div>
      </div>
      {Object.hasOwn(DONE, done) && (
        <p class="notice" role="status">
          {DONE[done]}
        </p>
      )}
      <Facts app={app} links={links} viewer={viewer} />
      <KeyList path={path} keys={keys} viewer={viewer} />
      {app.suspendedAt === undefined ? (
        <Suspend path={path} live={links.live} />
      ) : (
        <div class="stack">
          <Action action={`${path}/resume`}>Resume this app</Action>
        </div>
      )}
    </AdminPage>
  )}`;
}

type FactsShown = { readonly app: App; readonly links: LinkCount; readonly viewer: Viewer };

function Facts({ app, links, viewer }: FactsShown) {
  const { keyPrefixes, defaults, suspendedAt } = app;
  const revoking =
    links.revoking > 0 ? `, ${links.revoking.toLocaleString('en')} being revoked` : '';
  return (
    <dl class="facts">
      <dt>Id</dt>
      <dd>{app.id}</dd>
      <dt>Links</dt>
      <dd>
        {links.live.toLocaleString('en')} live{revoking}
      </dd>
      <dt>Stores</dt>
      <dd>{app.stores.join(', ')}</dd>
      <dt>Key prefixes</dt>
      <dd>{keyPrefixes ? <bdi>{keyPrefixes.join(', ')}</bdi> : 'Any'}</dd>
      <dt>Quotas</dt>
      <dd>{quotasInWords(app.quotas)}</dd>
      {defaults.rateLimit && (
        <>
          <dt>Default rate</dt>
          <dd>{rateInWords(defaults.rateLimit)}</dd>
        </>
      )}
      <dt>Events</dt>
      <dd>
        Kept for {counted(app.eventRetentionDays, 'day')}, addresses{' '}
        {app.recordIp ? 'in clear' : 'as keyed hashes'}
      </dd>
      <dt>Made</dt>
      <dd>
        <At at={app.createdAt} viewer={viewer} />
      </dd>
      {suspendedAt !== undefined && (
        <>
          <dt>Suspended</dt>
          <dd>
            <At at={suspendedAt} viewer={viewer} />
          </dd>
        </>
      )}
    </dl>
  );
}

function Suspend({ path, live }: { readonly path: string; readonly live: number }) {
  const links = live === 0 ? '' : ` Its ${counted(live, 'live link')} will end at once, for good.`;
  return (
    <details class="confirm">
      <summary class="button">Suspend this app…</summary>
      <p>
        It can mint nothing until it is resumed, though its API keys stay.
        {links}
      </p>
      <Action action={`${path}/suspend`} isDanger>
        {live === 0 ? 'Suspend it' : `Suspend it and end ${counted(live, 'link')}`}
      </Action>
    </details>
  );
}
