// Downloads by redirect, as they are without response overrides.

import { equals, isGiven } from './ask.ts';
import { type Area, unless, type Verdict } from './check.ts';
import { grantOf, open, put, type Trial } from './trial.ts';

export const reads: Area = {
  title: 'Reading by a presigned URL',
  checks: [
    {
      name: 'get',
      what: 'GET gives the object, byte for byte and with its type',
      backs: 'promise',
      run: get,
    },
    { name: 'head', what: 'HEAD gives its size and no byte', backs: 'promise', run: head },
    { name: 'range', what: 'Range gives that part', backs: 'promise', run: range },
    {
      name: 'range-behind',
      what: 'Range behind the end is refused with 416',
      backs: 'nothing',
      run: rangeBehind,
    },
    {
      name: 'if-range',
      what: 'If-Range with another ETag gives all of it',
      backs: 'nothing',
      run: ifRange,
    },
    { name: 'empty', what: 'an empty object is given', backs: 'promise', run: empty },
  ],
};

const sampleGrant = (trial: Trial) => grantOf(trial, trial.sample.key);

async function get(trial: Trial): Promise<Verdict> {
  const { status, headers, body } = await open(trial, sampleGrant(trial));
  const type = headers.get('Content-Type');
  return unless(
    [status !== 200, `it answers ${status}`],
    [!equals(body, trial.sample.body), 'the bytes are others'],
    [type !== trial.sample.type, `the type is ${JSON.stringify(type)}`],
  );
}

async function head(trial: Trial): Promise<Verdict> {
  const { status, headers, body } = await open(trial, sampleGrant(trial), { method: 'HEAD' });
  const size = headers.get('Content-Length');
  return unless(
    [status !== 200, `it answers ${status}`],
    [size !== String(trial.sample.body.length), `the size is ${size}`],
    [body.length > 0, 'it gives bytes'],
  );
}

async function range(trial: Trial): Promise<Verdict> {
  const { sample } = trial;
  const size = sample.body.length;
  for (const [asked, from, to] of [
    ['bytes=100-199', 100, 199],
    [`bytes=${size - 7}-`, size - 7, size - 1],
    ['bytes=-5', size - 5, size - 1],
  ] as const) {
    const { status, headers, body } = await open(trial, sampleGrant(trial), {
      headers: { Range: asked },
    });
    const told = headers.get('Content-Range');
    const verdict = unless(
      [status !== 206, `"${asked}" is answered with ${status}`],
      [told !== `bytes ${from}-${to}/${size}`, `"${asked}" is said to be "${told}"`],
      [!equals(body, sample.body.subarray(from, to + 1)), `"${asked}" gives other bytes`],
    );
    if (verdict.answer !== 'yes') return verdict;
  }
  return unless();
}

async function rangeBehind(trial: Trial): Promise<Verdict> {
  const headers = { Range: `bytes=${trial.sample.body.length}-` };
  const { status } = await open(trial, sampleGrant(trial), { headers });
  return unless([status !== 416, `it answers ${status}`]);
}

async function ifRange(trial: Trial): Promise<Verdict> {
  const headers = { Range: 'bytes=100-199', 'If-Range': '"another"' };
  const { status } = await open(trial, sampleGrant(trial), { headers });
  return unless([status !== 200, `it answers ${status}`]);
}

async function empty(trial: Trial): Promise<Verdict> {
  const key = trial.scratch.key('empty.bin');
  const written = await put(trial, key, new Uint8Array());
  const { status, body } = await open(trial, grantOf(trial, key));
  return unless(
    [!isGiven(written), `writing it is answered with ${written.status}`],
    [status !== 200, `it answers ${status}`],
    [body.length > 0, 'it gives bytes'],
  );
}
