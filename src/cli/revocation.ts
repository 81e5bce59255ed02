// Revokes what is selected and watches until every gate has been told. Watching changes nothing: links
// minted meanwhile are not caught by it.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Hallpass } from '../client/hallpass.ts';
import type { Revocation, Selection } from '../client/types.ts';

/** How often it asks how far the gateway is. */
const INTERVAL_MS = 500;

const NOTHING: Revocation = { matched: 0, revoked: 0, pending: 0, complete: true };

export type Watch = {
  readonly signal: AbortSignal;
  /** Until when, by `Date.now()`. */
  readonly until: number;
  onProgress(done: number, of: number): void;
};

/** How many links are meant that have not ended. */
export function count(
  { links }: Hallpass,
  selections: readonly Selection[],
  signal: AbortSignal,
): Promise<Revocation> {
  return sumOf(selections, (selection) =>
    links.revokeMany({ ...selection, dryRun: true }, { signal }),
  );
}

/** Sends a revocation; from each answer on the gateway goes on by itself. */
export function send(
  { links }: Hallpass,
  selections: readonly Selection[],
  signal: AbortSignal,
): Promise<Revocation> {
  return sumOf(selections, (selection) => links.revokeMany(selection, { signal }));
}

/** Waits for what is still under way. Answers what is left when time is up. */
export async function watch(
  hallpass: Hallpass,
  selections: readonly Selection[],
  sent: Revocation,
  { signal, until, onProgress }: Watch,
): Promise<Revocation> {
  let now = sent;
  let total = sent.matched;
  while (!isDone(now) && Date.now() < until) {
    onProgress(total - now.pending, total);
    await sleep(INTERVAL_MS, undefined, { signal });
    const left = await count(hallpass, selections.map(leftOf(sent)), signal);
    total = Math.max(total, left.matched);
    now = { ...left, matched: total, revoked: total - left.matched, pending: left.matched };
  }
  return now;
}

export function isDone({ pending, complete }: Revocation): boolean {
  return pending === 0 && complete;
}

/**
 * Once the gateway has looked at every link, those it has still to tell are in the state `revoking`: what
 * was minted since isn't. Until then it may be any that match.
 */
function leftOf({ complete }: Revocation) {
  return (selection: Selection): Selection => {
    if (selection.ids || selection.urls || !complete) return selection;
    const { all: _all, ...filter } = selection;
    return { ...filter, state: 'revoking' };
  };
}

async function sumOf(
  selections: readonly Selection[],
  ask: (selection: Selection) => Promise<Revocation>,
): Promise<Revocation> {
  let sum = NOTHING;
  for (const selection of selections) {
    const { matched, revoked, pending, complete } = await ask(selection);
    sum = {
      matched: sum.matched + matched,
      revoked: sum.revoked + revoked,
      pending: sum.pending + pending,
      complete: sum.complete && complete,
    };
  }
  return sum;
}
