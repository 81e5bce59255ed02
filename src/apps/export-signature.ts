// Each record of an export is signed for its app, so that a file that was tampered with, which could open
// any object, is not imported.

import { canonicalJson } from '../lib/canonical-json.ts';
import { type Bytes, equalInConstantTime, hex, hmacSha256, utf8 } from '../lib/digest.ts';
import { createPurposeKeys } from '../lib/root-keys.ts';
import { EXPORT_VERSION, type ExportRecord } from './backup.ts';

export type SignedRecord = ExportRecord & { readonly signature: string };

export type ExportSignatures = {
  sign(app: string, record: ExportRecord): Promise<SignedRecord>;
  /** Whether a record was exported from this app under one of the root keys, and is unchanged. */
  isAuthentic(app: string, record: SignedRecord): Promise<boolean>;
};

export function createExportSignatures(rootKeys: readonly Bytes[]): ExportSignatures {
  const keys = createPurposeKeys(rootKeys, 'export');

  async function signatureOf(key: CryptoKey, app: string, { kind, data }: ExportRecord) {
    return hex(await hmacSha256(key, utf8(canonicalJson([EXPORT_VERSION, app, kind, data]))));
  }

  return {
    async sign(app, record) {
      const { key } = await keys.newest();
      return { ...record, signature: await signatureOf(key, app, record) };
    },
    async isAuthentic(app, record) {
      for (const { key } of await keys.all()) {
        const expected = await signatureOf(key, app, record);
        if (equalInConstantTime(utf8(expected), utf8(record.signature))) return true;
      }
      return false;
    },
  };
}
