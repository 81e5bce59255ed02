// An app looks at its link: the ledger knows the link, the gate what has happened to it.

import type { Credential } from '../apps/api-key.ts';
import { ok, type Result } from '../lib/result.ts';
import { Unavailable } from '../lib/unavailable.ts';
import type { Activity } from './activity.ts';
import type { RequestDenial } from './denial.ts';
import type { Link } from './link.ts';
import type { LinkId } from './link-ref.ts';
import type { Gates, Ledgers } from './ports.ts';

export type InspectedLink = {
  readonly link: Link;
  /** Not known of edge links, of links long ended, and while the gate can't answer. */
  readonly activity: Activity | undefined;
};

/** Refuses with `unauthenticated` or `link_not_found`. */
export async function inspectLink(
  services: { ledgers: Ledgers; gates: Gates },
  credential: Credential,
  id: LinkId,
): Promise<Result<InspectedLink, RequestDenial>> {
  const found = await services.ledgers.inspect(credential, id);
  if (!found.ok) return found;
  const link = found.value;
  const isEdge = link.grant.consistency === 'edge';
  return ok({ link, activity: isEdge ? undefined : await activityAt(services.gates, id) });
}

async function activityAt(gates: Gates, id: LinkId): Promise<Activity | undefined> {
  try {
    return await gates.inspect(id);
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}
