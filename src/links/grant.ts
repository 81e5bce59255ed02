// What a link permits, unchanged for as long as it lives.

import type { StoredObject } from './stored-object.ts';

export const OPERATIONS = ['download', 'upload'] as const;
export type Operation = (typeof OPERATIONS)[number];
export const DISPOSITIONS = ['attachment', 'inline'] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

/** Strong: the gate decides every open. Edge: the copy in KV does, with its delay. */
export const CONSISTENCIES = ['strong', 'edge'] as const;
export type Consistency = (typeof CONSISTENCIES)[number];

/** Redirect: to a presigned URL of the storage. Stream: through the gateway, which hides the storage. */
export const DELIVERIES = ['redirect', 'stream'] as const;
export type Delivery = (typeof DELIVERIES)[number];

/** What an upload has to be like. */
export type UploadTerms = {
  readonly maxBytes: number;
  /** Media types, each also as `image/*`; anything without them. */
  readonly contentTypes?: readonly string[] | undefined;
  readonly overwrite: boolean;
  /** Whether the sender has to say what it sends, by SHA-256. */
  readonly checksum?: 'required' | undefined;
};

export type Grant = {
  /** Whose link it is: an operator who holds a URL finds the ledger by it. */
  readonly app: string;
  readonly operation: Operation;
  readonly consistency: Consistency;
  readonly store: string;
  /** Endpoint and bucket are pinned, so that a store alias pointed elsewhere re-aims no link. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly key: string;
  /** Pins one version of the object. */
  readonly versionId?: string | undefined;
  /** Absent for a redirect. */
  readonly delivery?: Delivery | undefined;
  readonly disposition: Disposition;
  readonly filename?: string | undefined;
  readonly contentType?: string | undefined;
  /** Of uploads. Their key may end in `/`: then it is where each file gets a key of its own. */
  readonly upload?: UploadTerms | undefined;
  /** The object as it was at the mint, where that was asked for. */
  readonly object?: StoredObject | undefined;
  /** From whom it is, as the app called itself when it minted. */
  readonly from?: string | undefined;
  /** Whether addresses of redeemers are kept in clear, as the app had it when it minted. */
  readonly recordIp?: boolean | undefined;
};

/** The name under which a download is saved: the one granted, or the last part of the key. */
export function grantedFilename({ filename, key }: Grant): string {
  return filename ?? key.split('/').findLast((segment) => segment !== '') ?? 'download';
}

/**
 * What a browser may show in place: formats that can't run script on the origin they come from.
 * SVG, HTML and XML can, so they are always downloaded.
 */
const INLINE_TYPES =
  /^(?:image\/(?:avif|bmp|gif|jpeg|png|webp)|(?:audio|video)\/(?!.*\+xml$)[a-z0-9.+-]+|application\/pdf|text\/plain)$/;

export function isInlineType(contentType: string): boolean {
  const [essence = ''] = contentType.split(';');
  return INLINE_TYPES.test(essence.trim().toLowerCase());
}
