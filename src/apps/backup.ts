// What the export of an app is made of: a record for each thing that its ledger keeps, in the order in
// which they are to be imported. No token, claim or secret is among them.

import type { Event } from '../events/event.ts';
import type { Link } from '../links/link.ts';
import type { KeptWebhook } from '../webhooks/webhook.ts';
import type { StoredKey } from './api-key.ts';
import type { App } from './app.ts';

export const EXPORT_FORMAT = 'hallpass-export';
export const EXPORT_VERSION = 1;

export const RECORD_KINDS = [
  'header',
  'app',
  'event',
  'key',
  'webhook',
  'link',
  /** What comes after it in a file is not of it; without it a file was cut off. */
  'end',
] as const;

export type RecordKind = (typeof RECORD_KINDS)[number];

export type ExportHeader = {
  readonly format: typeof EXPORT_FORMAT;
  readonly version: typeof EXPORT_VERSION;
  readonly app: string;
  readonly exportedAt: string;
  /** The highest place that an event has ever had. */
  readonly lastEvent: number;
};

/** An API key with its hash in hexadecimal. */
export type ExportedKey = Omit<StoredKey, 'hash'> & { readonly hash: string };

/** A link without what follows from where it is imported. */
export type ExportedLink = Omit<Link, 'app' | 'settled'>;

export type ExportRecord =
  | { readonly kind: 'header'; readonly data: ExportHeader }
  | { readonly kind: 'app'; readonly data: App }
  | { readonly kind: 'event'; readonly data: Event }
  | { readonly kind: 'key'; readonly data: ExportedKey }
  | { readonly kind: 'webhook'; readonly data: KeptWebhook }
  | { readonly kind: 'link'; readonly data: ExportedLink }
  | { readonly kind: 'end'; readonly data: Record<string, never> };

/** Where a page of an export begins: a part of it, and a place in that part. */
export const EXPORT_PARTS = ['start', 'events', 'keys', 'webhooks', 'links', 'end'] as const;

export type ExportPart = (typeof EXPORT_PARTS)[number];

export type ExportPlace = {
  readonly part: ExportPart;
  readonly after?: readonly (string | number)[] | undefined;
};

export type ExportPage = {
  readonly records: readonly ExportRecord[];
  /** Absent after the last page. */
  readonly next?: ExportPlace | undefined;
};

export type ImportResult = {
  /** Records that changed something. */
  readonly imported: number;
  readonly unchanged: number;
  /** Events whose place another event has. */
  readonly dropped: number;
  /** Links whose gates have still to be told; the ledger goes on by itself. */
  readonly unsettled: number;
};

/** Each may need its gate and KV more than once, and the Free plan allows 50 such calls for each request. */
export const LINKS_PER_IMPORT = 10;
export const RECORDS_PER_IMPORT = 100;
