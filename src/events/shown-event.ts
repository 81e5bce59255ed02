// An event as it is shown: to whoever reads it and to webhooks alike.

import { toIso } from '../lib/time.ts';
import { type Event, eventId, type Summary } from './event.ts';

export function shownEvent(app: string, { seq, type, at, subject, actor, data }: Event) {
  return {
    id: eventId(app, seq),
    type,
    at: toIso(at),
    actor,
    ...(type.startsWith('key.') ? { keyId: subject } : { linkId: subject }),
    data: data && 'count' in data ? shownSummary(data) : (data ?? {}),
  };
}

function shownSummary({ from, to, ...counts }: Summary) {
  return { ...counts, from: toIso(from), to: toIso(to) };
}
