// Looks after uploads that nobody completed: a PUT may have arrived all the same, a multipart upload
// costs money until it is aborted, and a use is given back when nothing came and nothing can come.

import { type Instant, SECOND_MS } from '../lib/time.ts';
import type { GateRecord } from '../links/ports.ts';
import { isAsAnnounced, type Upload } from '../links/upload.ts';
import { isPrefix } from '../links/upload-key.ts';
import type { InspectedObject, UploadStore } from '../links/upload-ports.ts';
import { uploadedObject } from '../links/uploaded-object.ts';
import type { GateUploads } from './gate-uploads.ts';

/**
 * How long after the end of the last URL the store is looked at. A PUT that began in its last second may
 * take its time; after the last look a use is given back.
 */
const LOOKS_AFTER_MS = [5 * SECOND_MS, 300 * SECOND_MS, 3_600 * SECOND_MS];
const RETRY_MS = 60 * SECOND_MS;
const UPLOADS_AT_ONCE = 20;

export type UploadSweep = {
  /** Does what is due; answers when the next is. */
  sweep(record: GateRecord, now: Instant): Promise<Instant | undefined>;
};

export function createUploadSweep(options: {
  readonly uploads: GateUploads;
  readonly storeOf: () => UploadStore;
  /** Gives the use of an upload back, with its claim. */
  readonly giveBack: (upload: Upload) => void;
  readonly clock: () => Instant;
}): UploadSweep {
  const { uploads, storeOf, giveBack, clock } = options;

  /** When to come back for it, `undefined` when it is over. */
  async function look(
    upload: Upload,
    { grant }: GateRecord,
    now: Instant,
  ): Promise<Instant | undefined> {
    const store = storeOf();
    const object = { ...grant, key: upload.key };
    if (upload.multipartId !== undefined) {
      const aborted = await store.abortMultipart(object, upload.multipartId);
      if (!aborted.ok) return now + RETRY_MS;
    }
    const inspected = await store.inspect(object);
    // Whoever completed it meanwhile was faster.
    const current = uploads.find(upload.claim);
    if (current?.state !== 'begun' && current?.state !== 'aborted') return undefined;
    if (!inspected.ok) return now + RETRY_MS;
    if (inspected.value) {
      finish(current, grant, inspected.value);
      return undefined;
    }
    return wait(current);
  }

  async function tryLook(
    upload: Upload,
    record: GateRecord,
    now: Instant,
  ): Promise<Instant | undefined> {
    try {
      return await look(upload, record, now);
    } catch (error) {
      console.warn({ event: 'gate.upload_not_looked_at', error: (error as Error).name });
      return now + RETRY_MS;
    }
  }

  function finish(upload: Upload, grant: GateRecord['grant'], object: InspectedObject): void {
    const found = uploadedObject(object);
    if (isAsAnnounced(upload, found)) uploads.finish(upload, 'uploaded', found, clock());
    else if (isPrefix(grant.key)) uploads.finish(upload, 'rejected', found, clock());
    // It may have been there before: nothing is said of it, and it is left alone.
    else uploads.change({ ...upload, state: 'lost' });
  }

  /** Nothing is there yet. */
  function wait(upload: Upload): Instant | undefined {
    const looks = upload.looks + 1;
    const isOver = upload.multipartId !== undefined || looks >= LOOKS_AFTER_MS.length;
    if (isOver) {
      giveBack({ ...upload, looks });
      return undefined;
    }
    uploads.change({ ...upload, looks });
    return dueAt({ ...upload, looks });
  }

  return {
    async sweep(record, now) {
      let next: Instant | undefined;
      for (const upload of uploads.open(UPLOADS_AT_ONCE)) {
        const due = lookAt(upload, record);
        const again = now < due ? due : await tryLook(upload, record, now);
        if (again !== undefined) next = Math.min(next ?? again, again);
      }
      return next;
    },
  };
}

function dueAt({ urlEndsAt, looks }: Upload): Instant {
  return urlEndsAt + (LOOKS_AFTER_MS[looks] ?? 0);
}

/**
 * A multipart upload goes on for as long as its link lives and its sender doesn't give up. Then nothing
 * has to be waited for: what is aborted can't be completed any more.
 */
function lookAt(upload: Upload, { limits, endedAt }: GateRecord): Instant {
  if (upload.multipartId === undefined) return dueAt(upload);
  return upload.state === 'aborted' ? upload.begunAt : (endedAt ?? limits.expiresAt);
}
