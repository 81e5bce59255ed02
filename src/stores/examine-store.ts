// The probes of a check, and their order: as links use the store, and then what they don't need. What
// the answers mean is in diagnose.ts.

import type { Store } from '../config.ts';
import {
  clockFindings,
  deleteFindings,
  firstFault,
  isFailing,
  isServed,
  listFindings,
  overrideFindings,
  publicFindings,
  readFault,
  writeFault,
} from './diagnose.ts';
import { exposureFindings, preflightFindings, UPLOAD_HEADERS } from './diagnose-cors.ts';
import { type Finding, finding } from './finding.ts';
import type { Probe } from './probe-store.ts';
import { contentDisposition } from './response-overrides.ts';
import type { Outcome } from './store-answer.ts';

/** What the probes of one check share. */
export type Examination = {
  readonly store: Store;
  readonly probe: Probe;
  /** An object that is there. */
  readonly key?: string | undefined;
  /** A key that nobody has written. */
  readonly unknownKey: string;
  readonly write: boolean;
  /** Where the pages are that upload. */
  readonly publicUrl: string;
};

const PROBE_BODY = 'Written by a check of Hallpass, and safe to delete.\n';

/** What every download asks for, by the header that shows it. */
const ASKED = {
  'Cache-Control': 'private, no-store',
  'Content-Disposition': contentDisposition('attachment', 'Prüfung (1).txt'),
};
const OVERRIDES = {
  'response-cache-control': ASKED['Cache-Control'],
  'response-content-disposition': ASKED['Content-Disposition'],
};

/** One signed request comes first: what spoils it would spoil all others too. */
export async function examineStore(examination: Examination): Promise<Finding[]> {
  const { store, probe, key, unknownKey } = examination;
  const first = await probe.firstByte(key ?? unknownKey);
  const drift = clockFindings(store, first);
  const fault = firstFault(store, key, first);
  if (fault) return [fault, ...drift];
  const [ofBucket, ofObject] = await Promise.all([
    examineBucket(examination, first),
    key === undefined ? [] : examineObject(examination, key, first),
  ]);
  return [...drift, ...ofBucket, ...ofObject, ...(await examineWrite(examination, first))];
}

/** What may be done with the bucket, by Hallpass, by anybody and by pages. */
async function examineBucket(
  { store, probe, unknownKey, publicUrl, write }: Examination,
  first: Outcome,
): Promise<Finding[]> {
  // Of what isn't there, so that no name of an object is answered.
  const list = { 'list-type': '2', 'max-keys': '1', prefix: unknownKey };
  const [listed, listedByAnybody, preflight] = await Promise.all([
    probe.signed({ method: 'GET', key: '', query: list }),
    probe.unsigned({ method: 'GET', key: '', query: list }),
    probe.unsigned({
      method: 'OPTIONS',
      key: unknownKey,
      headers: {
        Origin: publicUrl,
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Headers': UPLOAD_HEADERS.join(','),
      },
    }),
  ]);
  const cors = preflightFindings(store, preflight, publicUrl);
  return [
    ...listFindings(store, listed, first),
    ...publicFindings(store, listedByAnybody, 'the list of objects'),
    ...cors,
    ...(cors.length > 0 || write ? [] : [finding('cors_etag_unseen', store)]),
  ];
}

/** Whether an object can be read, under the name that is asked for, and by anybody. */
async function examineObject(
  { store, probe }: Examination,
  key: string,
  first: Outcome,
): Promise<Finding[]> {
  const fault = readFault(store, key, first);
  if (fault) return [fault];
  const [overridden, unsigned] = await Promise.all([
    probe.firstByte(key, OVERRIDES),
    probe.unsigned({ method: 'GET', key, headers: { Range: 'bytes=0-0' } }),
  ]);
  return [
    ...overrideFindings(store, overridden, ASKED),
    ...publicFindings(store, unsigned, `"${key}"`),
  ];
}

/** Writes an object as an upload link does, reads it where no other was read, and deletes it. */
async function examineWrite(examination: Examination, first: Outcome): Promise<Finding[]> {
  const { store, probe, key, unknownKey, write, publicUrl } = examination;
  const unproven = key === undefined ? [finding('get_object_unproven', store)] : [];
  if (!write) return unproven;
  const written = await probe.signed({
    method: 'PUT',
    key: unknownKey,
    headers: { 'content-type': 'text/plain', 'if-none-match': '*' },
    unsignedHeaders: { Origin: publicUrl },
    body: PROBE_BODY,
  });
  const fault = writeFault(store, unknownKey, written);
  if (fault) {
    // A write that got no clear answer may have been done all the same.
    const deleted = isFailing(written) ? await deleteWritten(examination, written) : [];
    return [fault, ...unproven, ...deleted];
  }
  const isRead = key !== undefined && !readFault(store, key, first);
  const read = isRead
    ? []
    : await examineObject(examination, unknownKey, await probe.firstByte(unknownKey));
  return [
    ...exposureFindings(store, written, publicUrl),
    ...read,
    ...(await deleteWritten(examination, written)),
  ];
}

/** Its version, if it has one; where only a marker may be put before that, the version is left. */
async function deleteWritten(
  { store, probe, unknownKey: key }: Examination,
  written: Outcome,
): Promise<Finding[]> {
  const versionId = versionOf(written);
  const query = versionId === undefined ? {} : { versionId };
  const isGone = isServed(await probe.signed({ method: 'DELETE', key, query }));
  if (isGone || versionId === undefined) {
    return deleteFindings(store, key, { isDeleted: isGone, isLeft: !isGone });
  }
  const isMarked = isServed(await probe.signed({ method: 'DELETE', key }));
  return deleteFindings(store, key, { isDeleted: isMarked, isLeft: true });
}

/** `null` is what an object without a version is called where versioning was stopped. */
function versionOf(written: Outcome): string | undefined {
  if (written.kind !== 'answer') return undefined;
  const versionId = written.headers.get('x-amz-version-id') ?? 'null';
  return versionId === 'null' || versionId.length > 1_024 ? undefined : versionId;
}
