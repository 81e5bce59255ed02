// A recipient opens a link: KV says what it is, the gate says whether it may open now.

import { denied, type Result } from '../lib/result.ts';
import { Unavailable } from '../lib/unavailable.ts';
import type { LinkDenial } from './denial.ts';
import type { Gates, Grants, Presign } from './ports.ts';
import type { Tokens } from './token.ts';

/** Answers a presigned URL. Refuses with `not_found`, `expired`, `revoked` or `store_unavailable`. */
export async function openLink(
  services: { tokens: Tokens; grants: Grants; gates: Gates; presign: Presign },
  request: { readonly token: string; readonly method: 'GET' | 'HEAD' },
): Promise<Result<string, LinkDenial>> {
  const id = await services.tokens.linkIdOf(request.token);
  if (id === undefined) return denied({ reason: 'not_found' });

  const cached = await services.grants.get(id);
  const decision = await services.gates.open(id, { wantsGrant: cached === undefined });
  if (!decision.ok) return decision;

  const { expiresAt, grant = cached } = decision.value;
  if (grant === undefined) throw new Unavailable('the gate permitted an open without a grant');
  return services.presign({ method: request.method, grant, expiresAt });
}
