// Multipart uploads where s3rver lacks them: it lists and aborts none, takes parts for any upload there
// never was, and completes them whatever they are. Parts lie in s3rver's own folder of the upload.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { CHECKSUM, CHECKSUM_TYPE, checksumOf, compositeOf } from './s3-checksums.ts';
import { takeBody, writeInTurn } from './s3-writes.ts';
import { readXmlBody, S3Error, type VerifiedRequest } from './s3rver.ts';

const MAX_PARTS = 10_000;
const MAX_PAGE = 1_000;
/** Of every part but the last. */
const MIN_PART_BYTES = 5 * 1_048_576;

type Part = { number: number; size: number; etag: string; sha256: string };
type Claimed = { PartNumber: number; ETag: string; ChecksumSHA256?: string };
type Next = () => Promise<void>;

export function putPart(request: VerifiedRequest, next: Next): Promise<void> {
  const number = Number(request.query.partNumber);
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000');
  }
  findUpload(request);
  return takeBody(request, async (sha256) => {
    // It may have been aborted while the body came.
    const upload = findUpload(request);
    const claimed = checksumOf(request);
    if ((await isChecked(upload)) && claimed === undefined) {
      throw new S3Error('InvalidRequest', 'Checksum Type mismatch occurred, expected sha256');
    }
    await next();
    if (claimed !== undefined) request.set(CHECKSUM, claimed);
    await writeFile(join(upload, `${number}.sha256`), claimed === undefined ? '' : sha256);
  });
}

export async function listParts(request: VerifiedRequest): Promise<void> {
  const { query, params } = request;
  const upload = findUpload(request);
  const marker = Number(query['part-number-marker'] ?? 0);
  const most = Math.min(Number(query['max-parts'] ?? MAX_PAGE), MAX_PAGE);
  const parts = (await readParts(upload)).filter(({ number }) => number > marker);
  const page = parts.slice(0, most);
  request.body = {
    ListPartsResult: {
      Bucket: params.bucket,
      Key: params.key,
      UploadId: query.uploadId,
      PartNumberMarker: marker,
      NextPartNumberMarker: page.at(-1)?.number ?? 0,
      MaxParts: most,
      IsTruncated: page.length < parts.length,
      Part: page.map(({ number, size, etag, sha256 }) => ({
        PartNumber: number,
        ETag: etag,
        Size: size,
        ...(sha256 === '' ? {} : { ChecksumSHA256: sha256 }),
      })),
    },
  };
}

export async function abortUpload(request: VerifiedRequest): Promise<void> {
  await rm(findUpload(request), { recursive: true });
  request.status = 204;
}

export async function completeUpload(request: VerifiedRequest, next: Next): Promise<void> {
  const body = await buffer(request.req);
  request.req = Readable.from([body]);
  const claimed = readClaimed(await readXmlBody(request));
  request.req = Readable.from([body]);
  await writeInTurn(request, async () => {
    const upload = findUpload(request);
    const parts = chosenParts(claimed, await readParts(upload));
    if (await isChecked(upload)) {
      if (claimed.some(({ ChecksumSHA256 }) => ChecksumSHA256 === undefined)) {
        throw new S3Error('InvalidRequest', 'The complete request must include every checksum');
      }
      await keepChecksum(upload, compositeOf(parts.map(({ sha256 }) => sha256)));
    }
    await next();
  });
}

function readClaimed(body: unknown): Claimed[] {
  const { CompleteMultipartUpload: { Part = [] } = {} } = body as {
    CompleteMultipartUpload?: { Part?: Claimed | Claimed[] };
  };
  return [Part].flat();
}

/** The parts that make the object. Throws where the claims and the parts don't agree. */
function chosenParts(claimed: readonly Claimed[], parts: readonly Part[]): Part[] {
  if (
    claimed.some(({ PartNumber }, index) => PartNumber <= (claimed[index - 1]?.PartNumber ?? 0))
  ) {
    throw new S3Error('InvalidPartOrder', 'The list of parts was not in ascending order.');
  }
  const chosen = claimed.map(({ PartNumber, ETag, ChecksumSHA256 }) => {
    const part = parts.find(({ number }) => number === PartNumber);
    const isSame =
      part?.etag.replaceAll('"', '') === String(ETag).replaceAll('"', '') &&
      (ChecksumSHA256 === undefined || part.sha256 === ChecksumSHA256);
    if (!part || !isSame) {
      throw new S3Error('InvalidPart', 'One or more of the specified parts could not be found.');
    }
    return part;
  });
  if (chosen.slice(0, -1).some(({ size }) => size < MIN_PART_BYTES)) {
    throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum size');
  }
  return chosen;
}

/** The folder of the upload that is asked about. Throws `NoSuchUpload`. */
function findUpload({ query, params, store }: VerifiedRequest): string {
  const { bucket = '', key = '' } = params;
  const id = String(query.uploadId);
  const folder = join(store.getResourcePath(bucket, undefined, 'uploads'), id);
  // Anything else could name a folder elsewhere.
  const isUpload = /^[0-9a-f]{32}$/.test(id) && existsSync(join(folder, 'metadata'));
  if (!isUpload || readFileSync(join(folder, 'key'), 'utf8') !== key) {
    throw new S3Error('NoSuchUpload', 'The specified upload does not exist.');
  }
  return folder;
}

async function readParts(upload: string): Promise<Part[]> {
  const numbers = readdirSync(upload).filter((name) => existsSync(join(upload, `${name}.sha256`)));
  const parts = numbers.map(async (name) => ({
    number: Number(name),
    size: (await stat(join(upload, name))).size,
    etag: JSON.stringify(await readFile(join(upload, `${name}.md5`), 'utf8')),
    sha256: await readFile(join(upload, `${name}.sha256`), 'utf8'),
  }));
  return (await Promise.all(parts)).sort((a, b) => a.number - b.number);
}

/** Whether every part must come with its checksum. */
async function isChecked(upload: string): Promise<boolean> {
  return (await readHeaders(upload))['x-amz-checksum-algorithm'] === 'SHA256';
}

/** Among the headers with which the upload was begun, which are those of the object. */
async function keepChecksum(upload: string, composite: string): Promise<void> {
  const headers = { ...(await readHeaders(upload)), [CHECKSUM]: composite };
  const kept = JSON.stringify({ ...headers, [CHECKSUM_TYPE]: 'COMPOSITE' });
  await writeFile(join(upload, 'metadata'), kept);
}

async function readHeaders(upload: string): Promise<Record<string, string>> {
  return JSON.parse(await readFile(join(upload, 'metadata'), 'utf8'));
}
