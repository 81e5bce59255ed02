// The newest events of every app, page by page, and what is new since.

import { describe, expect, it } from 'vitest';
import type { App } from '../../../src/apps/app.ts';
import type { Ledger } from '../../../src/apps/ports.ts';
import type { Event } from '../../../src/events/event.ts';
import { latestEvents } from '../../../src/events/latest.ts';
import { type EventServices, MOST_APPS } from '../../../src/events/places.ts';
import { eventsSince } from '../../../src/events/since.ts';
import { createCursors } from '../../../src/lib/cursor.ts';
import { randomBytes } from '../../../src/lib/random.ts';
import { ok } from '../../../src/lib/result.ts';
import { Unavailable } from '../../../src/lib/unavailable.ts';

const OPERATOR = { kind: 'operator' } as const;
const cursors = createCursors([new Uint8Array(32).fill(7)], randomBytes);

/** Apps with ledgers that look at a few rows at a time. */
function world(ids: readonly string[], rowsPerPage = 1_000) {
  const ledgers = new Map<string, Event[]>(ids.map((id) => [id, []]));
  const silent = new Set<string>();
  let now = 1_000;
  const events = (app: string) => ledgers.get(app) as Event[];
  const services: EventServices = {
    cursors,
    clock: () => ++now,
    apps: { list: async () => [...ledgers.keys()].map(appOf) } as EventServices['apps'],
    ledgerOf: (app) =>
      ({
        async latestEvents(_caller, { type }, { before = Number.MAX_SAFE_INTEGER, limit }) {
          if (silent.has(app)) throw new Unavailable('silent');
          const older = events(app).filter(({ seq }) => seq < before);
          const rows = older.toReversed().slice(0, Math.min(rowsPerPage, type ? 1_000 : limit));
          const found = rows.filter((event) => !type || event.type === type);
          const last = rows.at(-1);
          const hasRest = last !== undefined && rows.length < older.length;
          return {
            result: ok({
              events: found,
              newest: events(app).length,
              rest: hasRest ? { before: last.seq, at: last.at } : undefined,
            }),
          };
        },
        async readEvents(_caller, _filter, after, limit) {
          if (silent.has(app)) throw new Unavailable('silent');
          const newer = events(app).filter(({ seq }) => seq > after);
          const read = newer.slice(0, Math.min(limit, rowsPerPage));
          const isAll = read.length === newer.length;
          return { result: ok({ events: read, upTo: read.at(-1)?.seq ?? after, isAll }) };
        },
      }) as Partial<Ledger> as Ledger,
  };
  return {
    services,
    silent,
    open: (id: string) => ledgers.set(id, []),
    happen(app: string, type: Event['type'] = 'link.minted') {
      now += 10;
      const seq = events(app).length + 1;
      events(app).push({ seq, at: now, type, subject: 'lnk_a', actor: 'operator' });
      return `${app}${seq}`;
    },
  };
}

function appOf(id: string): App {
  const bounds = { stores: [], defaults: {}, quotas: {} };
  return { ...bounds, id, name: id, recordIp: false, eventRetentionDays: 90, createdAt: 0 };
}

type World = ReturnType<typeof world>;
type Named = readonly { readonly app: string; readonly event: Event }[];
const namesOf = (events: Named) => events.map(({ app, event }) => `${app}${event.seq}`);

async function latest({ services }: World, request: object = {}) {
  const found = await latestEvents(services, OPERATOR, { filter: {}, limit: 3, ...request });
  if (!found.ok) throw new Error(found.denial.reason);
  return found.value;
}

async function since({ services }: World, after: string, request: object = {}) {
  const found = await eventsSince(services, OPERATOR, { filter: {}, after, ...request });
  if (!found.ok) throw new Error(found.denial.reason);
  return found.value;
}

/** Every page, from the newest to the last. */
async function all(of: World, request: object = {}): Promise<string[]> {
  const names: string[] = [];
  for (let before: string | undefined; ; ) {
    const page = await latest(of, { ...request, before });
    names.push(...namesOf(page.events));
    if (page.older === null) return names;
    before = page.older;
  }
}

