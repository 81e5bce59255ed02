// A sender says that everything is sent: the store is asked what it has, and the gate keeps the answer.

import { denied, ok, type Result } from '../lib/result.ts';
import { isOnlyIfAbsent } from './begin-upload.ts';
import type { LinkDenial } from './denial.ts';
import { type PartPlan, partSizeOf } from './part-plan.ts';
import { isAsAnnounced, type Upload, type UploadedObject } from './upload.ts';
import { isPrefix, objectOf } from './upload-key.ts';
import type { StoredPart } from './upload-ports.ts';
import { uploadedObject } from './uploaded-object.ts';
import { type Found, findUpload, type Sender, type UploadServices } from './uploads.ts';

type Ruled<Value> = Promise<Result<Value, LinkDenial>>;

/** May be repeated. Refuses with `upload_incomplete`, `upload_mismatch`, `object_exists` or `upload_gone`. */
export async function completeUpload(services: UploadServices, sender: Sender): Ruled<Upload> {
  const found = await findUpload(services, sender);
  if (!found.ok) return found;
  const { upload } = found.value;
  if (upload.state === 'uploaded') return ok(upload);
  if (upload.state === 'rejected') return denied({ reason: 'upload_mismatch' });
  if (upload.state === 'lost') return denied({ reason: 'object_exists' });
  if (upload.state !== 'begun') return denied({ reason: 'upload_gone' });
  if (upload.plan.partCount > 1) {
    const assembled = await assemble(services, found.value);
    if (!assembled.ok) return assembled;
  }
  return verify(services, found.value);
}

/** Makes one object of the parts, once all are there in their sizes. */
async function assemble(
  { uploadStore, gates }: UploadServices,
  { upload, grant, link }: Found,
): Ruled<void> {
  const { multipartId, plan, size } = upload;
  if (multipartId === undefined) return denied({ reason: 'upload_gone' });
  const object = objectOf(grant, upload);
  const listed = await uploadStore.listParts(object, multipartId);
  // It may have been completed by a call whose answer was lost: what is there will tell.
  if (!listed.ok) return listed.denial.reason === 'upload_gone' ? ok(undefined) : listed;
  const fault = partsFault(listed.value, plan, size);
  if (fault) return denied({ reason: 'upload_incomplete', detail: fault });
  const completed = await uploadStore.completeMultipart(object, multipartId, listed.value, {
    ifAbsent: isOnlyIfAbsent(grant),
  });
  if (completed.ok || completed.denial.reason === 'upload_gone') return ok(undefined);
  if (completed.denial.reason === 'object_exists') {
    await uploadStore.abortMultipart(object, multipartId);
    await gates.noteUpload(link.id, upload.claim, { kind: 'aborted' });
    return denied({ reason: 'object_exists' });
  }
  return completed.denial.reason === 'parts_invalid'
    ? denied({ reason: 'upload_incomplete', detail: 'The store has other parts than it said.' })
    : denied({ reason: 'store_unavailable' });
}

/** What is missing or of another size, in words. */
function partsFault(
  parts: readonly StoredPart[],
  plan: PartPlan,
  size: number,
): string | undefined {
  const sizes = new Map(parts.map((part) => [part.partNumber, part.size]));
  const wrong: number[] = [];
  for (let number = 1; number <= plan.partCount; number++) {
    if (sizes.get(number) !== partSizeOf(plan, size, number)) wrong.push(number);
  }
  if (wrong.length === 0) return undefined;
  const named = wrong.slice(0, 10).join(', ');
  return `Still to be sent: ${wrong.length} of ${plan.partCount} parts (${named}${wrong.length > 10 ? ', …' : ''}).`;
}

async function verify(services: UploadServices, found: Found): Ruled<Upload> {
  const { upload, grant } = found;
  const inspected = await services.uploadStore.inspect(objectOf(grant, upload));
  if (!inspected.ok) return inspected;
  if (!inspected.value) {
    return denied({ reason: 'upload_incomplete', detail: 'Nothing has arrived yet.' });
  }
  const object = uploadedObject(inspected.value);
  if (isAsAnnounced(upload, inspected.value)) return note(services, found, object, true);
  // Under a key of its own it can only be this one; elsewhere it may be anybody's, and is left alone.
  if (!isPrefix(grant.key)) return denied({ reason: 'object_exists' });
  await services.uploadStore.remove(objectOf(grant, upload));
  await note(services, found, object, false);
  return denied({ reason: 'upload_mismatch' });
}

async function note(
  { gates }: UploadServices,
  { upload, link }: Found,
  object: UploadedObject,
  isAnnounced: boolean,
): Ruled<Upload> {
  const outcome = { kind: 'arrived', object, isAnnounced } as const;
  const noted = await gates.noteUpload(link.id, upload.claim, outcome);
  // Another one arrived under the same key before.
  if (noted?.state === 'lost') return denied({ reason: 'object_exists' });
  if (!noted) return denied({ reason: 'upload_not_found' });
  return noted.state === 'uploaded' ? ok(noted) : denied({ reason: 'upload_gone' });
}
