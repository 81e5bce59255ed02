// Events on the wire.

import { z } from 'zod';
import { EVENT_TYPES, type Event } from '../events/event.ts';
import { shownEvent } from '../events/shown-event.ts';
import { cursor, limit } from './page.ts';
import { text } from './text.ts';

export const eventQuery = z.strictObject({
  app: text(1, 32).optional(),
  after: cursor,
  type: z.enum(EVENT_TYPES, `must be one of ${EVENT_TYPES.join(', ')}`).optional(),
  linkId: text(1, 64).optional(),
  limit,
});

export function eventOnWire(app: string, event: Event) {
  return shownEvent(app, event);
}
