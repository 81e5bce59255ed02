// Sends a whole file, or one part of it, until the store has it.

import { denied, ok } from '../lib/result.ts';
import type { Asked, Target } from './gateway.ts';
import { backoffMs, sleep, untilOnline } from './patience.ts';
import { type PutStatus, put } from './put.ts';
import { isReadable, type Sending } from './sending.ts';

const MAX_TRIES = 6;

export type Piece = {
  readonly bytes: Blob;
  /** A fresh URL, for each try. */
  readonly target: () => Asked<Target>;
  readonly onSent: (bytes: number) => void;
  readonly isPart?: boolean;
};

export async function sendPiece(
  { onPhase }: Pick<Sending, 'onPhase'>,
  { bytes, target, onSent, isPart }: Piece,
  signal: AbortSignal,
): Asked<void> {
  let tries = 0;
  while (true) {
    const to = await target();
    if (!to.ok) return to;
    onPhase('sending');
    let moved = 0;
    const status = await put(
      to.value,
      bytes,
      (sent) => {
        moved = sent;
        onSent(sent);
      },
      signal,
    );
    if (isThere(status)) {
      onSent(bytes.size);
      return ok(undefined);
    }
    onSent(0);
    // The multipart upload was aborted.
    if (isPart && status === 404) return denied({ reason: 'upload_gone' });
    if (status !== undefined) {
      tries += 1;
      if (tries >= MAX_TRIES) return denied({ reason: 'store_unavailable' });
      // 403: the URL has ended, and a fresh one is at hand.
      await sleep(status === 403 && tries === 1 ? 0 : backoffMs(tries - 1), signal);
      continue;
    }
    if (!(await isReadable(bytes))) return denied({ reason: 'file_unreadable' });
    const isOffline = !navigator.onLine;
    if (isOffline) onPhase('offline');
    // Where bytes went out there is a way to the store, and there will be again.
    else if (moved === 0) tries += 1;
    if (tries >= MAX_TRIES) return denied({ reason: 'store_unreachable' });
    await untilOnline(backoffMs(tries), signal);
  }
}

/**
 * 412 says that something is there: completing tells whether it is this file, sent by a try whose answer
 * was lost.
 */
function isThere(status: PutStatus): boolean {
  return status !== undefined && ((status >= 200 && status < 300) || status === 412);
}
