// What can go wrong with a call, and which calls know that it can.

import type { Kind } from './stubs.ts';

/**
 * What befalls a call: it never arrives; its answer is lost; the object is overloaded; the connection
 * breaks before or after the work was done, and the platform invites to try again; it takes longer than
 * its caller waits, without or with the work done; it arrives later though it was given up; its caller
 * dies before or after it.
 */
export const CALL_FAULTS = [
  'lost',
  'unanswered',
  'overloaded',
  'disconnected',
  'disconnected after',
  'slow',
  'slow but done',
  'late',
  'crash before',
  'crash after',
] as const;

export type CallFault = (typeof CALL_FAULTS)[number];

/** The fault of the n-th call, from 0, that anybody makes during a command. */
export type Planned = { readonly nth: number; readonly fault: CallFault };

/** For more than one command. */
export type Outage = 'down' | 'overloaded' | 'slow';
export type KvMode = 'up' | 'down' | 'limited' | 'losing' | 'hanging';

/** What may happen long after it was given up, since its caller expects that. */
export const MAY_BE_LATE = new Set([
  'gate.write',
  'gate.open',
  'gate.beginUpload',
  'gate.noteUpload',
  'ledger.report',
  'ledger.configure',
  'ledger.disableGone',
  'outbox.take',
]);

/** Who makes a call that is not the Worker's. */
export const CALLERS: Record<string, Kind> = {
  'gate.write': 'ledger',
  'outbox.take': 'ledger',
  'ledger.report': 'gate',
  'ledger.configure': 'directory',
  'ledger.disableGone': 'outbox',
};

export function overloaded(): Error {
  return Object.assign(new Error('the object is overloaded'), {
    overloaded: true,
    retryable: true,
  });
}

export function disconnected(): Error {
  return Object.assign(new Error('the connection was lost'), { retryable: true });
}
