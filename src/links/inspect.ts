// An app looks at its link: the ledger knows the link, the gate what has happened to it.

import type { Caller } from '../apps/caller.ts';
import type { Answer, Ledger } from '../apps/ports.ts';
import { ok } from '../lib/result.ts';
import { Unavailable } from '../lib/unavailable.ts';
import type { Activity } from './activity.ts';
import type { Link } from './link.ts';
import type { LinkId } from './link-ref.ts';
import type { Gates } from './ports.ts';

export type InspectedLink = {
  readonly link: Link;
  /** Not known of edge links, of links long ended, and while the gate can't answer. */
  readonly activity: Activity | undefined;
};

/** Refuses with what the ledger refuses with, such as `link_not_found`. */
export async function inspectLink(
  services: { ledger: Ledger; gates: Gates },
  caller: Caller,
  id: LinkId,
): Promise<Answer<InspectedLink>> {
  const { result, rate } = await services.ledger.inspect(caller, id);
  if (!result.ok) return { result, rate };
  const link = result.value;
  const isEdge = link.grant.consistency === 'edge';
  const activity = isEdge ? undefined : await activityAt(services.gates, id);
  return { result: ok({ link, activity }), rate };
}

async function activityAt(gates: Gates, id: LinkId): Promise<Activity | undefined> {
  try {
    return await gates.inspect(id);
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}
