// Object keys that URLs, signers and servers easily get wrong: each must lead to its own object.

import { type Bytes, utf8 } from '../../src/lib/digest.ts';
import { AWKWARD_KEYS } from '../../test/support/object-keys.ts';
import { equals, isGiven } from './ask.ts';
import { type Area, cannot, no, type Verdict, yes } from './check.ts';
import { grantOf, open, presignPut, send, type Trial } from './trial.ts';

/** S3's own limit. */
const MAX_KEY_BYTES = 1_024;
/** A store may be far away. */
const AT_ONCE = 6;

export const keys: Area = {
  title: 'Awkward keys',
  checks: [
    {
      name: 'keys',
      what: `${AWKWARD_KEYS.length} awkward keys lead each to its own object, by URL, HEAD and stream`,
      backs: 'promise',
      run: eachItsOwn,
    },
  ],
};

type Written = { readonly key: string; readonly body: Bytes; readonly status: number };

/** All are written before the first is read, so that two keys of one object are found out. */
async function eachItsOwn(trial: Trial): Promise<Verdict> {
  const all = await inTurn(AWKWARD_KEYS, (key) => write(trial, key));
  const written = all.filter(({ status }) => status === 200);
  const [refused, ...others] = all.filter(({ status }) => status !== 200);
  // A signature that a store reads otherwise is not a key that it hasn't.
  const misread = all.find(({ status }) => status === 403);
  if (misread) return no(`${shown(trial, misread.key)} is refused with 403`);
  if (written.length === 0) return cannot('none of them could be written');
  const faults = await inTurn(written, (one) => readFault(trial, one));
  const fault = faults.find((found) => found !== undefined);
  if (fault !== undefined) return no(fault);
  if (!refused) return yes;
  const example = `${shown(trial, refused.key)} (${refused.status})`;
  return { answer: 'yes', note: `${others.length + 1} can't be written here, such as ${example}` };
}

async function write(trial: Trial, awkward: string): Promise<Written> {
  const { prefix } = trial.scratch;
  const key = trial.scratch.key(shortened(prefix, `keys/${awkward}`));
  const body = utf8(`the object of ${key}`);
  const { status } = await send(trial, await presignPut(trial, key, body), body);
  return { key, body, status };
}

async function readFault(trial: Trial, { key, body }: Written): Promise<string | undefined> {
  const grant = grantOf(trial, key);
  const name = shown(trial, key);
  const got = await open(trial, grant);
  if (!isGiven(got)) return `${name} is answered with ${got.status}`;
  if (!equals(got.body, body)) return `${name} gives another object`;
  const head = await open(trial, grant, { method: 'HEAD' });
  if (head.headers.get('Content-Length') !== String(body.length)) return `HEAD of ${name} differs`;
  const streamed = await trial.fetchObject({ method: 'GET', grant, headers: {} });
  if (!streamed.ok) return `${name} is not streamed: ${streamed.denial.reason}`;
  const bytes = new Uint8Array(await new Response(streamed.value.body).arrayBuffer());
  return equals(bytes, body) ? undefined : `${name} is streamed as another object`;
}

/** Under the prefix of the run the longest would be too long, by as much as that. */
function shortened(prefix: string, name: string): string {
  const characters = [...name];
  while (Buffer.byteLength(prefix + characters.join('')) > MAX_KEY_BYTES) characters.pop();
  return characters.join('');
}

/** In ASCII, without the prefix of the run, and not all of a long one. */
function shown({ scratch }: Trial, key: string): string {
  const name = key.slice(`${scratch.prefix}keys/`.length);
  const short = name.length > 24 ? `${name.slice(0, 24)}…` : name;
  return JSON.stringify(short).replace(
    /[^ -~…]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** A few at a time. */
async function inTurn<Item, Done>(
  items: readonly Item[],
  work: (item: Item) => Promise<Done>,
): Promise<Done[]> {
  const done: Done[] = [];
  const waiting = [...items.entries()];
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, item] = next;
      done[index] = await work(item);
    }
  });
  await Promise.all(workers);
  return done;
}
