// How things are: live links, what was opened and refused, what ends soon, and the stores.

import { html } from 'hono/html';
import type { HourlyActivity } from '../../links/hourly-activity.ts';
import type { Link } from '../../links/link.ts';
import type { Overview } from '../../links/overview.ts';
import type { StoreHealth } from '../../services.ts';
import { ActivityChart } from './activity-chart.tsx';
import { AdminPage } from './frame.tsx';
import { Names } from './live-events.tsx';
import { reasonInWords } from './reason-words.ts';
import { FromNow, type Viewer } from './when.tsx';

/** What can be looked at, by the name in the address; bars of `bucketHours` each. */
export const RANGES = {
  day: { name: '24 hours', hours: 24, bucketHours: 1 },
  week: { name: '7 days', hours: 168, bucketHours: 6 },
  month: { name: '30 days', hours: 720, bucketHours: 24 },
} as const;

export type Range = keyof typeof RANGES;

type Shown = {
  readonly overview: Overview;
  readonly stores: readonly StoreHealth[];
  readonly range: Range;
  readonly viewer: Viewer;
};

export function overviewPage({ overview, stores, range, viewer }: Shown) {
  const { apps, live, revoking, hours, endingSoon, silent } = overview;
  const opens = hours.reduce((total, hour) => total + hour.opens, 0);
  const denials = denialsOf(hours);
  const refused = denials.reduce((total, [, count]) => total + count, 0);
  const names = new Map(apps.map(({ id, name }) => [id, name]));
  const within = RANGES[range].name;
  return html`<!doctype html>${(
    <AdminPage title="Overview" section="/admin">
      <div class="top">
        <h1>Overview</h1>
        <a class="button main" href="/admin/links/new">
          Mint a link
        </a>
      </div>
      {silent.length > 0 && (
        <p class="notice bad">
          These apps give no answer right now and are not counted:{' '}
          <Names apps={apps.filter(({ id }) => silent.includes(id))} />.
        </p>
      )}
      {apps.length === 0 && (
        <p class="empty">
          There is no app yet. <a href="/admin/apps">Make the first one</a>, and a key for it.
        </p>
      )}
      <ul class="tiles">
        <Tile figure={live} name={live === 1 ? 'live link' : 'live links'} />
        <Tile figure={opens} name={`opens in ${within}`} />
        <Tile figure={refused} name={`denials in ${within}`} />
        <Tile figure={revoking} name="being revoked" />
      </ul>
      <section>
        <div class="top">
          <h2>Opens and denials</h2>
          <nav class="actions" aria-label="Period">
            {Object.entries(RANGES).map(([name, each]) => (
              <a href={`/admin?range=${name}`} aria-current={name === range ? 'true' : undefined}>
                {each.name}
              </a>
            ))}
          </nav>
        </div>
        <ActivityChart buckets={bucketsOf(hours, RANGES[range].bucketHours)} viewer={viewer} />
        <p class="after">
          As gates have reported them, some seconds ago. Edge links ask no gate, so their opens are
          not counted.
        </p>
      </section>
      <Denials denials={denials} />
      <EndingSoon links={endingSoon} names={names} viewer={viewer} />
      <Stores stores={stores} />
    </AdminPage>
  )}`;
}

function Tile({ figure, name }: { readonly figure: number; readonly name: string }) {
  return (
    <li>
      <b>{new Intl.NumberFormat('en').format(figure)}</b> {name}
    </li>
  );
}

function Denials({ denials }: { readonly denials: readonly (readonly [string, number])[] }) {
  return (
    <section>
      <h2>What was refused, and why</h2>
      {denials.length === 0 ? (
        <p class="empty">Nothing was refused in this time.</p>
      ) : (
        <ul class="rows">
          {denials.map(([reason, count]) => (
            <li>
              <span class="what">{reasonInWords(reason)}</span>
              <span class="more">{count}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

type Ending = {
  readonly links: readonly Link[];
  readonly names: ReadonlyMap<string, string>;
  readonly viewer: Viewer;
};

function EndingSoon({ links, names, viewer }: Ending) {
  return (
    <section>
      <h2>Links ending soon</h2>
      {links.length === 0 ? (
        <p class="empty">No live link ends within 24 hours.</p>
      ) : (
        <ul class="rows">
          {links.map((link) => (
            <li>
              <span class="what">
                <a href={`/admin/links/${link.id}?app=${link.app}`}>
                  <bdi>{link.grant.key}</bdi>
                </a>
              </span>
              <span class="more">
                <bdi>{names.get(link.app) ?? link.app}</bdi> · ends{' '}
                <FromNow at={link.limits.expiresAt} viewer={viewer} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Stores({ stores }: { readonly stores: readonly StoreHealth[] }) {
  return (
    <section>
      <h2>Stores</h2>
      {stores.length === 0 ? (
        <p class="empty">No store is configured yet.</p>
      ) : (
        <ul class="rows">
          {stores.map(({ alias, fault }) => (
            <li>
              <span class={fault ? 'badge bad' : 'badge good'}>{fault ? 'Failing' : 'Works'}</span>
              <span class="what">
                <a href={`/admin/stores#${alias}`}>{alias}</a> {fault}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The most frequent first. */
function denialsOf(hours: readonly HourlyActivity[]): [string, number][] {
  const totals = new Map<string, number>();
  for (const { denials } of hours) {
    for (const [reason, count] of Object.entries(denials)) {
      totals.set(reason, (totals.get(reason) ?? 0) + count);
    }
  }
  return [...totals].sort(([, a], [, b]) => b - a);
}

function bucketsOf(hours: readonly HourlyActivity[], size: number): HourlyActivity[] {
  const starts = hours.filter((_, index) => index % size === 0);
  return starts.map(({ hour }, index) => {
    const within = hours.slice(index * size, (index + 1) * size);
    return {
      hour,
      opens: within.reduce((total, { opens }) => total + opens, 0),
      denials: Object.fromEntries(denialsOf(within)),
    };
  });
}
