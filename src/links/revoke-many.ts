// Many links ended in one call: those of these ids and URLs, or all that match a filter.

import { isLost } from '../apps/ask-each.ts';
import type { Caller } from '../apps/caller.ts';
import type { Answer, Apps, LedgerOf } from '../apps/ports.ts';
import { ok } from '../lib/result.ts';
import { Unavailable } from '../lib/unavailable.ts';
import type { BulkRevocation, LinkFilter, LinkSelection } from './filter.ts';
import type { LinkId } from './link-ref.ts';
import type { Gates, Grants } from './ports.ts';
import { appOfLink } from './whose.ts';

/** How many gates are asked at a time whose link it is. */
const LOOK_UPS_AT_ONCE = 20;

export type EveryRevocation = BulkRevocation & {
  /** Ids of apps that gave an operator no answer, or whose ledger was lost: nothing is recorded for them, which keeps it from being complete. */
  readonly silent?: readonly string[];
};

export type BulkRequest = {
  readonly ids?: readonly LinkId[] | undefined;
  readonly filter: LinkFilter;
  /** Of operators: the app whose links are meant, every app's without it. */
  readonly app?: string | undefined;
  readonly dryRun: boolean;
};

/**
 * Refuses with what a ledger refuses with. Of an operator's apps one that gives no answer keeps the others
 * from nothing: the revocation is then not complete.
 */
export async function revokeMany(
  services: { ledgerOf: LedgerOf; apps: Apps; gates: Gates; grants: Grants },
  caller: Caller,
  request: BulkRequest,
): Promise<Answer<EveryRevocation>> {
  const { ids, filter, dryRun } = request;
  const selection: LinkSelection = ids ? { ids } : { filter };
  const owner = caller.kind === 'key' ? caller.credential.app : request.app;
  if (owner !== undefined) return services.ledgerOf(owner).revokeMany(caller, selection, dryRun);

  const { selections, isEveryAppKnown } = await selectionsByApp(services, request);
  const silent: string[] = [];
  let sum: BulkRevocation = { matched: 0, revoked: 0, pending: 0, complete: isEveryAppKnown };
  for (const [app, ofApp] of selections) {
    const answer = await orUnknown(services.ledgerOf(app).revokeMany(caller, ofApp, dryRun));
    if (answer && !answer.result.ok && !isLost(answer.result.denial)) return answer;
    if (!answer?.result.ok) silent.push(app);
    else sum = added(sum, answer.result.value);
  }
  const complete = sum.complete && silent.length === 0;
  return { result: ok({ ...sum, complete, silent }) };
}

function added(sum: BulkRevocation, more: BulkRevocation): BulkRevocation {
  return {
    matched: sum.matched + more.matched,
    revoked: sum.revoked + more.revoked,
    pending: sum.pending + more.pending,
    complete: sum.complete && more.complete,
  };
}

type Selections = {
  readonly selections: ReadonlyMap<string, LinkSelection>;
  readonly isEveryAppKnown: boolean;
};

/** An operator's selection, as each app it is about sees it. */
async function selectionsByApp(
  services: { apps: Apps; gates: Gates; grants: Grants },
  { ids, filter }: BulkRequest,
): Promise<Selections> {
  if (!ids) {
    const apps = await services.apps.list();
    return { selections: new Map(apps.map(({ id }) => [id, { filter }])), isEveryAppKnown: true };
  }
  let isEveryAppKnown = true;
  const byApp = new Map<string, LinkId[]>();
  const look = async (id: LinkId) => {
    const found = await orUnknown(appOfLink(services, id).then((app) => ({ app })));
    if (!found) isEveryAppKnown = false;
    if (found?.app !== undefined) byApp.set(found.app, [...(byApp.get(found.app) ?? []), id]);
  };
  for (let start = 0; start < ids.length; start += LOOK_UPS_AT_ONCE) {
    await Promise.all(ids.slice(start, start + LOOK_UPS_AT_ONCE).map(look));
  }
  const selections = new Map([...byApp].map(([owner, owned]) => [owner, { ids: owned }]));
  return { selections, isEveryAppKnown };
}

/** `undefined` for whoever gives no answer. */
async function orUnknown<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}
