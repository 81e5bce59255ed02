// Many links ended in one call: those of these ids and URLs, or all that match a filter.

import type { Caller } from '../apps/caller.ts';
import type { Answer, Apps, LedgerOf } from '../apps/ports.ts';
import { ok } from '../lib/result.ts';
import type { BulkRevocation, LinkFilter, LinkSelection } from './filter.ts';
import type { LinkId } from './link-ref.ts';
import type { Gates } from './ports.ts';
import { appOfLink } from './whose.ts';

export type BulkRequest = {
  readonly ids?: readonly LinkId[] | undefined;
  readonly filter: LinkFilter;
  /** Of operators: the app whose links are meant, every app's without it. */
  readonly app?: string | undefined;
  readonly dryRun: boolean;
};

/** Refuses with what a ledger refuses with; of an operator's apps the first refusal counts. */
export async function revokeMany(
  services: { ledgerOf: LedgerOf; apps: Apps; gates: Gates },
  caller: Caller,
  request: BulkRequest,
): Promise<Answer<BulkRevocation>> {
  const { ids, filter, dryRun } = request;
  const selection: LinkSelection = ids ? { ids } : { filter };
  if (caller.kind === 'key') {
    return services.ledgerOf(caller.credential.app).revokeMany(caller, selection, dryRun);
  }

  const selections = await selectionsByApp(services, request);
  let sum: BulkRevocation = { matched: 0, revoked: 0, pending: 0, complete: true };
  for (const [app, ofApp] of selections) {
    const { result } = await services.ledgerOf(app).revokeMany(caller, ofApp, dryRun);
    if (!result.ok) return { result };
    const { matched, revoked, pending, complete } = result.value;
    sum = {
      matched: sum.matched + matched,
      revoked: sum.revoked + revoked,
      pending: sum.pending + pending,
      complete: sum.complete && complete,
    };
  }
  return { result: ok(sum) };
}

/** An operator's selection, as each app it is about sees it. */
async function selectionsByApp(
  services: { apps: Apps; gates: Gates },
  { ids, filter, app }: BulkRequest,
): Promise<Map<string, LinkSelection>> {
  if (app !== undefined) return new Map([[app, ids ? { ids } : { filter }]]);
  if (!ids) {
    const apps = await services.apps.list();
    return new Map(apps.map(({ id }) => [id, { filter }]));
  }
  const byApp = new Map<string, LinkId[]>();
  for (const id of ids) {
    const owner = await appOfLink(services, id);
    if (owner !== undefined) byApp.set(owner, [...(byApp.get(owner) ?? []), id]);
  }
  return new Map([...byApp].map(([owner, owned]) => [owner, { ids: owned }]));
}
