// A streamed object as an answer. Its body flows for as long as its link is open: cut off it is visibly
// incomplete, shorter than its Content-Length or without an end.

import type { Context } from 'hono';
import type { Opened } from '../links/open.ts';
import { type Transfer, type TransferServices, untilShut } from '../links/transfer.ts';
import type { HallpassContext } from './request-context.ts';

const HEADERS = {
  // Compressed on the way, it would lose its length, its ranges and its ETag.
  'Cache-Control': 'no-store, no-transform',
  // Strangers' bytes on the gateway's origin: whatever they are, they run nothing and load nothing.
  'Content-Security-Policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
};

/** `told` are headers for the recipient: what `c.header` has set is not on an answer made here. */
export function objectResponse(
  c: Context<HallpassContext>,
  { object, transfer }: Extract<Opened, { kind: 'object' }>,
  told: Readonly<Record<string, string>> = {},
): Response {
  const { status, headers, body, size } = object;
  const flowing = body ? whileOpen(c.var.services, transfer, body, size) : null;
  return new Response(flowing, {
    status,
    headers: { ...headers, ...HEADERS, ...told },
    // It is encoded as its store has it, if at all.
    encodeBody: 'manual',
  });
}

/**
 * Both kinds of stream are the platform's own: the bytes pass through without JavaScript, one made of
 * JavaScript would look complete to the client when it is cut.
 */
function whileOpen(
  services: TransferServices,
  transfer: Transfer,
  body: ReadableStream<Uint8Array>,
  size: number | undefined,
): ReadableStream {
  const { readable, writable } =
    size === undefined ? new IdentityTransformStream() : new FixedLengthStream(size);
  const ended = new AbortController();
  const cut = new AbortController();
  body
    .pipeTo(writable, { signal: cut.signal })
    // Cut, broken off by the store or by the recipient: nobody is left to be told.
    .catch(() => {})
    .finally(() => ended.abort());
  untilShut(services, transfer, ended.signal).finally(() => cut.abort());
  return readable;
}
