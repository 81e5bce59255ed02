// A download into a file that resumes, or to standard output.

import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Download, download } from '../client/download.ts';
import { HallpassError } from '../client/hallpass-error.ts';
import { usageError } from './cli-error.ts';
import { createProgress, inBytes } from './output/progress.ts';
import { printable } from './output/width.ts';
import { openPart, type PartFile } from './part-file.ts';
import type { Session } from './session.ts';

export type Order = {
  readonly link: string;
  readonly password: string | undefined;
  readonly output: string | undefined;
  readonly isForced: boolean;
  readonly isRestarted: boolean;
};

export type Fetched = { readonly file: string; readonly bytes: number };

export async function fetchToFile(session: Session, order: Order): Promise<Fetched> {
  const { link, output, password, isForced, isRestarted } = order;
  if (output !== undefined) expectFree(output, isForced);
  const part = openPart(output === undefined ? '.' : dirname(output), link, isRestarted);
  const { state, offset } = part;
  if (state.size !== undefined && offset === state.size && offset > 0) {
    return finish(part, fileOf(order, state.filename), offset, isForced);
  }
  const { claim, etag } = state;
  const options = { claim, etag: offset > 0 ? etag : undefined, offset };
  const { signal } = session;
  const answer = await download(link, { ...options, signal, password }).catch((error) => {
    // Nothing was spent and nothing is there: nothing to come back for.
    if (error instanceof HallpassError && offset === 0) part.forget();
    throw error;
  });
  const { size, filename } = answer;
  part.keep({ claim, etag: answer.etag, size, filename });
  const file = fileOf(order, filename);
  expectFree(file, isForced);
  const bytes = await write(session, part, answer);
  return finish(part, file, bytes, isForced);
}

/** Standard output can't be resumed by a later run, so its claim is kept nowhere. */
export async function fetchToStream(
  { stdout, signal }: Session,
  link: string,
  password: string | undefined,
): Promise<void> {
  const { body } = await download(link, { signal, password });
  await pipeline(chunksOf(body), stdout, { end: false });
}

/** Each piece is in the file before the next is asked for: what is there survives any end. */
async function write(session: Session, part: PartFile, { body, size }: Download): Promise<number> {
  const progress = createProgress(session);
  let bytes = part.offset;
  const file = await open(part.path, part.offset > 0 ? 'a' : 'w');
  try {
    for await (const chunk of chunksOf(body)) {
      await file.appendFile(chunk);
      bytes += chunk.length;
      progress.update(progressOf(bytes, size));
    }
  } finally {
    progress.end();
    await file.close();
  }
  return bytes;
}

/** Node's streams are iterable; the type that all platforms share doesn't say so. */
function chunksOf(body: Download['body']): AsyncIterable<Uint8Array> {
  return body as unknown as AsyncIterable<Uint8Array>;
}

function progressOf(bytes: number, size: number | undefined): string {
  if (!size) return inBytes(bytes);
  return `${Math.floor((bytes / size) * 100)} %  ${inBytes(bytes)} of ${inBytes(size)}`;
}

function finish(part: PartFile, file: string, bytes: number, isForced: boolean): Fetched {
  expectFree(file, isForced);
  part.finish(file);
  return { file, bytes };
}

function expectFree(file: string, isForced: boolean): void {
  if (isForced || !existsSync(file)) return;
  throw usageError(`${file} is there already: choose another name with -o, or give --force.`);
}

/** A name from elsewhere leads into no other folder and makes no hidden file. */
function fileOf({ output }: Order, filename: string | undefined): string {
  if (output !== undefined) return output;
  const [name = ''] = basename(printable(filename ?? '')).split('\0');
  return name.replace(/^\.+/, '_') || 'download';
}
