// What the page asks of the gateway.

import { denied, ok, type Result } from '../lib/result.ts';

/** Why something wasn't done: the gateway's reason, or `network` when it didn't answer at all. */
export type Refusal = { readonly reason: string; readonly retryAfterSeconds?: number | undefined };

export type Target = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
};

export type Begun = Partial<Target> & {
  readonly state: string;
  readonly partSize?: number;
  readonly parts?: number;
};

export type Shown = {
  readonly state: string;
  readonly arrived?: readonly { readonly partNumber: number; readonly size: number }[];
};

export type Asked<Value> = Promise<Result<Value, Refusal>>;
export type Gateway = ReturnType<typeof createGateway>;

export function createGateway(link: string) {
  async function ask<Value>(
    method: string,
    path: string,
    signal: AbortSignal | undefined,
    request: { readonly body?: object; readonly claim?: string } = {},
  ): Asked<Value> {
    const { body, claim } = request;
    const headers = {
      Accept: 'application/json',
      ...(body && { 'Content-Type': 'application/json' }),
      ...(claim && { 'Hallpass-Claim': claim }),
    };
    try {
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const response = await fetch(`${link}/uploads${path}`, {
        ...init,
        ...(signal && { signal }),
      });
      if (response.ok) return ok((await response.json()) as Value);
      return denied(await refusalOf(response));
    } catch {
      signal?.throwIfAborted();
      return denied({ reason: 'network' });
    }
  }

  return {
    begin: (claim: string, announcement: object, signal: AbortSignal) =>
      ask<Begun>('POST', '', signal, { body: announcement, claim }),
    look: (claim: string, signal?: AbortSignal) => ask<Shown>('GET', `/${claim}`, signal),
    async signPart(
      claim: string,
      partNumber: number,
      sha256: string | undefined,
      signal: AbortSignal,
    ): Asked<Target> {
      const body = { partNumbers: [partNumber], ...(sha256 && { sha256: [sha256] }) };
      const path = `/${claim}/parts`;
      const signed = await ask<{ parts: readonly Target[] }>('POST', path, signal, { body });
      if (!signed.ok) return signed;
      const [part] = signed.value.parts;
      return part ? ok(part) : denied({ reason: 'other' });
    },
    complete: (claim: string, signal: AbortSignal) =>
      ask<Shown>('POST', `/${claim}/complete`, signal),
    abort: (claim: string) => ask<Shown>('DELETE', `/${claim}`, undefined),
  };
}

async function refusalOf(response: Response): Promise<Refusal> {
  const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const problem = (await response.json().catch(() => ({}))) as { readonly reason?: string };
  return {
    reason: problem.reason ?? (response.status >= 500 ? 'unavailable' : 'other'),
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
  };
}
