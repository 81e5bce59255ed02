// An app mints many links in one call, each for itself: what is refused leaves the others alone.

import type { Caller } from '../apps/caller.ts';
import type { Answer, BatchItem, BatchResult, Ledger } from '../apps/ports.ts';
import { denied, ok } from '../lib/result.ts';
import { Unavailable } from '../lib/unavailable.ts';
import type { Idempotency } from './ports.ts';

/**
 * How many links one call of the ledger mints: each may cost it a gate, two looks at the store and a
 * write of KV, and the Free plan allows 50 of these for each call.
 * https://developers.cloudflare.com/workers/platform/limits/#subrequests
 */
const LINKS_PER_CALL = 12;

/** The results by their places. Refuses as a whole with what the first call refuses with. */
export async function mintBatch(
  ledger: Ledger,
  caller: Caller,
  items: readonly BatchItem[],
  idempotency: Idempotency | undefined,
): Promise<Answer<Map<number, BatchResult>>> {
  const results = new Map<number, BatchResult>();
  let rate: Answer<unknown>['rate'];
  // Asked even when no mint is left: whoever may mint nothing is told so.
  for (let start = 0; start === 0 || start < items.length; start += LINKS_PER_CALL) {
    const part = items.slice(start, start + LINKS_PER_CALL);
    const answer = await mintPart(ledger, caller, part, idempotency, start > 0);
    if (!answer.result.ok && start === 0) return { result: answer.result, rate: answer.rate };
    rate = answer.rate ?? rate;
    for (const [index, { place }] of part.entries()) {
      const result = answer.result.ok ? answer.result.value[index] : answer.result;
      if (result) results.set(place, result);
    }
  }
  return { result: ok(results), rate };
}

/** What was minted before the ledger stopped answering stays minted, so that is told. */
async function mintPart(
  ledger: Ledger,
  caller: Caller,
  part: readonly BatchItem[],
  idempotency: Idempotency | undefined,
  isFurtherPart: boolean,
): Promise<Answer<BatchResult[]>> {
  try {
    return await ledger.mintMany(caller, part, idempotency, isFurtherPart);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return { result: denied({ reason: 'unavailable' }) };
  }
}
