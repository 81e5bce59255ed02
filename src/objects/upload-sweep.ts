// Looks after uploads that nobody completed: a PUT may have arrived all the same, a multipart upload
// costs money until it is aborted, and a use is given back when nothing came and nothing can come.

import type { Instant } from '../lib/time.ts';
import type { Grant } from '../links/grant.ts';
import { isAsAnnounced, type Upload } from '../links/upload.ts';
import { isLastLook, withFailure } from '../links/upload-due.ts';
import { isPrefix, objectOf } from '../links/upload-key.ts';
import type { InspectedObject, UploadStore } from '../links/upload-ports.ts';
import { uploadedObject } from '../links/uploaded-object.ts';
import type { GateUploads } from './gate-uploads.ts';

const UPLOADS_AT_ONCE = 20;

/** Does what is due; answers when the next is. */
export type UploadSweep = (grant: Grant, now: Instant) => Promise<Instant | undefined>;

export function createUploadSweep(options: {
  readonly uploads: GateUploads;
  readonly storeOf: () => UploadStore;
  /** Gives the use of an upload back, with its claim. */
  readonly giveBack: (upload: Upload) => void;
  readonly clock: () => Instant;
}): UploadSweep {
  const { uploads, storeOf, giveBack, clock } = options;

  async function look(upload: Upload, grant: Grant): Promise<void> {
    const store = storeOf();
    const object = objectOf(grant, upload);
    if (upload.multipartId !== undefined) {
      const aborted = await store.abortMultipart(object, upload.multipartId);
      if (!aborted.ok) return fail(upload);
    }
    const inspected = await store.inspect(object);
    if (!isUntouched(upload)) return;
    if (!inspected.ok) return fail(upload);
    const found = inspected.value;
    if (!found) return wait(upload, () => giveBack(upload));
    if (isAsAnnounced(upload, found) && uploads.isFirst(upload, grant)) {
      uploads.finish(upload, 'uploaded', uploadedObject(found), clock());
    } else if (isPrefix(grant.key)) await reject(upload, grant, found);
    // It may have been there before: nothing is said of it, and it is left alone.
    else wait(upload, () => uploads.change({ ...upload, state: 'lost' }));
  }

  /** Whoever completed it, or was given another URL meanwhile, was faster. */
  function isUntouched(upload: Upload): boolean {
    const current = uploads.find(upload.claim);
    return (
      current?.state === upload.state &&
      current.urlEndsAt === upload.urlEndsAt &&
      current.multipartId === upload.multipartId
    );
  }

  /** Under a key of its own it can only be this one. */
  async function reject(upload: Upload, grant: Grant, found: InspectedObject): Promise<void> {
    await storeOf().remove(objectOf(grant, upload));
    if (isUntouched(upload)) uploads.finish(upload, 'rejected', uploadedObject(found), clock());
  }

  /** What the last look finds is final. */
  function wait(upload: Upload, end: () => void): void {
    if (isLastLook(upload, clock())) end();
    else uploads.change({ ...upload, looks: upload.looks + 1 });
  }

  function fail(upload: Upload): void {
    if (!isUntouched(upload)) return;
    uploads.change(withFailure(upload, clock()) ?? { ...upload, state: 'lost' });
  }

  return async function sweep(grant, now) {
    for (const upload of uploads.due(now, UPLOADS_AT_ONCE)) {
      try {
        await look(upload, grant);
      } catch (error) {
        console.warn({ event: 'gate.upload_not_looked_at', error: (error as Error).name });
        fail(upload);
      }
    }
    return uploads.nextDueAt();
  };
}
