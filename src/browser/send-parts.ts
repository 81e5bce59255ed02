// Sends the parts of a large file that the store doesn't have yet, a few at a time.

import { ok } from '../lib/result.ts';
import { sha256Of } from './checksum.ts';
import type { Asked, Begun, Shown, Target } from './gateway.ts';
import { sendPiece } from './send-piece.ts';
import { patiently, type Sending } from './sending.ts';

const PARTS_AT_ONCE = 3;

export async function sendParts(
  sending: Sending,
  { parts = 0, partSize = 0 }: Begun,
  signal: AbortSignal,
): Asked<void> {
  const { file, claim, gateway, needsChecksum, onSent } = sending;
  const look = () => gateway.look(claim, signal);
  const shown = await patiently(sending, 'preparing', look, signal);
  if (!shown.ok) return shown;
  const bytesOf = (number: number) => file.slice((number - 1) * partSize, number * partSize);
  const sent = arrivedBytes(shown.value, bytesOf);
  const tell = () => onSent([...sent.values()].reduce((sum, bytes) => sum + bytes, 0));
  tell();

  const waiting = range(parts).filter((number) => !sent.has(number));
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);

  async function sendPart(number: number): Asked<void> {
    const bytes = bytesOf(number);
    const sha256 = needsChecksum ? await sha256Of(bytes) : undefined;
    const sign = () => gateway.signPart(claim, number, sha256, stopped);
    const target = (): Asked<Target> => patiently(sending, 'sending', sign, stopped);
    const onPart = (count: number) => {
      sent.set(number, count);
      tell();
    };
    return sendPiece(sending, { bytes, target, onSent: onPart, isPart: true }, stopped);
  }

  async function sendWaiting(): Asked<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const put = await sendPart(next);
      if (put.ok) continue;
      // The others would only be refused too.
      stop.abort();
      return put;
    }
    return ok(undefined);
  }

  const settled = await Promise.allSettled(range(PARTS_AT_ONCE).map(sendWaiting));
  signal.throwIfAborted();
  return outcomeOf(settled);
}

/** By the part's number; what has another size than planned is sent again. */
function arrivedBytes({ arrived = [] }: Shown, bytesOf: (number: number) => Blob) {
  const whole = arrived.filter(({ partNumber, size }) => size === bytesOf(partNumber).size);
  return new Map(whole.map(({ partNumber, size }) => [partNumber, size]));
}

/** The refusal for which the others were stopped comes before that they were. */
function outcomeOf(settled: readonly PromiseSettledResult<Awaited<Asked<void>>>[]) {
  for (const one of settled) if (one.status === 'fulfilled' && !one.value.ok) return one.value;
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
  return ok(undefined);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
