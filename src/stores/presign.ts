// Presigned S3 URLs by aws4fetch (SigV4 in the query); sign-request.ts has those signed by headers.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html

import { AwsV4Signer } from 'aws4fetch';
import type { Store } from '../config.ts';
import { hex, hmacSha256, utf8 } from '../lib/digest.ts';
import { type Instant, SECOND_MS } from '../lib/time.ts';
import type { PresignedUrl } from '../links/ports.ts';
import { addressesObject, encodeRfc3986, objectUrl } from './object-url.ts';
import { createSigningKeys, toAmzDate } from './signing-key.ts';

/** Stores whose clock is behind ours would find a fresh URL "not yet valid". */
export const BACKDATE_SECONDS = 30;

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
    const signer = new AwsV4Signer({
      method: object.method,
      url: unsignedUrl(store, object, endSeconds - signedAt),
      headers: { ...object.headers },
      accessKeyId: store.accessKeyId,
      secretAccessKey: store.secretAccessKey,
      ...(store.session ? { sessionToken: store.session.token } : {}),
      service: 's3',
      region: store.region,
      datetime,
      signQuery: true,
      // Without it Content-Type and Content-Length would stay silently unsigned.
      allHeaders: true,
    });
    const key = await signingKeyOf(store, datetime.slice(0, 8));
    const signature = hex(await hmacSha256(key, utf8(await signer.stringToSign())));
    // Assembled from what was signed: the signer's own URL sends spaces as `+` but signs `%20`.
    const { origin } = signer.url;
    const url = `${origin}${signer.encodedPath}?${signer.encodedSearch}&X-Amz-Signature=${signature}`;
    if (!addressesObject(url, store, object.key)) {
      throw new Error('a presigned URL would have addressed another object');
    }
    return { url, expiresAt: endSeconds * SECOND_MS };
  };
}

function unsignedUrl(store: Store, object: PresignObject, expiresSeconds: number): string {
  // In exactly this case, in the query: elsewhere aws4fetch takes 86,400 s instead.
  const query = { ...object.query, 'X-Amz-Expires': String(expiresSeconds) };
  const search = Object.entries(query).map(
    ([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`,
  );
  return `${objectUrl(store, object.key)}?${search.join('&')}`;
}
