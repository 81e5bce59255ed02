// Which verified requests are answered as S3 answers them, where s3rver wouldn't.

import { CHECKSUM, CHECKSUM_TYPE, checksumOf, hideChecksum } from './s3-checksums.ts';
import { abortUpload, completeUpload, listParts, putPart } from './s3-multipart.ts';
import { readRange } from './s3-ranges.ts';
import { takeBody, writeInTurn } from './s3-writes.ts';
import type { VerifiedRequest } from './s3rver.ts';

type Answer = (request: VerifiedRequest, next: () => Promise<void>) => Promise<void>;

const OF_OBJECTS: Readonly<Record<string, Answer>> = {
  GET: getObject,
  HEAD: getObject,
  PUT: putObject,
};
const OF_UPLOADS: Readonly<Record<string, Answer>> = {
  GET: listParts,
  PUT: putPart,
  POST: completeUpload,
  DELETE: abortUpload,
};

export function answerUploads(request: VerifiedRequest, next: () => Promise<void>): Promise<void> {
  const { method, params, query, headers } = request;
  if (!params.key || 'x-amz-copy-source' in headers) return next();
  const answers = 'uploadId' in query ? OF_UPLOADS : OF_OBJECTS;
  const answer = Object.hasOwn(answers, method) ? answers[method] : undefined;
  return answer ? answer(request, next) : next();
}

async function getObject(request: VerifiedRequest, next: () => Promise<void>): Promise<void> {
  await readRange(request);
  await next();
  hideChecksum(request);
}

function putObject(request: VerifiedRequest, next: () => Promise<void>): Promise<void> {
  const checksum = checksumOf(request);
  if (checksum !== undefined) request.headers[CHECKSUM_TYPE] = 'FULL_OBJECT';
  return takeBody(request, async () => {
    await writeInTurn(request, next);
    if (checksum !== undefined) request.set(CHECKSUM, checksum);
  });
}
