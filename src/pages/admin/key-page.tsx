// An API key: what it may do, its successor, and its end.

import { html } from 'hono/html';
import type { App } from '../../apps/app.ts';
import type { ShownKey } from '../../apps/ports.ts';
import { secondsInWords } from '../../lib/amounts.ts';
import { counted, type KeyState, keyState, shortened, titleOf } from './app-words.ts';
import { CheckBox, type FormProblem, Hidden, ProblemNotice } from './form.tsx';
import { AdminPage } from './frame.tsx';
import { KeyBadge } from './key-badge.tsx';
import { At, type Viewer } from './when.tsx';

/** What was just done, as a sentence. */
const DONE: Readonly<Record<string, string>> = {
  revoked: 'The API key is revoked, and with it those that it made.',
  'revoked-with-links': 'The API key is revoked, and the links that it minted have ended.',
};

type Shown = {
  readonly app: App;
  readonly shown: ShownKey;
  readonly viewer: Viewer;
  readonly once: string;
  readonly problem?: FormProblem | undefined;
  readonly done?: string | undefined;
};

export function keyPage({ app, shown, viewer, once, problem, done = '' }: Shown) {
  const path = `/admin/apps/${app.id}/keys/${shown.id}`;
  const state = keyState(shown, viewer.now);
  return html`<!doctype html>${(
    <AdminPage title={`API key of ${titleOf(app)}`} section="/admin/apps">
      <div class="top">
        <h1>
          {shown.note ? <bdi>{shortened(shown.note)}</bdi> : 'API key'} <KeyBadge state={state} />
        </h1>
        <a href={`/admin/apps/${app.id}#${shown.id}`}>
          API keys of <bdi>{app.name}</bdi>
        </a>
      </div>
      <ProblemNotice problem={problem} />
      {Object.hasOwn(DONE, done) && (
        <p class="notice" role="status">
          {DONE[done]}
        </p>
      )}
      <dl class="facts">
        <Identity app={app} shown={shown} viewer={viewer} />
        <Bounds shown={shown} />
        <dt>Links</dt>
        <dd>
          <a href={`/admin/links?${new URLSearchParams({ app: app.id, mintedBy: shown.id })}`}>
            Those that it minted
          </a>
        </dd>
      </dl>
      {state === 'live' && <Rotate path={path} once={once} />}
      <Revoke path={path} state={state} />
    </AdminPage>
  )}`;
}

function Identity({ app, shown, viewer }: Pick<Shown, 'app' | 'shown' | 'viewer'>) {
  const { id, note, createdAt, createdBy, expiresAt, revokedAt, rotatedTo } = shown;
  const isOver = expiresAt !== undefined && expiresAt <= viewer.now;
  return (
    <>
      <dt>Id</dt>
      <dd>{id}</dd>
      {note && (
        <>
          <dt>Note</dt>
          <dd>
            <bdi>{note}</bdi>
          </dd>
        </>
      )}
      <dt>Made</dt>
      <dd>
        <At at={createdAt} viewer={viewer} /> by <KeyLink app={app} id={createdBy} />
      </dd>
      <dt>{isOver ? 'Ended' : 'Ends'}</dt>
      <dd>{expiresAt === undefined ? 'Never' : <At at={expiresAt} viewer={viewer} />}</dd>
      {revokedAt !== undefined && (
        <>
          <dt>Revoked</dt>
          <dd>
            <At at={revokedAt} viewer={viewer} />
          </dd>
        </>
      )}
      {rotatedTo !== undefined && (
        <>
          <dt>Replaced by</dt>
          <dd>
            <KeyLink app={app} id={rotatedTo} />
          </dd>
        </>
      )}
    </>
  );
}

/** What made a key is another key, or an operator. */
function KeyLink({ app, id }: { readonly app: App; readonly id: string }) {
  return id.startsWith('key_') ? (
    <a href={`/admin/apps/${app.id}/keys/${id}`}>{id}</a>
  ) : (
    <span>{id}</span>
  );
}

function Bounds({ shown }: { readonly shown: ShownKey }) {
  const { scopes, stores, keyPrefixes, operations, maxTtlSeconds, requestsPerMinute } = shown;
  return (
    <>
      <dt>Scopes</dt>
      <dd>{scopes.join(', ')}</dd>
      <dt>Stores</dt>
      <dd>{stores?.join(', ') ?? 'As its app'}</dd>
      <dt>Key prefixes</dt>
      <dd>{keyPrefixes ? <bdi>{keyPrefixes.join(', ')}</bdi> : 'As its app'}</dd>
      <dt>Operations</dt>
      <dd>{operations?.join(', ') ?? 'Any'}</dd>
      <dt>Longest life of a link</dt>
      <dd>{maxTtlSeconds === undefined ? 'As anywhere' : secondsInWords('en', maxTtlSeconds)}</dd>
      <dt>Requests</dt>
      <dd>{counted(requestsPerMinute, 'request')} a minute at most</dd>
    </>
  );
}

function Rotate({ path, once }: { readonly path: string; readonly once: string }) {
  return (
    <details class="confirm">
      <summary class="button">Rotate it…</summary>
      <p>
        Creates a key with the same bounds to take its place. Both work for 24 hours, then this one
        ends.
      </p>
      <form method="post" action={`${path}/rotate`}>
        <Hidden name="once" value={once} />
        <button type="submit" class="quiet">
          Create its successor
        </button>
      </form>
    </details>
  );
}

function Revoke({ path, state }: { readonly path: string; readonly state: KeyState }) {
  const isRevoked = state === 'revoked';
  const form = { fields: new URLSearchParams() };
  return (
    <details class="confirm">
      <summary class="button">{isRevoked ? 'Revoke its links…' : 'Revoke it…'}</summary>
      <p>
        {isRevoked
          ? 'Every link that it, or a key it made, has minted ends at once, for good.'
          : 'It ends at once, for good, and with it every key that it made and their webhooks.'}
      </p>
      <form method="post" action={`${path}/revoke`}>
        {isRevoked ? (
          <Hidden name="revokeLinks" value="true" />
        ) : (
          <CheckBox
            form={form}
            name="revokeLinks"
            label="Also revoke every link that they have minted"
            hint="For a key that is not to be trusted any more."
          />
        )}
        <button type="submit" class="danger">
          {isRevoked ? 'Revoke its links' : 'Revoke this API key'}
        </button>
      </form>
    </details>
  );
}
