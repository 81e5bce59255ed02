// A list of events that a script keeps up to date, what it asks for, and what it has to say.

import { html } from 'hono/html';
import type { App } from '../../apps/app.ts';
import type { EventType } from '../../events/event.ts';
import type { EventsSince } from '../../events/since.ts';
import { EventLine } from './event-line.tsx';
import type { Viewer } from './when.tsx';

export const EVENTS_PATH = '/admin/events';

export type EventsFilter = {
  readonly app?: string | undefined;
  readonly type?: EventType | undefined;
  readonly linkId?: string | undefined;
};

/** What the script of the newest page asks for: its list once more, with what is new alone. */
export function newEventsPart(filter: EventsFilter, found: EventsSince, viewer: Viewer) {
  return html`${(
    <>
      <SilentNow apps={found.silent} />
      <Live filter={filter} found={found} viewer={viewer} />
    </>
  )}`;
}

type Listed = {
  readonly filter: EventsFilter;
  readonly found: Pick<EventsSince, 'events' | 'apps' | 'newer'>;
  readonly viewer: Viewer;
};

export function Live(props: Listed) {
  const { filter, found } = props;
  return (
    <ul
      class="rows"
      data-live={address(`${EVENTS_PATH}/new`, filter, { after: found.newer })}
      hidden={found.events.length === 0}
    >
      <Lines {...props} />
    </ul>
  );
}

export function Lines({ filter, found: { events, apps }, viewer }: Listed) {
  const names = new Map(apps.map(({ id, name }) => [id, name]));
  return (
    <>
      {events.map(({ app, event }) => (
        <EventLine
          app={app}
          appName={filter.app === undefined ? names.get(app) : undefined}
          event={event}
          viewer={viewer}
        />
      ))}
    </>
  );
}

/** Apps that give no answer while the page is followed; the script renews it. */
export function SilentNow({ apps }: { readonly apps: readonly App[] }) {
  return (
    <div id="silent">
      {apps.length > 0 && (
        <p class="notice bad">
          No answer from <Names apps={apps} />. What happens there appears as soon as there is one.
        </p>
      )}
    </div>
  );
}

export function Names({ apps }: { readonly apps: readonly App[] }) {
  return (
    <>
      {apps.map(({ name }, index) => (
        <>
          {index > 0 && ', '}
          <bdi>{name}</bdi>
        </>
      ))}
    </>
  );
}

/** Where the script tells whether it follows, and can be paused. */
export function Following() {
  return (
    <>
      <p class="actions scripted" id="following">
        <span role="status">New events appear by themselves</span>
        <button type="button" class="quiet">
          Pause
        </button>
      </p>
      <noscript>
        <p>Without scripts this page doesn’t update by itself. Reload it to see what is new.</p>
      </noscript>
    </>
  );
}

/** What the script shows, wherever one has scrolled, once it is let in no more. */
export function SignedOut({ here }: { readonly here: string }) {
  return (
    <p class="notice bad stays" role="alert" id="signed-out" hidden>
      Your session has ended, so no new events appear here. <a href={here}>Sign in again</a> to see
      them.
    </p>
  );
}

export function queryOf(fields: Readonly<Record<string, string | undefined>>): URLSearchParams {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given as [string, string][]);
}

export function address(
  path: string,
  filter: EventsFilter,
  cursor: Readonly<Record<string, string>> = {},
) {
  const query = queryOf({ ...filter, ...cursor }).toString();
  return query === '' ? path : `${path}?${query}`;
}
