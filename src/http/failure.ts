// What becomes of a throw: an outage is 503, a bug 500. The log gets the cause, the public nothing.

import type { Context } from 'hono';
import { ConfigError } from '../config.ts';
import { Unavailable } from '../lib/unavailable.ts';
import { log } from '../services.ts';
import { problemResponse } from './problem.ts';

export function answerFailure(error: Error, c: Context): Response | Promise<Response> {
  logFailure(error);
  const isOutage = error instanceof ConfigError || error instanceof Unavailable;
  return problemResponse(c, { reason: isOutage ? 'unavailable' : 'internal_error' });
}

export function logFailure(error: Error): void {
  if (error instanceof ConfigError) {
    log('error', { event: 'settings.refused', error: error.message });
  } else if (error instanceof Unavailable) {
    log('error', {
      event: 'request.failed',
      reason: 'unavailable',
      error: error.message,
      cause: String(error.cause),
    });
  } else {
    // Not its message: a platform's error may quote what it was given, such as a URL.
    log('error', {
      event: 'request.failed',
      reason: 'internal_error',
      error: error.name,
      at: frames(error),
    });
  }
}

function frames(error: Error): string[] {
  const lines = error.stack?.split('\n') ?? [];
  return lines.filter((line) => line.startsWith('    at ')).map((line) => line.trim());
}
