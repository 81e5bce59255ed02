// A list whose newest entries come by themselves: the server renders them, this only asks for them.

import { createFollowing } from './following.ts';

const ASK_EVERY_MS = 3_000;
/** A server that gives no answer is asked less and less often, down to this. */
const LONGEST_WAIT_MS = 30_000;
/** Longer than it takes the server to give up on a ledger. */
const PATIENCE_MS = 30_000;
/** Once that many are shown, the oldest go as new ones come. */
const MOST_SHOWN = 200;

/**
 * `data-live` is where new entries are asked for; the answer is a list like this one, newest first, with
 * its own `data-live` for the next time. Nothing is asked while nobody looks, or whoever looks has paused.
 */
export async function followEvents(list: HTMLElement): Promise<void> {
  const following = createFollowing();
  for (let failures = 0; ; ) {
    await wait(Math.min(LONGEST_WAIT_MS, ASK_EVERY_MS * 2 ** failures));
    if (document.hidden || following.isPaused()) continue;
    const answer = await ask(list.dataset.live ?? '');
    if (answer === 'signed out') return following.end();
    failures = answer === undefined ? failures + 1 : 0;
    following.heard(failures === 0);
    // What comes once it is paused is asked for again later.
    if (answer !== undefined && !following.isPaused()) takeNew(list, answer);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The HTML of the answer; `undefined` where there is none, for now. */
async function ask(address: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(address, { redirect: 'manual', signal });
    // Whoever has no session is sent to where one begins; Access may also refuse.
    if (response.type === 'opaqueredirect' || response.status === 403) return 'signed out';
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}

function takeNew(list: HTMLElement, answer: string): void {
  const page = new DOMParser().parseFromString(answer, 'text/html');
  const fresh = page.querySelector<HTMLElement>('[data-live]');
  if (!fresh) return;
  list.dataset.live = fresh.dataset.live;
  showSilent(page.getElementById('silent'));
  const entries = [...fresh.children];
  if (entries.length === 0) return;
  for (const entry of entries) entry.classList.add('new');
  list.hidden = false;
  document.getElementById('no-events')?.remove();
  prepend(list, entries);
  for (const old of [...list.children].slice(MOST_SHOWN)) old.remove();
}

/** Whoever has scrolled down goes on seeing what they see. */
function prepend(list: HTMLElement, entries: readonly Element[]): void {
  const isScrolledPast = list.getBoundingClientRect().top < 0;
  const height = heightOf(list);
  list.prepend(...entries);
  if (isScrolledPast) scrollBy(0, heightOf(list) - height);
}

function heightOf(element: HTMLElement): number {
  return element.getBoundingClientRect().height;
}

/** Which apps give no answer now, if the page tells that. */
function showSilent(fresh: HTMLElement | null): void {
  const shown = document.getElementById('silent');
  if (!shown || !fresh || shown.textContent === fresh.textContent) return;
  shown.replaceChildren(...fresh.childNodes);
}
