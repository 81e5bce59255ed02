// What the ledger of every app measures, or of one, for whoever watches them.

import { denied, type Result } from '../lib/result.ts';
import type { RequestDenial } from '../links/denial.ts';
import { type Answers, askEach } from './ask-each.ts';
import type { Caller } from './caller.ts';
import type { Apps, LedgerMetrics, LedgerOf } from './ports.ts';

/**
 * Newest app first. Refuses with `operators_only` and `app_not_found`; throws `Unavailable` for the directory
 * alone. A plan allows so many calls for each request: the apps beyond give no answer.
 */
export async function metricsOf(
  services: { ledgerOf: LedgerOf; apps: Apps },
  caller: Caller,
  app: string | undefined,
): Promise<Result<Answers<LedgerMetrics>, RequestDenial>> {
  if (caller.kind !== 'operator') return denied({ reason: 'operators_only' });
  const apps = await services.apps.list();
  const meant = apps.filter(({ id }) => app === undefined || id === app);
  if (app !== undefined && meant.length === 0) return denied({ reason: 'app_not_found' });
  return askEach(meant, async ({ id }) => (await services.ledgerOf(id).metrics(caller)).result);
}
