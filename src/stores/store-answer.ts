// What a store answered to a probe: as much of it as a diagnosis needs, and no text that goes further.

import type { Instant } from '../lib/time.ts';

/** What S3 says of a refusal. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export type StoreError = {
  readonly code: string;
  /** For matching only: it is the store's own text, and nobody is shown it. */
  readonly message: string;
  /** The region that the store says is the right one. */
  readonly region?: string | undefined;
};

export type StoreAnswer = {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: Headers;
  readonly error?: StoreError | undefined;
  /** When it came, by our clock. */
  readonly at: Instant;
};

export type Outcome =
  | StoreAnswer
  /** No connection, or no answer in time. */
  | { readonly kind: 'silence' }
  /** Nothing was asked: the session of the credentials has ended. */
  | { readonly kind: 'ended' };

/** Far more than any S3 error has. */
export const MAX_ERROR_BYTES = 65_536;
/** A region as the settings may have it: anything else is not worth telling. */
const REGION = '([a-z0-9-]{1,64})';

/** Reads the error of a refusal; of whatever was granted no byte is wanted. */
export async function readAnswer(response: Response, at: Instant): Promise<StoreAnswer> {
  const { status, headers } = response;
  const answer = { kind: 'answer', status, headers, at } as const;
  if (response.ok) {
    await response.body?.cancel();
    return answer;
  }
  const error = readStoreError(await readText(response, MAX_ERROR_BYTES));
  return error ? { ...answer, error } : answer;
}

/** `undefined` for what is no S3 error, such as a page of a proxy. */
export function readStoreError(body: string): StoreError | undefined {
  if (!/<Error[\s>]/.test(body)) return undefined;
  const [, code] = /<Code>([A-Za-z0-9.]{1,64})<\/Code>/.exec(body) ?? [];
  if (code === undefined) return undefined;
  const [, message = ''] = /<Message>([^<]{0,1024})/.exec(body) ?? [];
  const [, told] = new RegExp(`<Region>${REGION}</Region>`).exec(body) ?? [];
  // Some stores name it in their sentence only: "…; expecting 'eu-central-1'".
  const [, expected] = new RegExp(`expecting ['"]${REGION}['"]`).exec(message) ?? [];
  return { code, message, region: told ?? expected };
}

/** The body's beginning: what is longer is cut, what breaks off ends there. */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    while (reader && bytes < maxBytes) {
      const { done, value } = await reader.read();
      if (done) return text;
      text += decoder.decode(value.subarray(0, maxBytes - bytes), { stream: true });
      bytes += value.length;
    }
    await reader?.cancel();
  } catch {
    // The connection broke: what came before it is what the store said.
  }
  return text;
}
