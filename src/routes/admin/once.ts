// What a form asks for is done once, however often it is sent: each form has a random `once`.

import type { Context } from 'hono';
import type { Answer } from '../../apps/ports.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { textIn } from '../../lib/form-values.ts';
import { pause } from '../../lib/pause.ts';
import type { Result } from '../../lib/result.ts';
import { isClaim } from '../../links/claim.ts';
import type { RequestDenial } from '../../links/denial.ts';
import type { Idempotency } from '../../links/ports.ts';

/** A second click waits for what the first has begun, since its answer is the one that is shown. */
const WAITS_MS = [100, 200, 400, 800, 1_600];

/**
 * The same form with the same contents again gets the same answer. With others, as after going back, it
 * asks for another thing.
 */
export async function once<Value>(
  c: Context<HallpassContext>,
  fields: URLSearchParams,
  body: unknown,
  ask: (idempotency: Idempotency | undefined) => Promise<Answer<Value>>,
): Promise<Result<Value, RequestDenial>> {
  const idempotency = await idempotencyOf(c, fields, body);
  for (const waitMs of WAITS_MS) {
    const { result } = await ask(idempotency);
    if (result.ok || result.denial.reason !== 'idempotency_key_in_use') return result;
    await pause(waitMs, c.req.raw.signal);
  }
  return (await ask(idempotency)).result;
}

async function idempotencyOf(
  c: Context<HallpassContext>,
  fields: URLSearchParams,
  body: unknown,
): Promise<Idempotency | undefined> {
  const drawn = textIn(fields, 'once');
  if (drawn === undefined || !isClaim(drawn)) return undefined;
  const requestHashes = await c.var.services.requestHashes([c.req.method, c.req.path, body]);
  return { key: `${drawn} ${requestHashes[0]}`, requestHashes };
}
