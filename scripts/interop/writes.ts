// Uploads by one PUT: what is signed into the URL must be what is sent.

import { createHash } from 'node:crypto';
import type { Bytes } from '../../src/lib/digest.ts';
import type { InspectedObject } from '../../src/links/upload-ports.ts';
import { ask, equals, isGiven } from './ask.ts';
import { type Area, allOf, cannot, no, refused, unless, type Verdict } from './check.ts';
import { pinned } from './scratch.ts';
import { grantOf, numbered, open, presignPut, put, send, type Trial } from './trial.ts';

const BODY = numbered(1_000);
const TYPE = 'text/csv';
const SENDERS = 6;

export const writes: Area = {
  title: 'Writing by a presigned PUT',
  checks: [
    {
      name: 'put',
      what: 'PUT takes a body of the signed length and type, and keeps both',
      backs: 'promise',
      run: putAsSigned,
    },
    {
      name: 'put-length',
      what: 'another length is refused: less, more, or none told',
      backs: 'promise',
      run: otherLength,
    },
    {
      name: 'put-type',
      what: 'another type is refused, and none',
      backs: 'promise',
      run: otherType,
    },
    {
      name: 'put-header',
      what: 'a header of S3 that was not signed is refused',
      backs: 'nothing',
      run: unsignedHeader,
    },
    {
      name: 'put-inspect',
      what: 'what is not there is said not to be there (404 NoSuchKey)',
      backs: 'nothing',
      run: absence,
    },
    {
      name: 'if-none-match',
      what: 'If-None-Match: * refuses a second object with 412, and the first one stays',
      backs: 'conditionalWrites',
      run: secondObject,
    },
    {
      name: 'if-none-match-race',
      what: `of ${SENDERS} senders at once it lets one win`,
      backs: 'conditionalWrites',
      run: race,
    },
    {
      name: 'if-none-match-left-out',
      what: 'If-None-Match left out, though signed, is refused',
      backs: 'conditionalWrites',
      run: conditionLeftOut,
    },
    {
      name: 'checksum',
      what: 'a SHA-256 is taken, kept and told',
      backs: 'checksums',
      run: checksum,
    },
    {
      name: 'checksum-content',
      what: 'another content than the signed SHA-256 is refused, and not kept',
      backs: 'checksums',
      run: otherContent,
    },
    {
      name: 'checksum-changed',
      what: 'another SHA-256 than the signed one is refused, and none',
      backs: 'checksums',
      run: otherChecksum,
    },
  ],
};

export function sha256(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('base64');
}

/** The object as Hallpass finds it after an upload; `undefined` also where the store won't say. */
export async function inspect(trial: Trial, key: string): Promise<InspectedObject | undefined> {
  const inspected = await trial.uploads.inspect(pinned(trial.store, key));
  return inspected.ok ? inspected.value : undefined;
}

async function isAbsent(trial: Trial, key: string): Promise<Verdict> {
  return unless([(await inspect(trial, key)) !== undefined, 'what was refused is there']);
}

async function putAsSigned(trial: Trial): Promise<Verdict> {
  const key = trial.scratch.key('put.csv');
  const write = await presignPut(trial, key, BODY, { contentType: TYPE });
  const { status } = await send(trial, write, BODY);
  const found = await inspect(trial, key);
  const got = await open(trial, grantOf(trial, key));
  return unless(
    [status !== 200, `it answers ${status}`],
    [found?.size !== BODY.length, `its size is ${found?.size}`],
    [found?.contentType !== TYPE, `its type is ${found?.contentType}`],
    [found?.etag === undefined, 'it has no ETag'],
    [!equals(got.body, BODY), 'the bytes are others'],
  );
}

async function otherLength(trial: Trial): Promise<Verdict> {
  const key = trial.scratch.key('length.csv');
  const write = await presignPut(trial, key, BODY);
  const less = await send(trial, write, BODY.slice(0, -1));
  const more = await send(trial, write, numbered(BODY.length + 4));
  const untold = await sendChunked(trial, write.url, BODY);
  return allOf(
    refused(['less', less], ['more', more], ['a body of untold length', untold]),
    await isAbsent(trial, key),
  );
}

/** Without Content-Length. */
function sendChunked({ fetch }: Trial, url: string, body: Bytes) {
  const stream = new Blob([body]).stream();
  const init = { method: 'PUT', body: stream, duplex: 'half' };
  return ask(fetch, url, init as unknown as RequestInit);
}

