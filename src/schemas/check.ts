// The check of an app's links on the wire.

import * as z from 'zod';
import type { LedgerCheck } from '../apps/ports.ts';
import { FINDING_KINDS } from '../links/check.ts';
import { count, flag, oneOf, shownId } from './field.ts';
import { cursor } from './page.ts';

export const checkAppBody = z
  .strictObject({
    cursor,
    repair: flag.default(false).meta({
      description: 'Whether what differs is written again. An end always wins; nothing is revived.',
    }),
  })
  .meta({ id: 'AppCheckRequest', example: { repair: true } });

export const finding = z
  .object({
    linkId: shownId('lnk'),
    kind: oneOf(FINDING_KINDS).meta({
      description:
        '`unsettled`: the gate has still to be told. `gate_…`: the gate knows nothing of the link, has an older or a newer version, has ended it, is open although it has ended, or has other limits. `uses_forgotten`: it has counted fewer uses than it reported. `kv_…`: KV lacks an edge link, or has another copy.',
    }),
    repaired: z.boolean(),
  })
  .meta({ id: 'Finding' });

export const appCheck = z
  .object({
    checked: count.meta({ description: 'How many links this page looked at.' }),
    findings: z.array(finding),
    nextCursor: z.string().nullable().meta({ description: 'To go on with; null at the end.' }),
  })
  .meta({ id: 'AppCheck' });

/** @internal The client’s declarations leave it out. */
export function checkOnWire({ checked, findings }: LedgerCheck, nextCursor: string | null) {
  return { checked, findings: [...findings], nextCursor };
}
