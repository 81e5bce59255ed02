// Stores that an app is to have and this deployment doesn't.

import type { Context } from 'hono';
import type { FieldError } from '../links/denial.ts';
import type { HallpassContext } from './request-context.ts';

export function unknownStores(
  c: Context<HallpassContext>,
  stores: readonly string[],
): FieldError[] {
  const known = c.var.services.config.stores;
  return stores.flatMap((alias, index) =>
    known.has(alias) ? [] : [{ pointer: `/stores/${index}`, detail: 'must be a configured store' }],
  );
}
