// What a form asks for is done once, however often it is sent, and whoever clicks twice sees what it gave.

import type { Context } from 'hono';
import type { Answer } from '../../apps/ports.ts';
import { onceOf } from '../../http/admin-page.ts';
import type { HallpassContext } from '../../http/request-context.ts';
import { pause } from '../../lib/pause.ts';
import type { Result } from '../../lib/result.ts';
import type { RequestDenial } from '../../links/denial.ts';
import type { Idempotency } from '../../links/ports.ts';

/** A second click waits for what the first has begun: its answer is the one that is shown. */
const WAITS_MS = [100, 200, 400, 800, 1_600];

/** The same form with other contents, as after going back, asks for another thing. */
export async function once<Value>(
  c: Context<HallpassContext>,
  fields: URLSearchParams,
  ask: (idempotency: Idempotency | undefined) => Promise<Answer<Value>>,
): Promise<Result<Value, RequestDenial>> {
  const given = await onceOf(c, fields);
  const idempotency = given && { ...given, key: `${given.key} ${given.requestHashes[0]}` };
  for (const waitMs of WAITS_MS) {
    const { result } = await ask(idempotency);
    if (result.ok || result.denial.reason !== 'idempotency_key_in_use') return result;
    await pause(waitMs, c.req.raw.signal);
  }
  return (await ask(idempotency)).result;
}
