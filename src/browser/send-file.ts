// Sends one file: begins or goes on with its upload, sends what is missing, and has it completed.

import { denied, ok } from '../lib/result.ts';
import { MAX_SINGLE_PUT_BYTES } from '../links/part-plan.ts';
import { sha256Of } from './checksum.ts';
import type { Asked, Begun, Target } from './gateway.ts';
import { sendParts } from './send-parts.ts';
import { sendPiece } from './send-piece.ts';
import { isReadable, patiently, type Sending } from './sending.ts';

/** Throws the signal's reason when it is aborted; what has arrived stays. */
export async function sendFile(sending: Sending, signal: AbortSignal): Asked<void> {
  const { gateway, claim, file, onPhase } = sending;
  onPhase('preparing');
  if (!(await isReadable(file))) return denied({ reason: 'file_unreadable' });
  const begin = await beginningOf(sending, signal);
  const begun = await begin();
  if (!begun.ok) return begun;
  if (begun.value.state !== 'uploaded') {
    const sent = begun.value.parts
      ? await sendParts(sending, begun.value, signal)
      : await sendWhole(sending, begun.value, begin, signal);
    if (!sent.ok) return sent;
  }
  onPhase('checking');
  const completed = await patiently(
    sending,
    'checking',
    () => gateway.complete(claim, signal),
    signal,
  );
  return completed.ok ? ok(undefined) : completed;
}

/** How its upload is begun, or gone on with: the same claim and the same words. */
async function beginningOf(sending: Sending, signal: AbortSignal): Promise<() => Asked<Begun>> {
  const { file, claim, announcement, password, needsChecksum, gateway } = sending;
  const isWhole = file.size <= MAX_SINGLE_PUT_BYTES;
  const body = {
    ...announcement,
    ...(password && { password }),
    ...(needsChecksum && isWhole && { sha256: await sha256Of(file) }),
  };
  const begin = () => gateway.begin(claim, body, signal);
  return () => patiently(sending, 'preparing', begin, signal);
}

async function sendWhole(
  sending: Sending,
  begun: Begun,
  begin: () => Asked<Begun>,
  signal: AbortSignal,
): Asked<void> {
  let first: Begun | undefined = begun;
  const target = async (): Asked<Target> => {
    // Each further try has a URL of its own.
    const again = first ? ok(first) : await begin();
    first = undefined;
    if (!again.ok) return again;
    const { url, headers } = again.value;
    return url && headers ? ok({ url, headers }) : denied({ reason: 'other' });
  };
  const { file, onSent } = sending;
  return sendPiece(sending, { bytes: file, target, onSent }, signal);
}
