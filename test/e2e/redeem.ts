// Redeems links as programs do, each way there is, with a claim of their own or with one they are given.

import { randomBytes } from 'node:crypto';
import { openLink } from './stack.ts';

/** For whom a test sends by the hundred: a link's own limit is 60 in 60 seconds. */
export const AMPLE_RATE = { limit: 10_000, windowSeconds: 60 };

export type Redeemed = {
  readonly claim: string;
  readonly status: number;
  /** The presigned URL, where one was given. */
  readonly url: string | undefined;
};

/** Redeems a link; a way that can't bring a claim leaves it to the gateway to draw one. */
export type Redeem = (url: string, claim: string) => Promise<Redeemed>;

export function drawClaim(): string {
  return randomBytes(16).toString('base64url');
}

export const redeemByForm: Redeem = async (url, claim) => {
  const response = await openLink(url, { method: 'POST', body: new URLSearchParams({ claim }) });
  return redeemed(response, claim);
};

export const redeemByHeader: Redeem = async (url, claim) => {
  const response = await openLink(url, { headers: { 'Hallpass-Claim': claim } });
  return redeemed(response, claim);
};

/** The claim is what the gateway drew, so whoever is refused has none. */
export const redeemWithoutClaim: Redeem = async (url) => {
  const response = await openLink(url, { method: 'POST' });
  return redeemed(response, response.headers.get('Hallpass-Claim') ?? '');
};

async function redeemed(response: Response, claim: string): Promise<Redeemed> {
  // Read to its end, so that its connection is free for the next one.
  await response.arrayBuffer();
  return { claim, status: response.status, url: response.headers.get('Location') ?? undefined };
}
