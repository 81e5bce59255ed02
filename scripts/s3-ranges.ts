// Ranges as S3 reads them, where s3rver reads them otherwise: it takes the last bytes for the first ones.
// https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2

import type { VerifiedRequest } from './s3rver.ts';

const ONE_RANGE = /^bytes=(?:\d+-\d*|-\d+)$/i;

/** To be called once the signature was verified, which may be of the range too. */
export async function readRange(request: VerifiedRequest): Promise<void> {
  const { headers, params, store } = request;
  const { range } = headers;
  if (range === undefined) return;
  // Of several at once S3 gives the whole.
  if (!ONE_RANGE.test(range)) delete headers.range;
  const [, last] = /^bytes=-(\d+)$/i.exec(range) ?? [];
  const { bucket = '', key = '' } = params;
  if (last === undefined || !(await store.existsObject(bucket, key))) return;
  const { 'content-length': size } = await store.getMetadata(bucket, key);
  // The last none are behind the end.
  headers.range = `bytes=${Math.max(0, size - Number(last))}-`;
}
