// What a client would like to get: people's browsers ask for HTML, programs for JSON or anything.

import type { Context } from 'hono';
import { accepts } from 'hono/accepts';

const ANYTHING = '*/*';

export function wantsPage(c: Context): boolean {
  return preferred(c) === 'text/html';
}

/** Whether JSON was asked for by name. */
export function wantsJson(c: Context): boolean {
  return preferred(c) === 'application/json';
}

/** Whether a config file of curl was asked for. */
export function wantsCurl(c: Context): boolean {
  return c.req.header('Accept') === 'text/plain';
}

function preferred(c: Context): string {
  const supports = ['text/html', 'application/json', 'application/problem+json'];
  return accepts(c, { header: 'Accept', supports, default: ANYTHING });
}
