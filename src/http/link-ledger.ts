// In whose ledger a link is.

import type { Context } from 'hono';
import type { Ledger } from '../apps/ports.ts';
import type { LinkId } from '../links/link-ref.ts';
import { appOfLink } from '../links/whose.ts';
import type { HallpassContext } from './request-context.ts';

/** An app's own ledger; for an operator that of the app it names, or of the app whose link it is. */
export async function ledgerOfLink(
  c: Context<HallpassContext>,
  id: LinkId,
): Promise<Ledger | undefined> {
  const { services, caller } = c.var;
  if (caller.kind === 'key') return services.ledgerOf(caller.credential.app);
  const app = c.req.query('app') ?? (await appOfLink(services, id));
  return app === undefined ? undefined : services.ledgerOf(app);
}
