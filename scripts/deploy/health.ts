// Whether the gateway answers where its links will live.

import { lookup } from 'node:dns/promises';

type Waiting = {
  readonly seconds: number;
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
};

const PAUSE_MS = 3_000;
/** An address that takes longer has no gateway that anybody could use. */
const ANSWER_MS = 10_000;

/** Nothing when it answers in time, else what was last in the way. A new domain takes minutes. */
export async function waitForHealth(origin: string, waiting: Waiting): Promise<string | undefined> {
  const end = waiting.now() + waiting.seconds * 1_000;
  for (;;) {
    const fault = await healthFault(origin);
    if (fault === undefined || waiting.now() + PAUSE_MS > end) return fault;
    await waiting.pause(PAUSE_MS);
  }
}

export async function healthFault(origin: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(`${origin}/healthz`, { redirect: 'manual', signal });
    const body: unknown = await response.json().catch(() => undefined);
    const isWell = (body as { status?: unknown } | undefined)?.status === 'ok';
    return response.ok && isWell ? undefined : `it answers ${response.status}`;
  } catch (error) {
    const { message, cause } = error as Error;
    return cause instanceof Error ? cause.message : message;
  }
}

/** Whether the host leads anywhere by now, for example by a record that a deployment would replace. */
export async function leadsSomewhere(origin: string): Promise<boolean> {
  try {
    await lookup(new URL(origin).hostname);
    return true;
  } catch (error) {
    // Where nobody can tell, it may.
    return !['ENOTFOUND', 'ENODATA'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}