describe('the newest events', () => {
  it('come page by page, none twice and none left out', async () => {
    const apps = world(['a', 'b', 'quiet']);
    const names = [...'aabaabbbbaab'].map((app) => apps.happen(app)).reverse();
    expect(await all(apps)).toEqual(names);
    expect(await all(apps, { app: 'b' })).toEqual(names.filter((name) => name.startsWith('b')));
    const rare = apps.happen('a', 'link.failed');
    expect(await all(apps, { filter: { type: 'link.failed' } })).toEqual([rare]);
  });

  it('are found however rare they are, in their order', async () => {
    const apps = world(['a', 'b'], 4);
    const first = apps.happen('b', 'link.failed');
    for (let count = 0; count < 10; count++) apps.happen('a');
    const second = apps.happen('a', 'link.failed');
    for (let count = 0; count < 10; count++) apps.happen('a');
    expect(await all(apps, { filter: { type: 'link.failed' } })).toEqual([second, first]);
  });

  it('are on no older page, though they happen while the newest is read', async () => {
    const apps = world(['a', 'b']);
    const names = [...'baaaaa'].map((app) => apps.happen(app)).reverse();
    const first = await latest(apps);
    for (const app of 'ab') apps.happen(app);
    const second = await latest(apps, { before: first.older });
    expect(namesOf([...first.events, ...second.events])).toEqual(names);
  });

  it('of an app that gives no answer are missing, and are on an older page once it does', async () => {
    const apps = world(['a', 'b']);
    const [first, second] = [apps.happen('a'), apps.happen('b')];
    apps.silent.add('b');
    const page = await latest(apps);
    expect(page.silent.map(({ id }) => id)).toEqual(['b']);
    expect(namesOf(page.events)).toEqual([first]);
    apps.silent.clear();
    const older = await latest(apps, { before: page.older });
    expect(namesOf(older.events)).toEqual([second]);
    expect(older.older).toBeNull();
  });

  it('are refused with another list’s cursor, or of an app that there isn’t', async () => {
    const apps = world(['a', 'b']);
    for (const app of 'aaaabbbb') apps.happen(app);
    const { older, newer } = await latest(apps);
    for (const request of [{ before: newer }, { app: 'a', before: older }, { before: 'x' }]) {
      await expect(latest(apps, request)).rejects.toThrow('invalid_request');
    }
    await expect(since(apps, older ?? '')).rejects.toThrow('invalid_request');
    await expect(latest(apps, { app: 'c' })).rejects.toThrow('app_not_found');
  });

  it('of very many apps have a cursor that is read again', async () => {
    const ids = Array.from({ length: MOST_APPS + 1 }, (_, index) => `${index}`.padStart(13, 'x'));
    const apps = world(ids);
    const place = 1_000_000_000;
    const ledgerOf: EventServices['ledgerOf'] = (id) => ({
      ...apps.services.ledgerOf(id),
      latestEvents: async () => ({
        result: ok({ events: [], newest: place, rest: { before: place, at: 0 } }),
      }),
    });
    const large = { ...apps, services: { ...apps.services, ledgerOf } };
    const { older, newer } = await latest(large);
    expect((await latest(large, { before: older })).apps).toHaveLength(ids.length);
    expect((await since(apps, newer)).silent).toEqual([]);
  });
});

describe('what is new', () => {
  it('comes once, newest first, with what began meanwhile', async () => {
    const apps = world(['a', 'b']);
    apps.happen('a');
    const { newer } = await latest(apps);
    const names = [...'abba'].map((app) => apps.happen(app)).reverse();
    apps.open('c');
    names.unshift(apps.happen('c'));
    const first = await since(apps, newer);
    expect(namesOf(first.events)).toEqual(names);
    const last = apps.happen('c');
    const second = await since(apps, first.newer);
    expect(namesOf(second.events)).toEqual([last]);
    expect(namesOf((await since(apps, second.newer)).events)).toEqual([]);
  });

  it('waits for an app that gives no answer, and leaves the others alone', async () => {
    const apps = world(['a', 'b']);
    const { newer } = await latest(apps);
    apps.silent.add('b');
    const [first, second] = [apps.happen('a'), apps.happen('b')];
    const without = await since(apps, newer);
    expect(namesOf(without.events)).toEqual([first]);
    expect(without.silent.map(({ id }) => id)).toEqual(['b']);
    apps.silent.clear();
    expect(namesOf((await since(apps, without.newer)).events)).toEqual([second]);
  });

  it('of an app that gave no answer at first is what happened since', async () => {
    const apps = world(['a', 'b']);
    apps.happen('b');
    apps.silent.add('b');
    const { newer } = await latest(apps);
    apps.silent.clear();
    const name = apps.happen('b');
    expect(namesOf((await since(apps, newer)).events)).toEqual([name]);
  });

  it('is the newest alone where there is more than is shown', async () => {
    const apps = world(['a']);
    const { newer } = await latest(apps);
    for (let count = 0; count < 700; count++) apps.happen('a');
    const { events, newer: next } = await since(apps, newer);
    expect(events).toHaveLength(200);
    expect(events[0]?.event.seq).toBe(700);
    expect((await since(apps, next)).events).toEqual([]);
  });

  it('is skipped by nothing where it is rare', async () => {
    const apps = world(['a'], 4);
    const { newer } = await latest(apps);
    for (let count = 0; count < 10; count++) apps.happen('a');
    const seqs: number[] = [];
    for (let next = newer, asked = 0; asked < 4; asked++) {
      const found = await since(apps, next);
      seqs.push(...found.events.map(({ event }) => event.seq).reverse());
      next = found.newer;
    }
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
