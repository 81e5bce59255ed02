// Whose ledger a request is about: an app's own, whatever it names; for an operator that of the app it
// names.

import type { Context } from 'hono';
import type { Ledger } from '../apps/ports.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import type { RequestDenial } from '../links/denial.ts';
import type { HallpassContext } from './request-context.ts';

/** Refuses with `invalid_request` when an operator names no app. */
export function ledgerOfApp(
  { var: { services, caller } }: Context<HallpassContext>,
  named: string | undefined,
): Result<{ readonly app: string; readonly ledger: Ledger }, RequestDenial> {
  const app = caller.kind === 'key' ? caller.credential.app : named;
  if (app !== undefined) return ok({ app, ledger: services.ledgerOf(app) });
  const errors = [{ pointer: '/app', detail: 'must be the id of an app' }];
  return denied({ reason: 'invalid_request', errors });
}
