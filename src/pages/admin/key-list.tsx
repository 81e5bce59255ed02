// The API keys of an app, a page of them.

import type { ShownKey } from '../../apps/ports.ts';
import { boundsInWords, keyName, keyState, shortened } from './app-words.ts';
import { KeyBadge } from './key-badge.tsx';
import { FromNow, type Viewer } from './when.tsx';

export type KeyPage = { readonly items: readonly ShownKey[]; readonly nextCursor: string | null };

type Keys = {
  /** Of the app on the dashboard. */
  readonly path: string;
  readonly keys: KeyPage;
  readonly viewer: Viewer;
};

export function KeyList({ path, keys: { items, nextCursor }, viewer }: Keys) {
  return (
    <>
      <div class="top">
        <h2 id="keys">API keys</h2>
        <a class="button main" href={`${path}/keys/new`}>
          New API key
        </a>
      </div>
      {items.length === 0 ? (
        <div class="empty">
          <p>It has no API key yet. Create one, with which it can mint links.</p>
        </div>
      ) : (
        <ul class="rows">
          {items.map((key) => (
            <KeyRow path={path} shown={key} viewer={viewer} />
          ))}
        </ul>
      )}
      {nextCursor && (
        <p class="next">
          <a href={`${path}?${new URLSearchParams({ cursor: nextCursor })}#keys`}>More API keys</a>
        </p>
      )}
    </>
  );
}

type Row = { readonly path: string; readonly shown: ShownKey; readonly viewer: Viewer };

function KeyRow({ path, shown, viewer }: Row) {
  const { id, note, scopes, createdBy, expiresAt } = shown;
  const state = keyState(shown, viewer.now);
  const isOver = state === 'revoked' || state === 'expired';
  return (
    <li id={id}>
      <span class="what">
        <a href={`${path}/keys/${id}`}>
          <bdi>{shortened(keyName(shown))}</bdi>
        </a>{' '}
        <KeyBadge state={state} />
        <br />
        <small>
          {scopes.join(', ')}; <bdi>{boundsInWords(shown)}</bdi>
        </small>
      </span>
      <span class="more">
        {note && `${id}, `}by {createdBy}, <FromNow at={shown.createdAt} viewer={viewer} />
        {expiresAt !== undefined && !isOver && (
          <>
            , ends <FromNow at={expiresAt} viewer={viewer} />
          </>
        )}
      </span>
    </li>
  );
}
