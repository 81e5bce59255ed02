// How the pages of webhooks speak of them: where they are, how they stand, and why.

import type { PropsWithChildren } from 'hono/jsx';
import { EVENT_TYPES, type EventType } from '../../events/event.ts';
import type { DisabledReason, Webhook } from '../../webhooks/webhook.ts';

/** Where in the deliveries of a webhook its page is. */
export type Place = {
  readonly status?: string | undefined;
  readonly cursor?: string | undefined;
};

/** What has just been done, in a sentence. */
export const DONE = {
  changed: 'Saved.',
  enabled: 'This webhook is enabled: it hears of what happens from now on.',
  disabled: 'This webhook is disabled: nothing is sent until you enable it again.',
  deleted: 'The webhook is deleted.',
  tested: 'A test event is on its way.',
  redelivered: 'The delivery was begun anew.',
} as const;

export type Done = keyof typeof DONE;

/** Those that are told beside the deliveries. */
const OF_DELIVERIES: readonly string[] = ['tested', 'redelivered'] satisfies Done[];

export function isOfDeliveries(done: string | undefined): boolean {
  return done !== undefined && OF_DELIVERIES.includes(done);
}

export function DoneNotice(props: PropsWithChildren<{ readonly done: string | undefined }>) {
  const { done, children } = props;
  const words = Object.hasOwn(DONE, done ?? '') ? DONE[done as Done] : undefined;
  return words ? (
    <p class="notice" role="status">
      {words} {children}
    </p>
  ) : null;
}

export function webhookPath(
  app: string,
  id: string,
  { status, cursor, done }: Place & { readonly done?: Done | undefined } = {},
): string {
  const given = Object.entries({ status, cursor, done }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const query = given.length > 0 ? `?${new URLSearchParams(given)}` : '';
  const path = `/admin/webhooks/${encodeURIComponent(app)}/${encodeURIComponent(id)}`;
  return `${path}${query}${isOfDeliveries(done) ? '#deliveries' : ''}`;
}

export function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}

export function StateBadge({ webhook }: { readonly webhook: Webhook }) {
  return webhook.disabledAt === undefined ? (
    <span class="badge good">Enabled</span>
  ) : (
    <span class="badge bad">Disabled</span>
  );
}

/** Why a webhook is disabled, to be said after when. */
export const DISABLED = {
  gone: 'its endpoint answered 410 Gone',
  by_hand: 'by hand',
  key_revoked: 'the API key that answered for it was revoked',
  key_expired: 'the API key that answered for it has expired',
  imported: 'it came with an import; enable it where its endpoint should be told',
} as const satisfies Record<DisabledReason, string>;

export function typesInWords(types: readonly EventType[] | undefined, most?: number): string {
  if (!types || types.length === EVENT_TYPES.length) return 'all events';
  if (most === undefined || types.length <= most + 1) return types.join(', ');
  return `${types.slice(0, most).join(', ')} and ${types.length - most} more types`;
}
