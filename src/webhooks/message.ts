// What is sent of an event: its type, its time, and the event as its app can read it.

import { type Event, eventId } from '../events/event.ts';
import { shownEvent } from '../events/shown-event.ts';
import { type Instant, toIso } from '../lib/time.ts';
import type { WebhookId } from './webhook.ts';

const TEST_TYPE = 'webhook.test';

/** The id is the `webhook-id` for ever; the body is what is signed, byte by byte. */
export type Message = { readonly id: string; readonly type: string; readonly body: string };

export function messageOf(app: string, event: Event): Message {
  return {
    id: eventId(app, event.seq),
    type: event.type,
    body: bodyOf(event.type, event.at, shownEvent(app, event)),
  };
}

export function testMessage(id: string, webhookId: WebhookId, now: Instant): Message {
  return { id, type: TEST_TYPE, body: bodyOf(TEST_TYPE, now, { webhookId }) };
}

function bodyOf(type: string, at: Instant, data: object): string {
  return JSON.stringify({ type, timestamp: toIso(at), data });
}
