// Exports of apps on the wire. What a record holds is its format's affair, and proved by its signature.

import * as z from 'zod';
import { RECORD_KINDS, RECORDS_PER_IMPORT } from '../apps/backup.ts';
import { count, oneOf } from './field.ts';
import { cursor } from './page.ts';

export const exportQuery = z.strictObject({ cursor });

export const exportRecord = z
  .strictObject({
    kind: oneOf(RECORD_KINDS),
    data: z.looseObject({}, 'must be an object'),
    signature: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
  })
  .meta({ id: 'ExportRecord' });

export const exportPage = z
  .object({
    records: z.array(exportRecord),
    nextCursor: z.string().nullable().meta({ description: 'To go on with; null at the end.' }),
  })
  .meta({ id: 'ExportPage' });

const inNumbers = `must be a list of 1 to ${RECORDS_PER_IMPORT} records`;

export const importBody = z
  .strictObject({
    records: z
      .array(exportRecord, inNumbers)
      .min(1, inNumbers)
      .max(RECORDS_PER_IMPORT, inNumbers)
      .meta({ description: 'In the order of the export; at most 10 of them links.' }),
  })
  .meta({ id: 'Import' });

export const imported = z
  .object({
    imported: count.meta({ description: 'Records that changed something.' }),
    unchanged: count,
    dropped: count.meta({ description: 'Events whose place another event has.' }),
    unsettled: count.meta({
      description: 'Links whose gates have still to be told; the gateway goes on by itself.',
    }),
  })
  .meta({ id: 'Imported' });
