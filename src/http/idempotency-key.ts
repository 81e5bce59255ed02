// The Idempotency-Key header: draft-ietf-httpapi-idempotency-key-header, with or without its quotes.

import type { Context } from 'hono';
import { denied, ok, type Result } from '../lib/result.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { Idempotency } from '../links/ports.ts';
import type { HallpassContext } from './request-context.ts';

const IDEMPOTENCY_KEY = /^(?:"([!#-[\]-~]{1,255})"|([!#-[\]-~]{1,255}))$/;

/** The key with the hashes of the checked body, `undefined` when none was sent. */
export async function readIdempotency(
  c: Context<HallpassContext>,
  body: unknown,
): Promise<Result<Idempotency | undefined, RequestDenial>> {
  const header = c.req.header('Idempotency-Key');
  if (header === undefined) return ok(undefined);
  const [, quoted, plain] = IDEMPOTENCY_KEY.exec(header) ?? [];
  const key = quoted ?? plain;
  if (key === undefined) {
    const detail =
      'the Idempotency-Key header must be 1 to 255 visible ASCII characters without quotes inside';
    return denied({ reason: 'invalid_request', errors: [{ pointer: '', detail }] });
  }
  return ok(await idempotencyOf(c, key, body));
}

/** The same key at another route is another request. */
export async function idempotencyOf(
  c: Context<HallpassContext>,
  key: string,
  body: unknown,
): Promise<Idempotency> {
  const request = [c.req.method, c.req.path, body];
  return { key, requestHashes: await c.var.services.requestHashes(request) };
}
