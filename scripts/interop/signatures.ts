// What a store must refuse: whatever was not signed, was signed for something else, or has ended.

import { SECOND_MS } from '../../src/lib/time.ts';
import { objectUrl } from '../../src/stores/object-url.ts';
import { BACKDATE_SECONDS, type PresignObject } from '../../src/stores/presign.ts';
import { ask, equals, isGiven } from './ask.ts';
import { type Area, allOf, cannot, refused, unless, type Verdict } from './check.ts';
import { grantOf, numbered, open, presignPut, put, type Trial } from './trial.ts';
import { inspect } from './writes.ts';

const URL_SECONDS = 60;
/** Further away than any clock of a store. */
const HOUR_SECONDS = 3_600;
const BODY = numbered(500);

export const signatures: Area = {
  title: 'What was not signed',
  checks: [
    { name: 'unsigned-read', what: 'GET unsigned is refused', backs: 'promise', run: unsignedRead },
    {
      name: 'unsigned-write',
      what: 'PUT unsigned is refused',
      backs: 'promise',
      run: unsignedWrite,
    },
    {
      name: 'unsigned-list',
      what: 'a list of the bucket, unsigned, is refused',
      backs: 'promise',
      run: list,
    },
    {
      name: 'changed-signature',
      what: 'a URL with another signature, or none, is refused',
      backs: 'promise',
      run: otherSignature,
    },
    {
      name: 'changed-key',
      what: 'a URL with another key is refused',
      backs: 'promise',
      run: otherKey,
    },
    {
      name: 'changed-method',
      what: 'a GET’s URL with PUT and DELETE, and a PUT’s with GET, are refused',
      backs: 'promise',
      run: otherMethod,
    },
    {
      name: 'changed-query',
      what: 'a URL with a longer life, or with another parameter, is refused',
      backs: 'promise',
      run: otherQuery,
    },
    {
      name: 'expired',
      what: 'a URL that has ended is refused, by GET and by PUT',
      backs: 'promise',
      run: expired,
    },
    { name: 'future', what: 'a URL dated an hour ahead is refused', backs: 'nothing', run: future },
  ],
};

/** Where the credentials are temporary. */
export const sessions: Area = {
  title: 'Temporary credentials',
  checks: [
    {
      name: 'session-token',
      what: 'a URL with another session token, or none, is refused',
      backs: 'promise',
      run: otherSession,
    },
  ],
};

export const clocks: Area = {
  title: 'Clocks that differ',
  checks: [
    {
      name: 'backdated',
      what: `a URL is taken at once when the gateway’s clock is up to ${BACKDATE_SECONDS} s ahead`,
      backs: 'promise',
      run: backdated,
    },
  ],
};

/** A URL by a gateway whose clock is `ahead` of ours by so many seconds. */
async function presignAt(
  { presign, store, clock }: Trial,
  ahead: number,
  object: Pick<PresignObject, 'key'> & Partial<PresignObject>,
): Promise<string> {
  const now = clock() + ahead * SECOND_MS;
  const notAfter = now + URL_SECONDS * SECOND_MS;
  // By that clock the session may have ended.
  const { session } = store;
  const lasting = session ? { ...store, session: { ...session, expiresAt: notAfter } } : store;
  const presigned = await presign(lasting, { method: 'GET', ...object, notAfter, now });
  if (!presigned) throw new Error('a URL of a minute would end at once');
  return presigned.url;
}

const get = ({ fetch }: Trial, url: string) => ask(fetch, url);

async function unsignedRead(trial: Trial): Promise<Verdict> {
  const url = objectUrl(trial.store, trial.sample.key);
  return refused(
    ['it', await get(trial, url)],
    ['a signature that is none', await get(trial, `${url}?X-Amz-Signature=x`)],
    ['HEAD', await ask(trial.fetch, url, { method: 'HEAD' })],
  );
}

async function unsignedWrite(trial: Trial): Promise<Verdict> {
  const key = trial.scratch.key('unsigned.bin');
  const url = objectUrl(trial.store, key);
  const answer = await ask(trial.fetch, url, { method: 'PUT', body: BODY });
  const isThere = (await inspect(trial, key)) !== undefined;
  return allOf(refused(['it', answer]), unless([isThere, 'what was refused is there']));
}

