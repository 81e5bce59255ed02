// Operators ask the ledger of every app the same, or that of one: who gives no answer is named, and holds
// up nothing.

import type { App } from '../apps/app.ts';
import { askEach } from '../apps/ask-each.ts';
import type { Caller } from '../apps/caller.ts';
import type { Answer, Apps, Ledger, LedgerOf } from '../apps/ports.ts';
import { denied, ok, type Result } from '../lib/result.ts';
import type { RequestDenial } from './denial.ts';

/** What the ledger of an app answered, if it did. */
export type AppAnswer<Value> = { readonly app: string; readonly seen?: Value | undefined };

export type AskedApps<Value> = {
  /** Every app there is, newest first, whichever is meant. */
  readonly apps: readonly App[];
  /** Of those that are meant, in the same order. */
  readonly answers: readonly AppAnswer<Value>[];
};

/**
 * Refuses with `operators_only` and `app_not_found`; throws `Unavailable` for the directory alone. A plan
 * allows so many calls for each request: the apps beyond give no answer.
 */
export async function askApps<Value>(
  services: { ledgerOf: LedgerOf; apps: Apps },
  caller: Caller,
  app: string | undefined,
  ask: (ledger: Ledger) => Promise<Answer<Value>>,
): Promise<Result<AskedApps<Value>, RequestDenial>> {
  if (caller.kind !== 'operator') return denied({ reason: 'operators_only' });
  const apps = await services.apps.list();
  const meant = apps.filter(({ id }) => app === undefined || id === app);
  if (app !== undefined && meant.length === 0) return denied({ reason: 'app_not_found' });
  const asked = await askEach(meant, async ({ id }) => (await ask(services.ledgerOf(id))).result);
  if (!asked.ok) return asked;
  const answers = asked.value.map(({ app: { id }, value }) => ({ app: id, seen: value }));
  return ok({ apps, answers });
}
