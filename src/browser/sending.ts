// One file on its way: what is sent, and who is told how far it is.

import type { Asked, Gateway } from './gateway.ts';
import { persist } from './patience.ts';

export type Phase = 'preparing' | 'sending' | 'waiting' | 'offline' | 'checking';

export type Sending = {
  readonly file: File;
  readonly claim: string;
  readonly announcement: object;
  readonly password: string | undefined;
  readonly needsChecksum: boolean;
  readonly gateway: Gateway;
  readonly onPhase: (phase: Phase) => void;
  /** Of the file, `sent` bytes are on their way or there. */
  readonly onSent: (sent: number) => void;
};

/** Asks until there is an answer, and says meanwhile what is waited for. */
export function patiently<Value>(
  { onPhase }: Sending,
  phase: Phase,
  ask: () => Asked<Value>,
  signal: AbortSignal,
): Asked<Value> {
  return persist(ask, (wait) => onPhase(wait ?? phase), signal);
}

/** A file that changed or went away since it was chosen can't be read. */
export async function isReadable(blob: Blob): Promise<boolean> {
  try {
    await blob.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
