// What a form asks for is done once, however often it is sent, and whoever clicks twice sees what it gave.

import type { Context } from 'hono';
import { idempotencyOf } from '../../http/idempotency-key.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { pause } from '../../lib/pause.ts';
import type { Result } from '../../lib/result.ts';
import { isClaim } from '../../links/claim.ts';
import type { RequestDenial } from '../../links/denial.ts';
import type { Idempotency } from '../../links/ports.ts';

/** A second click waits for what the first has begun: its answer is the one that is shown. */
const WAITS_MS = [100, 200, 400, 800, 1_600];

/** The same form with other contents, as after going back, asks for another thing. */
export async function once<Value>(
  c: Context<HallpassContext>,
  fields: URLSearchParams,
  ask: (idempotency: Idempotency | undefined) => Promise<Result<Value, RequestDenial>>,
): Promise<Result<Value, RequestDenial>> {
  const idempotency = await idempotencyIn(c, fields);
  for (const waitMs of WAITS_MS) {
    const result = await ask(idempotency);
    if (result.ok || result.denial.reason !== 'idempotency_key_in_use') return result;
    await pause(waitMs, c.req.raw.signal);
  }
  return ask(idempotency);
}

/** By the random value that the form was shown with, and what is in it. */
async function idempotencyIn(
  c: Context<HallpassContext>,
  fields: URLSearchParams,
): Promise<Idempotency | undefined> {
  const drawn = fields.get('once') ?? '';
  if (!isClaim(drawn)) return undefined;
  const given = await idempotencyOf(c, drawn, fields.toString());
  return { ...given, key: `${drawn} ${given.requestHashes[0]}` };
}
