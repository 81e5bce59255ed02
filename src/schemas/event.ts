// Events on the wire.

import { z } from 'zod';
import { EVENT_TYPES, type Event, eventId, type Summary } from '../events/event.ts';
import { toIso } from '../lib/time.ts';
import { cursor, limit } from './page.ts';
import { text } from './text.ts';

export const eventQuery = z.strictObject({
  app: text(1, 32).optional(),
  after: cursor,
  type: z.enum(EVENT_TYPES, `must be one of ${EVENT_TYPES.join(', ')}`).optional(),
  linkId: text(1, 64).optional(),
  limit,
});

export function eventOnWire(app: string, { seq, type, at, subject, actor, data }: Event) {
  return {
    id: eventId(app, seq),
    type,
    at: toIso(at),
    actor,
    ...(type.startsWith('key.') ? { keyId: subject } : { linkId: subject }),
    data: data && 'count' in data ? summaryOnWire(data) : (data ?? {}),
  };
}

function summaryOnWire({ from, to, ...counts }: Summary) {
  return { ...counts, from: toIso(from), to: toIso(to) };
}
