// What a request carries through the app besides itself.

import type { Context, MiddlewareHandler } from 'hono';
import type { Caller } from '../apps/caller.ts';
import type { Env } from '../config.ts';
import { log, type Services, servicesOf } from '../services.ts';
import type { Noted } from './note.ts';

export type HallpassContext = {
  Bindings: Env;
  Variables: {
    services: Services;
    caller: Caller;
    noted: Noted;
    /** Of a form that was read, so that nothing of it is lost when what it asks for fails. */
    fields?: URLSearchParams;
  };
};

export function requestContext(): MiddlewareHandler<HallpassContext> {
  return async function requestContext(c, next) {
    c.set('services', servicesOf(c.env));
    await next();
  };
}

/** Lets work finish after the answer; its failure is logged and changes nothing. */
export function deferTo(c: Context<HallpassContext>): (work: Promise<void>) => void {
  return (work) => {
    const logged = work.catch((error: unknown) => {
      log('warn', { event: 'deferred_work.failed', error: String(error) });
    });
    c.executionCtx.waitUntil(logged);
  };
}
