// A store that takes its time, so that a download can be interrupted in the middle. It asks for no
// signature: what is tested with it is the side of the client.

import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export const SLOW_BODY = Buffer.from(
  Array.from({ length: 200_000 }, (_, index) => `${String(index).padStart(9, '0')}\n`).join(''),
);
const CHUNK = 50_000;
const PAUSE_MS = 50;

export type SlowStore = {
  readonly endpoint: string;
  /** Where each answer began. */
  readonly offsets: readonly number[];
  close(): void;
};

export async function startSlowStore(): Promise<SlowStore> {
  const offsets: number[] = [];
  const server = createServer(async (request, response) => {
    const [, begin] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
    const offset = Number(begin ?? 0);
    offsets.push(offset);
    const size = SLOW_BODY.length;
    response.writeHead(begin === undefined ? 200 : 206, {
      ETag: '"slow"',
      'Content-Length': size - offset,
      'Content-Disposition': "attachment; filename*=UTF-8''slow%20one.txt",
      ...(begin !== undefined && { 'Content-Range': `bytes ${offset}-${size - 1}/${size}` }),
    });
    for (let at = offset; at < size && !response.destroyed; at += CHUNK) {
      response.write(SLOW_BODY.subarray(at, at + CHUNK));
      await sleep(PAUSE_MS);
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    offsets,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
