// What is learnt of a request on the way to its answer, for the log and for measurements: nothing in
// here is secret, and nothing is what a client wrote.

import type { Context } from 'hono';
import type { LinkId } from '../links/link-ref.ts';
import type { Reason } from './problems.ts';

export type Noted = {
  /** Only of a link that there is: what a client takes for a link id may be a token. */
  readonly link?: LinkId | undefined;
  readonly app?: string | undefined;
  /** Why it was refused, as operators see it. */
  readonly reason?: Reason | undefined;
  /** What was done, where that is something else than its route usually does. */
  readonly outcome?: string | undefined;
  /** How many of each outcome, where one request has many. */
  readonly outcomes?: Readonly<Record<string, number>> | undefined;
};

export function note(c: Context, more: Noted): void {
  c.set('noted', { ...notedOf(c), ...more });
}

export function notedOf(c: Context): Noted {
  return (c.get('noted') as Noted | undefined) ?? {};
}