async function otherType(trial: Trial): Promise<Verdict> {
  const key = trial.scratch.key('type.csv');
  const write = await presignPut(trial, key, BODY, { contentType: TYPE });
  const other = await send(trial, write, BODY, { 'Content-Type': 'text/html' });
  const none = await send(trial, write, BODY, { 'Content-Type': undefined });
  return allOf(refused(['another', other], ['none', none]), await isAbsent(trial, key));
}

async function unsignedHeader(trial: Trial): Promise<Verdict> {
  const write = await presignPut(trial, trial.scratch.key('header.csv'), BODY);
  const answer = await send(trial, write, BODY, { 'x-amz-meta-interop': 'unsigned' });
  return refused(['it', answer]);
}

async function absence(trial: Trial): Promise<Verdict> {
  const object = pinned(trial.store, trial.scratch.key('never-written.csv'));
  const inspected = await trial.uploads.inspect(object);
  // Who may not list the bucket is told 403 by S3 itself.
  if (!inspected.ok) return no('the use of an upload that never came is not given back');
  return unless([inspected.value !== undefined, 'it is said to be there']);
}

async function secondObject(trial: Trial): Promise<Verdict> {
  const key = trial.scratch.key('once.csv');
  const first = await presignPut(trial, key, BODY, { ifAbsent: true });
  const written = await send(trial, first, BODY);
  const other = numbered(500);
  const second = await send(trial, await presignPut(trial, key, other, { ifAbsent: true }), other);
  const got = await open(trial, grantOf(trial, key));
  return unless(
    [!isGiven(written), `the first is answered with ${written.status}`],
    [second.status !== 412, `the second is answered with ${second.status}`],
    [!equals(got.body, BODY), 'the first was overwritten'],
  );
}

async function race(trial: Trial): Promise<Verdict> {
  const key = trial.scratch.key('race.csv');
  const bodies = Array.from({ length: SENDERS }, (_, index) => new Uint8Array(50_000).fill(index));
  const answers = await Promise.all(
    bodies.map(async (body) =>
      send(trial, await presignPut(trial, key, body, { ifAbsent: true }), body),
    ),
  );
  const winners = bodies.filter((_, index) => answers[index]?.status === 200);
  // AWS answers 409 to one who came while another's was not yet decided.
  const losers = answers.filter(({ status }) => status === 412 || status === 409);
  const got = await open(trial, grantOf(trial, key));
  return unless(
    [winners.length !== 1, `${winners.length} win`],
    [winners.length + losers.length !== SENDERS, 'some get neither 200 nor 412'],
    [!equals(got.body, winners[0] ?? new Uint8Array()), 'what is there is a loser’s'],
  );
}

async function conditionLeftOut(trial: Trial): Promise<Verdict> {
  const key = trial.scratch.key('condition.csv');
  const written = await put(trial, key, numbered(500));
  if (!isGiven(written)) return cannot('there is nothing to overwrite');
  const write = await presignPut(trial, key, BODY, { ifAbsent: true });
  const answer = await send(trial, write, BODY, { 'If-None-Match': undefined });
  // Also refused for what is there, which would prove nothing.
  return unless([answer.status !== 403, `it answers ${answer.status}`]);
}

async function checksum(trial: Trial): Promise<Verdict> {
  const key = trial.scratch.key('checksum.csv');
  const wanted = sha256(BODY);
  const { status } = await send(
    trial,
    await presignPut(trial, key, BODY, { sha256: wanted }),
    BODY,
  );
  const told = (await inspect(trial, key))?.sha256;
  return unless(
    [status !== 200, `it answers ${status}`],
    [told !== wanted, told === undefined ? 'it is not told' : 'another is told'],
  );
}

async function otherContent(trial: Trial): Promise<Verdict> {
  const key = trial.scratch.key('content.csv');
  const write = await presignPut(trial, key, BODY, { sha256: sha256(BODY) });
  const answer = await send(trial, write, new Uint8Array(BODY.length));
  return allOf(refused(['it', answer]), await isAbsent(trial, key));
}

async function otherChecksum(trial: Trial): Promise<Verdict> {
  const key = trial.scratch.key('checksum-changed.csv');
  const write = await presignPut(trial, key, BODY, { sha256: sha256(BODY) });
  const other = new Uint8Array(BODY.length);
  const changed = { 'x-amz-checksum-sha256': sha256(other) };
  const replaced = await send(trial, write, other, changed);
  const none = await send(trial, write, other, { 'x-amz-checksum-sha256': undefined });
  return refused(['another', replaced], ['none', none]);
}
