// Large uploads: in parts, each signed when it is asked for.

import type { Bytes } from '../../src/lib/digest.ts';
import type { PresignedPart, StoredPart } from '../../src/links/upload-ports.ts';
import { equals, isGiven } from './ask.ts';
import { type Area, allOf, cannot, no, refused, unless, type Verdict } from './check.ts';
import { pinned } from './scratch.ts';
import { granted, grantOf, linkEnd, numbered, open, put, send, type Trial } from './trial.ts';
import { inspect, sha256 } from './writes.ts';

/** The least that S3 takes for a part that isn't the last. */
const PART_BYTES = 5 * 1_048_576;
const LAST = numbered(1_000);
const TYPE = 'application/zip';

export const multipart: Area = {
  title: 'Writing in parts',
  checks: [
    {
      name: 'multipart',
      what: 'parts signed on demand, sent out of order, are listed and make the object',
      backs: 'promise',
      run: (trial) => inParts(trial, { checksum: false }),
    },
    {
      name: 'multipart-length',
      what: 'a part of another length is refused',
      backs: 'promise',
      run: otherLength,
    },
    {
      name: 'multipart-abort',
      what: 'an aborted upload takes no part, lists none and is not completed',
      backs: 'promise',
      run: aborted,
    },
    {
      name: 'multipart-forged',
      what: 'an upload is completed by its own parts alone',
      backs: 'nothing',
      run: forged,
    },
    {
      name: 'multipart-if-none-match',
      what: 'If-None-Match: * on completing refuses a second object, and the first one stays',
      backs: 'conditionalWrites',
      run: secondObject,
    },
    {
      name: 'multipart-checksum',
      what: 'parts with a SHA-256 are taken, listed with it, and the object’s is told',
      backs: 'checksums',
      run: (trial) => inParts(trial, { checksum: true }),
    },
    {
      name: 'multipart-checksum-content',
      what: 'a part of another content than its SHA-256 is refused',
      backs: 'checksums',
      run: otherContent,
    },
  ],
};

type Begun = { readonly key: string; readonly multipartId: string };

/** `undefined` where the store begins none. */
async function begin(trial: Trial, name: string, checksum = false): Promise<Begun | undefined> {
  const key = trial.scratch.key(name);
  const request = { contentType: TYPE, checksum };
  const begun = await trial.uploads.beginMultipart(pinned(trial.store, key), request);
  if (!begun.ok) return undefined;
  const { multipartId } = begun.value;
  trial.scratch.noteUpload(key, multipartId);
  return { key, multipartId };
}

async function presignPart(
  trial: Trial,
  { key, multipartId }: Begun,
  partNumber: number,
  body: Bytes,
  checksum = false,
): Promise<PresignedPart> {
  const part = { partNumber, size: body.length, ...(checksum ? { sha256: sha256(body) } : {}) };
  const object = pinned(trial.store, key);
  const signed = await trial.uploads.presignParts(object, multipartId, [part], linkEnd(trial));
  const [presigned] = granted(signed);
  if (!presigned) throw new Error('no part was presigned');
  return presigned;
}

async function list(trial: Trial, { key, multipartId }: Begun): Promise<StoredPart[] | string> {
  const listed = await trial.uploads.listParts(pinned(trial.store, key), multipartId);
  return listed.ok ? listed.value : listed.denial.reason;
}

const NOT_BEGUN = 'no upload in parts could be begun';

async function inParts(trial: Trial, { checksum }: { checksum: boolean }): Promise<Verdict> {
  const begun = await begin(trial, `parts-${checksum}.zip`, checksum);
  if (!begun) return no(NOT_BEGUN);
  const bodies = [numbered(PART_BYTES), LAST];
  for (const [index, body] of [...bodies.entries()].reverse()) {
    const part = await presignPart(trial, begun, index + 1, body, checksum);
    const { status } = await send(trial, part, body);
    if (status !== 200) return no(`part ${index + 1} is answered with ${status}`);
  }
  const parts = await list(trial, begun);
  if (typeof parts === 'string') return no(`its parts are not listed (${parts})`);
  const told = parts.map(({ size, sha256 }) => `${size} ${sha256 ?? ''}`);
  const sent = bodies.map((body) => `${body.length} ${checksum ? sha256(body) : ''}`);
  // Some tell the checksums that they compute themselves.
  const isListed = sent.every((line, index) => told[index]?.startsWith(line));
  if (parts.length !== 2 || !isListed) return no('its parts are listed otherwise');
  const { key, multipartId } = begun;
  const object = pinned(trial.store, key);
  const completed = await trial.uploads.completeMultipart(object, multipartId, parts, {
    ifAbsent: false,
  });
  if (!completed.ok) return no(`it is not completed (${completed.denial.reason})`);
  return isObjectOf(trial, key, bodies, checksum);
}