async function list(trial: Trial): Promise<Verdict> {
  const search = new URLSearchParams({
    'list-type': '2',
    'max-keys': '1',
    prefix: trial.scratch.prefix,
  });
  return refused(['it', await get(trial, `${objectUrl(trial.store, '')}?${search}`)]);
}

async function otherSignature(trial: Trial): Promise<Verdict> {
  const url = await presignAt(trial, 0, { key: trial.sample.key });
  const changed = url.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
  const without = url.replace(/&X-Amz-Signature=.*$/, '');
  return refused(['another', await get(trial, changed)], ['none', await get(trial, without)]);
}

async function otherKey(trial: Trial): Promise<Verdict> {
  const { store, scratch, sample } = trial;
  const key = scratch.key('other.bin');
  if (!isGiven(await put(trial, key, BODY))) return cannot('there is no other object');
  const url = await presignAt(trial, 0, { key: sample.key });
  const other = objectUrl(store, key) + new URL(url).search;
  return refused(['it', await get(trial, other)]);
}

async function otherMethod(trial: Trial): Promise<Verdict> {
  const { fetch, scratch } = trial;
  const key = scratch.key('method.bin');
  if (!isGiven(await put(trial, key, BODY))) return cannot('there is no object');
  const url = await presignAt(trial, 0, { key });
  const replaced = await ask(fetch, url, { method: 'PUT', body: numbered(400) });
  const removed = await ask(fetch, url, { method: 'DELETE' });
  const write = await presignPut(trial, key, BODY);
  const read = await get(trial, write.url);
  const left = await open(trial, grantOf(trial, key));
  return allOf(
    refused(['PUT', replaced], ['DELETE', removed], ['GET', read]),
    unless([!equals(left.body, BODY), 'the object is another one all the same']),
  );
}

async function otherQuery(trial: Trial): Promise<Verdict> {
  const url = await presignAt(trial, 0, { key: trial.sample.key });
  const longer = url.replace(/X-Amz-Expires=\d+/, 'X-Amz-Expires=604800');
  const more = `${url}&response-content-type=text%2Fhtml`;
  return refused(
    ['a longer life', await get(trial, longer)],
    ['another parameter', await get(trial, more)],
  );
}

async function otherSession(trial: Trial): Promise<Verdict> {
  const url = await presignAt(trial, 0, { key: trial.sample.key });
  const token = /(X-Amz-Security-Token=)[^&]+/;
  return refused(
    ['another', await get(trial, url.replace(token, '$1another'))],
    ['none', await get(trial, url.replace(token, '').replace('&&', '&'))],
  );
}

async function expired(trial: Trial): Promise<Verdict> {
  const { sample, scratch, fetch } = trial;
  const key = scratch.key('expired.bin');
  // Ended for an hour, so that no clock of a store makes it live.
  const read = await get(trial, await presignAt(trial, -HOUR_SECONDS, { key: sample.key }));
  const headers = { 'Content-Length': String(BODY.length) };
  const url = await presignAt(trial, -HOUR_SECONDS, { method: 'PUT', key, headers });
  const written = await ask(fetch, url, { method: 'PUT', body: BODY });
  return refused(['GET', read], ['PUT', written]);
}

async function future(trial: Trial): Promise<Verdict> {
  const ahead = HOUR_SECONDS + BACKDATE_SECONDS;
  return refused([
    'it',
    await get(trial, await presignAt(trial, ahead, { key: trial.sample.key })),
  ]);
}

async function backdated(trial: Trial): Promise<Verdict> {
  const { key } = trial.sample;
  // As long as the request takes, and no longer, a store may find a URL a second early.
  const ahead = await get(trial, await presignAt(trial, BACKDATE_SECONDS - 1, { key }));
  const behind = await get(trial, await presignAt(trial, -BACKDATE_SECONDS, { key }));
  return unless(
    [!isGiven(ahead), `ahead, it is answered with ${ahead.status}`],
    [!isGiven(behind), `as much behind, it is answered with ${behind.status}`],
  );
}
