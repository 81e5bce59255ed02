// A recipient's side: a link redeemed by a program, with a claim that makes it safe to repeat.

import { errorOf } from './hallpass-error.ts';
import { type RetryOptions, sendWithRetry } from './retry.ts';
import type { Redeemed } from './types.ts';

export type RedeemOptions = RetryOptions & {
  /** 22 or more random characters: the same claim again spends no second use. Drawn without one. */
  readonly claim?: string | undefined;
  readonly password?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
};

const CLAIM_BYTES = 24;

/** Redeems a link: the answer's `url` is good for seconds, its `claim` for coming back. */
export async function redeem(link: string, options: RedeemOptions = {}): Promise<Redeemed> {
  const { claim = drawClaim(), password, fetch: send = fetch, signal } = options;
  const init: RequestInit = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ claim, password }),
    ...(signal ? { signal } : {}),
  };
  const response = await sendWithRetry(() => send(link, init), options);
  if (!response.ok) throw await errorOf(response);
  return (await response.json()) as Redeemed;
}

/** A claim of one's own, to be kept where a later run shall come back for the same use. */
export function drawClaim(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(CLAIM_BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}
