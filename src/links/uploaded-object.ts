// What a look into the store says of an upload.

import type { UploadedObject } from './upload.ts';
import type { InspectedObject } from './upload-ports.ts';

export function uploadedObject(object: InspectedObject): UploadedObject {
  const { size, contentType, etag, sha256, compositeSha256 } = object;
  return { size, contentType, etag, sha256: sha256 ?? compositeSha256 };
}
