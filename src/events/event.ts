// Events: what happened to the links and keys of an app, in the order in which its ledger heard of it.

import type { KeyId } from '../apps/api-key.ts';
import { encodeBase62 } from '../lib/base62.ts';
import type { Instant } from '../lib/time.ts';
import type { LinkId } from '../links/link-ref.ts';

export const EVENT_TYPES = [
  'link.minted',
  'link.changed',
  'link.opened',
  'link.denied',
  'link.redeemed',
  'link.uploaded',
  'link.upload_rejected',
  'link.revoked',
  'link.expired',
  'link.failed',
  'key.created',
  'key.rotated',
  'key.revoked',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** How events name who opened a link. */
export const RECIPIENT = 'recipient';

export const DEFAULT_RETENTION_DAYS = 90;

/** Opens or denials of a while, added up by the link's gate. */
export type Summary = {
  readonly count: number;
  readonly byReason?: Readonly<Record<string, number>> | undefined;
  /** By ISO 3166-1 code; XX where no country is known. */
  readonly byCountry: Readonly<Record<string, number>>;
  readonly from: Instant;
  readonly to: Instant;
};

/** One use, spent once. */
export type Redemption = {
  /** The first use of a link is 1. */
  readonly use: number;
  readonly country?: string | undefined;
  /** A keyed hash of the IPv4 address or the IPv6 /64. */
  readonly addressHash: string;
  /** In clear only where the app keeps addresses. */
  readonly address?: string | undefined;
};

/** What was uploaded, as the store has it. */
export type UploadedFile = {
  readonly key: string;
  readonly size: number;
  readonly contentType?: string | undefined;
  readonly etag?: string | undefined;
  readonly sha256?: string | undefined;
};

/** The fields that a change named, without their values. */
export type ChangedFields = { readonly fields: readonly string[] };

export type EventData = Summary | Redemption | UploadedFile | ChangedFields;

export type Event = {
  /** Its place in the ledger: later events have higher ones. */
  readonly seq: number;
  readonly type: EventType;
  readonly at: Instant;
  readonly subject: LinkId | KeyId;
  /** The id of an API key, `operator`, `recipient` or `hallpass`. */
  readonly actor: string;
  readonly data?: EventData | undefined;
};

/** A place has 48 bits: more events than any ledger has room for. */
const SEQ_BYTES = 6;

/** The same for the same event whenever it is read, and no other event's anywhere. */
export function eventId(app: string, seq: number): string {
  const bytes = new Uint8Array(SEQ_BYTES);
  for (let rest = seq, index = SEQ_BYTES - 1; index >= 0; index--) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return `evt_${app}${encodeBase62(bytes)}`;
}

export type EventFilter = {
  readonly type?: EventType | undefined;
  readonly linkId?: LinkId | undefined;
};

export type EventPage = {
  readonly events: readonly Event[];
  /** Up to where events have been read: what comes later comes after it. */
  readonly upTo: number;
  /** Whether there was nothing more. */
  readonly isAll: boolean;
};

/** How many of the newest events, below a place where one is given. */
export type LatestRequest = { readonly before?: number | undefined; readonly limit: number };

export type LatestPage = {
  /** The newest first. */
  readonly events: readonly Event[];
  /** The place of the newest event there was, whatever the filter: what happens later comes after it. */
  readonly newest: number;
  /** Where older events begin, and when about; absent when there are none. */
  readonly rest?: { readonly before: number; readonly at: Instant } | undefined;
};
