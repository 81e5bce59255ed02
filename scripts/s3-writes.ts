// Writes as S3 does them and s3rver doesn't: a body is taken whole and verified before anything is
// replaced, and `If-None-Match: *` lets one of many writers win.

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createTurns } from '../src/lib/turns.ts';
import { checksumOf, refuseChecksum } from './s3-checksums.ts';
import { S3Error, type VerifiedRequest } from './s3rver.ts';

const inTurn = createTurns();

/** Lets `write` go on with the body of a request once all of it is there and is what it claims. */
export async function takeBody(
  request: VerifiedRequest,
  write: (sha256: string) => Promise<void>,
): Promise<void> {
  // Its chunks are wrapped in signatures, which s3rver unwraps.
  if (request.headers['x-amz-content-sha256']?.includes('STREAMING')) return write('');
  const folder = await mkdtemp(join(tmpdir(), 'hallpass-s3-'));
  const file = join(folder, 'body');
  try {
    const hash = createHash('sha256');
    await pipeline(
      request.req,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(file),
    );
    const sha256 = hash.digest('base64');
    refuseChecksum(checksumOf(request), sha256);
    request.req = createReadStream(file);
    await write(sha256);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lets one write after the other have an object, and none that must not overwrite it. */
export function writeInTurn(request: VerifiedRequest, write: () => Promise<void>): Promise<void> {
  const { bucket = '', key = '' } = request.params;
  const condition = request.headers['if-none-match'];
  return inTurn(`${bucket}/${key}`, async () => {
    if (condition !== undefined && condition !== '*') {
      throw new S3Error(
        'NotImplemented',
        'A header you provided implies functionality that is not',
      );
    }
    if (condition === '*' && (await request.store.existsObject(bucket, key))) {
      const message = 'At least one of the pre-conditions you specified did not hold';
      throw new S3Error('PreconditionFailed', message);
    }
    await write();
  });
}
