// Delivery as a stream: the gateway's own requests, signed by headers.

import { equals } from './ask.ts';
import { type Area, no, unless, type Verdict } from './check.ts';
import { grantOf, put, type Trial } from './trial.ts';

export const streams: Area = {
  title: 'Streaming through the gateway',
  checks: [
    {
      name: 'stream',
      what: 'a stream gives the object, byte for byte, with its length and ETag',
      backs: 'promise',
      run: whole,
    },
    {
      name: 'stream-head',
      what: 'HEAD tells its size, also of an empty object',
      backs: 'promise',
      run: head,
    },
    { name: 'stream-range', what: 'Range gives that part', backs: 'promise', run: range },
    {
      name: 'stream-if-range',
      what: 'If-Range gives the part of this object, and all of another',
      backs: 'promise',
      run: ifRange,
    },
    {
      name: 'stream-range-behind',
      what: 'Range behind the end is refused, and the size told',
      backs: 'nothing',
      run: rangeBehind,
    },
    {
      name: 'stream-conditions',
      what: 'If-None-Match and If-Match are answered with 304 and 412',
      backs: 'nothing',
      run: conditions,
    },
    {
      name: 'stream-missing',
      what: 'a missing object is told apart from a store that fails',
      backs: 'nothing',
      run: missing,
    },
  ],
};

type Streamed = {
  /** A status, or the reason of a refusal. */
  readonly status: number | string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** What a refused range is told. */
  readonly size?: number | undefined;
};

async function stream(
  trial: Trial,
  key: string,
  headers: Record<string, string> = {},
  method: 'GET' | 'HEAD' = 'GET',
): Promise<Streamed> {
  const fetched = await trial.fetchObject({ method, grant: grantOf(trial, key), headers });
  if (!fetched.ok) {
    const { denial } = fetched;
    const size = 'size' in denial ? denial.size : undefined;
    return { status: denial.reason, headers: {}, body: new Uint8Array(), size };
  }
  const { status, body } = fetched.value;
  const bytes = body ? new Uint8Array(await new Response(body).arrayBuffer()) : new Uint8Array();
  return { status, headers: fetched.value.headers, body: bytes };
}

async function whole(trial: Trial): Promise<Verdict> {
  const { key, body, type } = trial.sample;
  const got = await stream(trial, key);
  return unless(
    [got.status !== 200, `it answers ${got.status}`],
    [!equals(got.body, body), 'the bytes are others'],
    [got.headers['Content-Length'] !== String(body.length), 'its length is not told'],
    [got.headers['Content-Type'] !== type, `its type is ${got.headers['Content-Type']}`],
    [!got.headers.ETag, 'it has no ETag'],
  );
}

async function head(trial: Trial): Promise<Verdict> {
  const empty = trial.scratch.key('empty-stream.bin');
  await put(trial, empty, new Uint8Array());
  for (const [key, size] of [
    [trial.sample.key, trial.sample.body.length],
    [empty, 0],
  ] as const) {
    const { status, headers } = await stream(trial, key, {}, 'HEAD');
    const told = headers['Content-Length'];
    if (status !== 200) return no(`it answers ${status} of ${size} bytes`);
    if (told !== String(size)) return no(`it tells ${told} of ${size} bytes`);
  }
  return unless();
}

async function range(trial: Trial): Promise<Verdict> {
  const { key, body } = trial.sample;
  const got = await stream(trial, key, { range: 'bytes=100-199' });
  return unless(
    [got.status !== 206, `it answers ${got.status}`],
    [got.headers['Content-Range'] !== `bytes 100-199/${body.length}`, 'another part is told'],
    [!equals(got.body, body.subarray(100, 200)), 'the bytes are others'],
  );
}

async function ifRange(trial: Trial): Promise<Verdict> {
  const { key } = trial.sample;
  const { headers } = await stream(trial, key);
  const asked = { range: 'bytes=100-199' };
  const same = await stream(trial, key, { ...asked, 'if-range': headers.ETag ?? '"none"' });
  const other = await stream(trial, key, { ...asked, 'if-range': '"another"' });
  return unless(
    [same.status !== 206, `of this object it answers ${same.status}`],
    [other.status !== 200, `of another it answers ${other.status}`],
  );
}

async function rangeBehind(trial: Trial): Promise<Verdict> {
  const { key, body } = trial.sample;
  const { status, size } = await stream(trial, key, { range: `bytes=${body.length}-` });
  return unless(
    [status !== 'range_not_satisfiable', `it answers ${status}`],
    [size !== body.length, 'the size is not told'],
  );
}

async function conditions(trial: Trial): Promise<Verdict> {
  const { key } = trial.sample;
  const { headers } = await stream(trial, key);
  const same = await stream(trial, key, { 'if-none-match': headers.ETag ?? '"none"' });
  const other = await stream(trial, key, { 'if-match': '"another"' });
  return unless(
    [same.status !== 304, `If-None-Match with its ETag is answered with ${same.status}`],
    [other.status !== 'precondition_failed', `If-Match with another with ${other.status}`],
  );
}

async function missing(trial: Trial): Promise<Verdict> {
  const { status } = await stream(trial, trial.scratch.key('never-streamed.bin'));
  return unless([status !== 'object_missing', `it is answered as ${status}`]);
}
