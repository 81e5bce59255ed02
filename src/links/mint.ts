// An app mints a link: the ledger and the gate have it before this returns, the cache soon after.

import type { Caller } from '../apps/caller.ts';
import type { Answer, Ledger } from '../apps/ports.ts';
import type { MintTerms } from './draft.ts';
import type { Grants, Idempotency, MintedLink } from './ports.ts';

/** Refuses with any `RequestDenial`. `defer` keeps work alive that the answer needn't wait for. */
export async function mintLink(
  services: { ledger: Ledger; grants: Grants; defer: (work: Promise<void>) => void },
  caller: Caller,
  terms: MintTerms,
  idempotency: Idempotency | undefined,
): Promise<Answer<MintedLink>> {
  const minted = await services.ledger.mint(caller, terms, idempotency);
  if (!minted.result.ok) return minted;
  const { id, grant, limits } = minted.result.value.link;
  // The copies of edge links decide: the ledger alone writes them, in order.
  if (grant.consistency === 'strong') {
    services.defer(services.grants.put(id, { grant }, limits.expiresAt));
  }
  return minted;
}