async function isObjectOf(
  trial: Trial,
  key: string,
  bodies: readonly Bytes[],
  checksum: boolean,
): Promise<Verdict> {
  const found = await inspect(trial, key);
  const got = await open(trial, grantOf(trial, key));
  const digests = Buffer.concat(bodies.map((body) => Buffer.from(sha256(body), 'base64')));
  const composite = `${sha256(digests)}-${bodies.length}`;
  return unless(
    [!equals(got.body, Buffer.concat(bodies)), 'the bytes are others'],
    [found?.contentType !== TYPE, `its type is ${found?.contentType}`],
    [checksum && found?.compositeSha256 !== composite, 'its SHA-256 is not told'],
  );
}

async function otherLength(trial: Trial): Promise<Verdict> {
  const begun = await begin(trial, 'parts-length.zip');
  if (!begun) return cannot(NOT_BEGUN);
  const part = await presignPart(trial, begun, 1, LAST);
  const less = await send(trial, part, LAST.slice(0, -1));
  const more = await send(trial, part, numbered(LAST.length + 4));
  return refused(['less', less], ['more', more]);
}

async function otherContent(trial: Trial): Promise<Verdict> {
  const begun = await begin(trial, 'parts-content.zip', true);
  if (!begun) return cannot(NOT_BEGUN);
  const part = await presignPart(trial, begun, 1, LAST, true);
  const answer = await send(trial, part, new Uint8Array(LAST.length));
  return refused(['it', answer]);
}

async function aborted(trial: Trial): Promise<Verdict> {
  const begun = await begin(trial, 'parts-aborted.zip');
  if (!begun) return cannot(NOT_BEGUN);
  const part = await presignPart(trial, begun, 1, LAST);
  const sent = await send(trial, part, LAST);
  const { key, multipartId } = begun;
  const object = pinned(trial.store, key);
  const abort = await trial.uploads.abortMultipart(object, multipartId);
  const late = await send(trial, part, LAST);
  const listed = await list(trial, begun);
  const parts = [{ partNumber: 1, etag: sent.headers.get('ETag') ?? '"none"' }];
  const completed = await trial.uploads.completeMultipart(object, multipartId, parts, {
    ifAbsent: false,
  });
  return allOf(
    unless(
      [!isGiven(sent), `a part is answered with ${sent.status}`],
      [!abort.ok, 'it is not aborted'],
    ),
    refused(['a part after that', late]),
    unless(
      [listed !== 'upload_gone', 'its parts are still listed'],
      [completed.ok, 'it is completed all the same'],
    ),
  );
}

async function forged(trial: Trial): Promise<Verdict> {
  const begun = await begin(trial, 'parts-forged.zip');
  if (!begun) return cannot(NOT_BEGUN);
  const { status } = await send(trial, await presignPart(trial, begun, 1, LAST), LAST);
  if (status !== 200) return cannot(`a part is answered with ${status}`);
  const object = pinned(trial.store, begun.key);
  const parts = [{ partNumber: 1, etag: '"0123456789abcdef0123456789abcdef"' }];
  const completed = await trial.uploads.completeMultipart(object, begun.multipartId, parts, {
    ifAbsent: false,
  });
  return unless([completed.ok, 'it is completed by a part that it hasn’t']);
}

async function secondObject(trial: Trial): Promise<Verdict> {
  const begun = await begin(trial, 'parts-once.zip');
  if (!begun) return cannot(NOT_BEGUN);
  const { key, multipartId } = begun;
  const first = numbered(500);
  if (!isGiven(await put(trial, key, first))) return cannot('there is nothing to overwrite');
  const sent = await send(trial, await presignPart(trial, begun, 1, LAST), LAST);
  const parts = [{ partNumber: 1, etag: sent.headers.get('ETag') ?? '"none"' }];
  const object = pinned(trial.store, key);
  const completed = await trial.uploads.completeMultipart(object, multipartId, parts, {
    ifAbsent: true,
  });
  const got = await open(trial, grantOf(trial, key));
  const reason = completed.ok ? 'completed' : completed.denial.reason;
  return unless(
    [!equals(got.body, first), 'the first was overwritten'],
    [reason !== 'object_exists', `it is answered as ${reason}`],
  );
}
