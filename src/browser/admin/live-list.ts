// A list whose newest entries come by themselves: the server renders them, this only asks for them.

const ASK_EVERY_MS = 3_000;
/** Once that many are shown, the oldest go as new ones come. */
const MOST_SHOWN = 200;

/**
 * `data-live` is where new entries are asked for; the answer is a list like this one, newest first, with
 * its own `data-live` for the next time.
 */
export function followEvents(list: HTMLElement): void {
  const ask = async () => {
    if (document.visibilityState === 'visible') await takeNew(list).catch(() => {});
    setTimeout(ask, ASK_EVERY_MS);
  };
  setTimeout(ask, ASK_EVERY_MS);
}

async function takeNew(list: HTMLElement): Promise<void> {
  const response = await fetch(list.dataset.live ?? '', { redirect: 'error' });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const fresh = page.querySelector<HTMLElement>('[data-live]');
  if (!fresh) return;
  list.dataset.live = fresh.dataset.live;
  const entries = [...fresh.children];
  for (const entry of entries) entry.classList.add('new');
  list.prepend(...entries);
  for (const old of [...list.children].slice(MOST_SHOWN)) old.remove();
  list.hidden = list.childElementCount === 0;
  if (entries.length > 0) document.getElementById('no-events')?.remove();
}
