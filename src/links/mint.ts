// An app mints a link: the ledger and the gate have it before this returns, the cache soon after.

import type { Credential } from '../apps/api-key.ts';
import type { Result } from '../lib/result.ts';
import type { RequestDenial } from './denial.ts';
import type { Grants, Ledgers, MintCommand, MintedLink } from './ports.ts';

/** Refuses with any `RequestDenial`. `defer` keeps work alive that the answer needn't wait for. */
export async function mintLink(
  services: { ledgers: Ledgers; grants: Grants; defer: (work: Promise<void>) => void },
  credential: Credential,
  command: MintCommand,
): Promise<Result<MintedLink, RequestDenial>> {
  const minted = await services.ledgers.mint(credential, command);
  if (!minted.ok) return minted;
  const { id, grant, limits } = minted.value.link;
  // The copies of edge links decide: the ledger alone writes them, in order.
  if (grant.consistency === 'strong') {
    services.defer(services.grants.put(id, { grant }, limits.expiresAt));
  }
  return minted;
}
