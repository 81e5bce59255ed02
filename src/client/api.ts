// One call of the gateway's API: its URL, its headers, its answer or a throw.

import { errorOf } from './hallpass-error.ts';
import { type RetryOptions, sendWithRetry } from './retry.ts';

export type ClientOptions = {
  /** The gateway, for example `https://files.example.com`. */
  readonly url: string;
  /** An app's API key, or the operators' admin token. */
  readonly apiKey: string;
  readonly fetch?: typeof fetch | undefined;
  readonly attempts?: number | undefined;
};

export type CallOptions = {
  readonly signal?: AbortSignal | undefined;
};

/** Of a call that creates something: a key of your own makes it safe to repeat later, too. */
export type CreateOptions = CallOptions & { readonly idempotencyKey?: string | undefined };

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export type Call = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Query | undefined;
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
} & RetryOptions;

export type Api = <Answer>(call: Call) => Promise<Answer>;

export function createApi({ url, apiKey, fetch: send = fetch, attempts }: ClientOptions): Api {
  return async function call<Answer>(request: Call): Promise<Answer> {
    const { method, body, signal, idempotencyKey } = request;
    const headers = new Headers({ Authorization: `Bearer ${apiKey}`, Accept: 'application/json' });
    if (body !== undefined) headers.set('Content-Type', 'application/json');
    if (idempotencyKey !== undefined) headers.set('Idempotency-Key', idempotencyKey);
    const init: RequestInit = {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    };
    const response = await sendWithRetry(() => send(urlOf(url, request), init), {
      attempts,
      ...request,
    });
    if (!response.ok) throw await errorOf(response);
    // A deletion is answered by its status alone.
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  };
}

function urlOf(gateway: string, { path, query = {} }: Call): string {
  const url = new URL(path, gateway);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url.href;
}
