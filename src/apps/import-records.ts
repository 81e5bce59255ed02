// Imports some records of an app's export: the app into the directory, the others into its ledger.

import { denied, ok, type Result } from '../lib/result.ts';
import type { FieldError, RequestDenial } from '../links/denial.ts';
import { type ImportResult, LINKS_PER_IMPORT } from './backup.ts';
import type { Caller } from './caller.ts';
import type { ExportSignatures, SignedRecord } from './export-signature.ts';
import type { Answer, Apps, LedgerOf } from './ports.ts';

/** Refuses with `invalid_request` for what isn't an export of this app, and with what a ledger refuses with. */
export async function importRecords(
  services: { ledgerOf: LedgerOf; apps: Apps; exportSignatures: ExportSignatures },
  caller: Caller,
  app: string,
  records: readonly SignedRecord[],
): Promise<Answer<ImportResult>> {
  const accepted = await accept(services.exportSignatures, app, records);
  if (!accepted.ok) return { result: accepted };

  const own = records.find(({ kind }) => kind === 'app');
  const isNewApp = own?.kind === 'app' && (await services.apps.restore(own.data));
  const { result } = await services.ledgerOf(app).importRecords(caller, records);
  if (!result.ok || !own) return { result };
  const { imported, unchanged } = result.value;
  return {
    result: ok({
      ...result.value,
      imported: imported + (isNewApp ? 1 : 0),
      unchanged: unchanged + (isNewApp ? 0 : 1),
    }),
  };
}

async function accept(
  signatures: ExportSignatures,
  app: string,
  records: readonly SignedRecord[],
): Promise<Result<undefined, RequestDenial>> {
  const links = records.filter(({ kind }) => kind === 'link').length;
  if (links > LINKS_PER_IMPORT) {
    return refused({ pointer: '/records', detail: `must have at most ${LINKS_PER_IMPORT} links` });
  }
  const authentic = records.map((record) => signatures.isAuthentic(app, record));
  const forged = (await Promise.all(authentic)).indexOf(false);
  if (forged < 0) return ok(undefined);
  const detail = 'must be as this app was exported, under the same LINK_KEYS';
  return refused({ pointer: `/records/${forged}`, detail });
}

function refused(error: FieldError): Result<undefined, RequestDenial> {
  return denied({ reason: 'invalid_request', errors: [error] });
}
