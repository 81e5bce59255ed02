// Instants as an operator reads them: by the clock of where they are, or as far from now.

import { secondsInWords } from '../../lib/amounts.ts';
import { type Instant, SECOND_MS, toIso } from '../../lib/time.ts';

/** Who looks, and when. */
export type Viewer = { readonly now: Instant; readonly timeZone: string };

type Shown = { readonly at: Instant; readonly viewer: Viewer };

/** Day and time, to the second. */
export function At({ at, viewer }: Shown) {
  return <time datetime={toIso(at)}>{dateTime(at, viewer)}</time>;
}

/** "in 5 minutes", "3 days ago"; the exact instant is shown by pointing at it. */
export function FromNow({ at, viewer }: Shown) {
  const seconds = Math.round(Math.abs(at - viewer.now) / SECOND_MS);
  const words = secondsInWords('en', seconds);
  return (
    <time datetime={toIso(at)} title={dateTime(at, viewer)}>
      {at > viewer.now ? `in ${words}` : `${words} ago`}
    </time>
  );
}

function dateTime(at: Instant, { timeZone }: Viewer): string {
  return new Intl.DateTimeFormat('en-GB', {
    ...{ day: 'numeric', month: 'short', year: 'numeric', timeZone },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
    timeZoneName: 'short',
  }).format(at);
}
