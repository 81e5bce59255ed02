// The SHA-256 of objects and parts, as S3 has it: verified when it comes, kept, and told when asked for.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html

import { createHash } from 'node:crypto';
import { keptHeaders, S3Error, type VerifiedRequest } from './s3rver.ts';

export const CHECKSUM = 'x-amz-checksum-sha256';
export const CHECKSUM_TYPE = 'x-amz-checksum-type';

keptHeaders.push(CHECKSUM, CHECKSUM_TYPE);

export function checksumOf({ headers }: VerifiedRequest): string | undefined {
  return headers[CHECKSUM]?.toString();
}

/** Throws unless the checksum that came, if one came, is that of the body. */
export function refuseChecksum(claimed: string | undefined, actual: string): void {
  if (claimed === undefined) return;
  if (Buffer.from(claimed, 'base64').toString('base64') !== claimed || claimed.length !== 44) {
    throw new S3Error('InvalidRequest', `Value for ${CHECKSUM} header is invalid.`);
  }
  if (claimed !== actual) {
    throw new S3Error(
      'BadDigest',
      'The SHA256 you specified did not match the calculated checksum.',
    );
  }
}

/** Of an object in parts: the checksum of their checksums, and how many they are. */
export function compositeOf(checksums: readonly string[]): string {
  const hash = createHash('sha256');
  for (const checksum of checksums) hash.update(Buffer.from(checksum, 'base64'));
  return `${hash.digest('base64')}-${checksums.length}`;
}

/** Tells the checksum of an object only who asks for it, and for the whole object. */
export function hideChecksum(request: VerifiedRequest): void {
  const isAsked = request.headers['x-amz-checksum-mode'] === 'ENABLED';
  if (isAsked && request.status === 200) return;
  request.remove(CHECKSUM);
  request.remove(CHECKSUM_TYPE);
}
