// Presigned S3 URLs (SigV4 in the query); sign-request.ts has requests signed by headers.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html

import type { Store } from '../config.ts';
import { hex, hmacSha256, sha256, utf8 } from '../lib/digest.ts';
import { type Instant, SECOND_MS } from '../lib/time.ts';
import type { PresignedUrl } from '../links/ports.ts';
import { addressesObject, encodeRfc3986, objectPath, storeOrigin } from './object-url.ts';
import { createSigningKeys, toAmzDate } from './signing-key.ts';

/** Stores whose clock is behind ours would find a fresh URL "not yet valid". */
export const BACKDATE_SECONDS = 30;

const ALGORITHM = 'AWS4-HMAC-SHA256';

export type PresignObject = {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Signed as they stand: the sender must send exactly these. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The end of what the URL stands for, which it never outlives. */
  readonly notAfter: Instant;
  readonly now: Instant;
};

export type Presigner = (store: Store, object: PresignObject) => Promise<PresignedUrl | undefined>;

/** A presigner answers `undefined` when the URL would end with the second that has begun. */
export function createPresigner(): Presigner {
  const signingKeyOf = createSigningKeys();

  return async function presign(store, object) {
    const nowSeconds = Math.floor(object.now / SECOND_MS);
    const endSeconds = Math.floor(
      Math.min(
        object.now + store.maxUrlSeconds * SECOND_MS,
        object.notAfter,
        store.session?.expiresAt ?? Number.POSITIVE_INFINITY,
      ) / SECOND_MS,
    );
    if (endSeconds <= nowSeconds) return undefined;

    const signedAt = nowSeconds - BACKDATE_SECONDS;
    const datetime = toAmzDate(signedAt * SECOND_MS);
    const day = datetime.slice(0, 8);
    const scope = `${day}/${store.region}/s3/aws4_request`;
    const headers = canonicalHeaders(store, object.headers);
    const search = canonicalQuery({
      ...object.query,
      'X-Amz-Algorithm': ALGORITHM,
      'X-Amz-Credential': `${store.accessKeyId}/${scope}`,
      'X-Amz-Date': datetime,
      'X-Amz-Expires': String(endSeconds - signedAt),
      'X-Amz-SignedHeaders': headers.map(([name]) => name).join(';'),
      ...(store.session ? { 'X-Amz-Security-Token': store.session.token } : {}),
    });
    const path = objectPath(store, object.key);
    const canonicalRequest = [
      object.method,
      path,
      search,
      ...headers.map((header) => header.join(':')),
      '',
      headers.map(([name]) => name).join(';'),
      'UNSIGNED-PAYLOAD',
    ].join('\n');
    const digest = hex(await sha256(utf8(canonicalRequest)));
    const stringToSign = [ALGORITHM, datetime, scope, digest].join('\n');
    const key = await signingKeyOf(store, day);
    const signature = hex(await hmacSha256(key, utf8(stringToSign)));
    // What is sent is, letter for letter, what was signed.
    const url = `${storeOrigin(store)}${path}?${search}&X-Amz-Signature=${signature}`;
    if (!addressesObject(url, store, object.key)) {
      throw new Error('a presigned URL would have addressed another object');
    }
    return { url, expiresAt: endSeconds * SECOND_MS };
  };
}

/** Names in lower case and in order, values without the white space that HTTP doesn't keep. */
function canonicalHeaders(
  store: Store,
  headers: Readonly<Record<string, string>> = {},
): (readonly [name: string, value: string])[] {
  const host = storeOrigin(store).replace(/^https?:\/\//, '');
  const others = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), value.trim().replace(/\s+/g, ' ')] as const,
  );
  return [['host', host] as const, ...others].sort(byName);
}

/** Encoded as SigV4 asks and in the order of the encoded names, each of which stands once. */
function canonicalQuery(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .sort(byName)
    .map((parameter) => parameter.join('='))
    .join('&');
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}
