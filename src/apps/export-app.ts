// Exports an app page by page.

import type { Cursors } from '../lib/cursor.ts';
import { denied, ok } from '../lib/result.ts';
import { NO_CURSOR } from '../links/list.ts';
import type { ExportPart, ExportPlace } from './backup.ts';
import type { Caller } from './caller.ts';
import type { ExportSignatures, SignedRecord } from './export-signature.ts';
import type { Answer, LedgerOf } from './ports.ts';

export type SignedPage = {
  readonly records: readonly SignedRecord[];
  readonly nextCursor: string | null;
};

/** Refuses with `invalid_request` for another export's cursor, and with what a ledger refuses with. */
export async function exportApp(
  services: { ledgerOf: LedgerOf; cursors: Cursors; exportSignatures: ExportSignatures },
  caller: Caller,
  app: string,
  cursor: string | undefined,
): Promise<Answer<SignedPage>> {
  const { ledgerOf, cursors, exportSignatures } = services;
  const list = `export of ${app}`;
  const place = cursor === undefined ? START : placeOf(await cursors.decode(list, cursor));
  if (!place) return { result: denied(NO_CURSOR) };

  const { result } = await ledgerOf(app).exportPage(caller, place);
  if (!result.ok) return { result };
  const { records, next } = result.value;
  const signed = records.map((record) => exportSignatures.sign(app, record));
  const nextCursor = next ? await cursors.encode(list, [next.part, ...(next.after ?? [])]) : null;
  return { result: ok({ records: await Promise.all(signed), nextCursor }) };
}

const START: ExportPlace = { part: 'start' };

function placeOf(decoded: readonly unknown[] | undefined): ExportPlace | undefined {
  if (!decoded) return undefined;
  const [part, ...after] = decoded as [ExportPart, ...(string | number)[]];
  return { part, after: after.length > 0 ? after : undefined };
}
