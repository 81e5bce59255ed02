// What happened, newest first: all of it, or of one app, of one kind, of one link.

import { html } from 'hono/html';
import type { PropsWithChildren } from 'hono/jsx';
import type { App } from '../../apps/app.ts';
import type { LatestEvents } from '../../events/latest.ts';
import { MOST_APPS } from '../../events/places.ts';
import { appOptions } from './app-options.ts';
import { EVENT_WORDS } from './event-line.tsx';
import { type Form, ProblemNotice, SelectField, TextField } from './form.tsx';
import { AdminPage } from './frame.tsx';
import {
  address,
  EVENTS_PATH,
  type EventsFilter,
  Following,
  Lines,
  Live,
  Names,
  queryOf,
  SignedOut,
  SilentNow,
} from './live-events.tsx';
import type { Viewer } from './when.tsx';

/** Only the newest page is live: on an older one nothing happens any more. */
export function eventsPage(
  filter: EventsFilter,
  found: LatestEvents,
  isNewest: boolean,
  viewer: Viewer,
) {
  const { events, older, apps, silent } = found;
  return html`<!doctype html>${(
    <AdminPage title="Events" section={EVENTS_PATH}>
      <Top>{isNewest && <Following />}</Top>
      {isNewest && <SignedOut here={address(EVENTS_PATH, filter)} />}
      <Filters form={{ fields: queryOf(filter) }} apps={apps} />
      {silent.length > 0 && (
        <p class="notice bad">
          No answer from <Names apps={silent} />, so events are missing here. Reload the page to ask
          again.
        </p>
      )}
      {filter.app === undefined && apps.length > MOST_APPS && (
        <p class="notice">
          These are the events of the {MOST_APPS} newest apps. Choose an app to see those of
          another.
        </p>
      )}
      {isNewest ? (
        <div role="log" aria-label="Events">
          <SilentNow apps={[]} />
          <Live filter={filter} found={found} viewer={viewer} />
        </div>
      ) : (
        <ul class="rows" hidden={events.length === 0}>
          <Lines filter={filter} found={found} viewer={viewer} />
        </ul>
      )}
      {events.length === 0 && <Nothing filter={filter} hasOlder={older !== null} />}
      <p class="actions next">
        {!isNewest && <a href={address(EVENTS_PATH, filter)}>Newest events</a>}
        {older !== null && (
          <a href={address(EVENTS_PATH, filter, { before: older })}>Older events</a>
        )}
      </p>
    </AdminPage>
  )}`;
}

export function refusedEventsPage(form: Form, apps: readonly App[]) {
  return html`<!doctype html>${(
    <AdminPage title="Events" section={EVENTS_PATH}>
      <Top />
      <ProblemNotice problem={form.problem} fields={form.fields} />
      <Filters form={form} apps={apps} />
    </AdminPage>
  )}`;
}

function Top({ children }: PropsWithChildren) {
  return (
    <div class="top">
      <h1>Events</h1>
      {children}
    </div>
  );
}

function Filters({ form, apps }: { readonly form: Form; readonly apps: readonly App[] }) {
  const names = appOptions(apps, form.fields.get('app'));
  return (
    <form method="get" action={EVENTS_PATH} class="filters">
      <SelectField form={form} name="app" label="App" options={{ '': 'Every app', ...names }} />
      <SelectField
        form={form}
        name="type"
        label="What happened"
        options={{ '': 'Everything', ...EVENT_WORDS }}
      />
      <TextField form={form} name="linkId" label="Link id" placeholder="lnk_…" />
      <button type="submit" class="quiet">
        Show
      </button>
    </form>
  );
}

function Nothing(props: { readonly filter: EventsFilter; readonly hasOlder: boolean }) {
  return (
    <div class="empty" id="no-events">
      <p>{nothingIn(props)}</p>
    </div>
  );
}

function nothingIn({ filter: { app, type, linkId }, hasOlder }: Parameters<typeof Nothing>[0]) {
  if (hasOlder) return 'None of the newest events is one of these. Older ones may be.';
  if (app ?? type ?? linkId)
    return 'Nothing like this has happened yet. It appears here when it does.';
  return 'Nothing has happened yet. Links that are minted, opened, refused or revoked will appear here, and so will changes of API keys.';
}
