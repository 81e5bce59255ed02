// A stream under way: whether its link is still open is asked again and again until it isn't.

import type { Clock, Instant } from '../lib/time.ts';
import type { LimitedLink } from './decide.ts';
import type { LinkId } from './link-ref.ts';
import type { Gates, Grants } from './ports.ts';

/** What a stream was permitted by. */
export type Transfer = {
  readonly link: LinkId;
  /** Of an edge link KV is asked, as it was for the open. */
  readonly isEdge: boolean;
  readonly expiresAt: Instant;
};

export type TransferServices = {
  readonly gates: Gates;
  readonly grants: Grants;
  readonly clock: Clock;
  /** Resolves after so long, or as soon as the signal is aborted. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly recheckMs: number;
};

/** How often in a row there may be no answer: a gate that restarts cuts nobody off. */
const UNANSWERED = 3;

/** Until when a link is open as things are; `undefined` once it is shut. */
export function openUntil({ limits, endedAt }: LimitedLink, now: Instant): Instant | undefined {
  return endedAt !== undefined || now >= limits.expiresAt ? undefined : limits.expiresAt;
}

/** Resolves when a transfer must end, or when it has: `ended` tells that. */
export async function untilShut(
  services: TransferServices,
  transfer: Transfer,
  ended: AbortSignal,
): Promise<void> {
  const { clock, pause, recheckMs } = services;
  let end = transfer.expiresAt;
  let unanswered = 0;
  while (!ended.aborted) {
    await pause(Math.min(recheckMs, end - clock()), ended);
    if (ended.aborted) return;
    try {
      end = (await askAgain(services, transfer)) ?? 0;
      unanswered = 0;
    } catch {
      unanswered += 1;
    }
    if (unanswered === UNANSWERED || end <= clock()) return;
  }
}

async function askAgain(
  { gates, grants, clock }: TransferServices,
  { link, isEdge }: Transfer,
): Promise<Instant | undefined> {
  const edge = isEdge ? (await grants.get(link))?.edge : undefined;
  return edge ? openUntil(edge, clock()) : gates.openUntil(link);
}
