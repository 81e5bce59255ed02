// The events of several apps as one list.

import { describe, expect, it } from 'vitest';
import type { Event } from '../../../src/events/event.ts';
import { type AppEvents, mergeEvents } from '../../../src/events/merge.ts';

/** Each event is its place and its instant. */
function list(app: string, events: readonly [number, number][], restAt?: number): AppEvents {
  return { app, restAt, events: events.map(([seq, at]) => event(seq, at)) };
}

function event(seq: number, at: number): Event {
  return { seq, at, type: 'link.minted', subject: 'lnk_a', actor: 'operator' };
}

const merged = (lists: readonly AppEvents[], limit = 50) =>
  mergeEvents(lists, limit).map(({ app, event: { seq } }) => `${app}${seq}`);

const a = list('a', [
  [3, 90],
  [2, 50],
  [1, 10],
]);
const b = list('b', [
  [8, 70],
  [7, 50],
]);

describe('events of several apps', () => {
  it('are one list, newest first, and of the same instant by app', () => {
    expect(merged([a, b])).toEqual(['a3', 'b8', 'a2', 'b7', 'a1']);
    expect(merged([b, a])).toEqual(['a3', 'b8', 'a2', 'b7', 'a1']);
  });

  it('are no more than were asked for', () => {
    expect(merged([a, b], 3)).toEqual(['a3', 'b8', 'a2']);
    expect(merged([])).toEqual([]);
  });

  it('keep the order of their ledger, whatever their instants say', () => {
    const late = list('c', [
      [6, 20],
      [5, 95],
      [4, 15],
    ]);
    expect(merged([a, late])).toEqual(['a3', 'a2', 'c6', 'c5', 'c4', 'a1']);
  });

  it('end where those of an app begin that were not read', () => {
    const unread = list('c', [[9, 80]], 60);
    expect(merged([a, b, unread])).toEqual(['a3', 'c9', 'b8']);
    // Of one where nothing was found it is known how far it was read.
    expect(merged([a, b, list('c', [], 60)])).toEqual(['a3', 'b8']);
    expect(merged([a, list('c', [], 99)])).toEqual([]);
  });
});
