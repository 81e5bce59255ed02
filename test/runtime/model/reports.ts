// At the end of a history: whatever was lost, repeated or evicted on the way, the ledger has heard of
// each use once, and its catalog counts what its events say.

import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { expect, vi } from 'vitest';
import { json, realEnv } from '../../support/api.ts';
import type { Model } from './link-model.ts';
import type { World } from './world.ts';

/** Longer than any gate waits for its next report. */
const REPORT_WAIT = 601_000;
const DAY = 86_400_000;

type EventOnWire = {
  readonly type: string;
  readonly linkId: string;
  readonly data: { readonly use?: number; readonly count?: number };
};

export async function expectReported(model: Model, world: World): Promise<void> {
  // Gates forget an ended link after a week, reported or not.
  const known = model.links.filter(
    ({ gate, id }) => id && gate && model.now + REPORT_WAIT < gate.is.limits.expiresAt + 7 * DAY,
  );
  vi.setSystemTime(model.now + REPORT_WAIT);
  for (const { id = '' } of known) {
    await runDurableObjectAlarm(realEnv.GATES.getByName(id) as unknown as DurableObjectStub);
  }
  const events = await eventsOf(world);
  for (const { id = '', gate } of known) {
    const own = events.filter(({ linkId }) => linkId === id);
    const uses = own.flatMap(({ type, data }) => (type === 'link.redeemed' ? [data.use] : []));
    expect(uses).toEqual(Array.from({ length: gate?.uses ?? 0 }, (_, index) => index + 1));
    const opens = own.filter(({ type }) => type === 'link.opened');
    const opened = opens.reduce((sum, { data }) => sum + (data.count ?? 0), 0);
    expect(opened).toBe((await reportedOf(world.app.id, id))?.totals.opens ?? 0);
  }
}

async function eventsOf({ ask }: World): Promise<EventOnWire[]> {
  const events: EventOnWire[] = [];
  let after = '';
  while (true) {
    const response = await ask('GET', `/v1/events?limit=200${after && `&after=${after}`}`);
    const { items, nextCursor } = await json<{ items: EventOnWire[]; nextCursor: string }>(
      response,
    );
    if (items.length === 0) return events;
    events.push(...items);
    after = nextCursor;
  }
}

type Reported = { readonly totals: { readonly opens: number } };

function reportedOf(app: string, id: string): Promise<Reported | undefined> {
  const ledger = realEnv.LEDGERS.getByName(app) as unknown as DurableObjectStub;
  return runInDurableObject(ledger, (_, { storage }) => {
    const { reported } = storage.sql
      .exec<{ reported: string | null }>('SELECT reported FROM links WHERE id = ?', id)
      .one();
    return reported === null ? undefined : (JSON.parse(reported) as Reported);
  });
}
