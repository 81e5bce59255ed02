// Requests to S3 signed by headers, which the gateway sends itself and nobody else sees.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html

import { AwsV4Signer } from 'aws4fetch';
import type { Store } from '../config.ts';
import { hex, hmacSha256, utf8 } from '../lib/digest.ts';
import type { Instant } from '../lib/time.ts';
import { addressesObject, encodeRfc3986, objectUrl } from './object-url.ts';
import { createSigningKeys, toAmzDate } from './signing-key.ts';

export type SignableRequest = {
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly now: Instant;
};

export type SignedRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
};

export type RequestSigner = (store: Store, request: SignableRequest) => Promise<SignedRequest>;

/** Signs a GET. What is sent beside the signed headers, such as a range, is not bound by them. */
export function createRequestSigner(): RequestSigner {
  const signingKeyOf = createSigningKeys();

  return async function signRequest(store, { key: objectKey, query = {}, now }) {
    const search = Object.entries(query)
      .map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`)
      .join('&');
    const datetime = toAmzDate(now);
    // It signs `x-amz-content-sha256: UNSIGNED-PAYLOAD`, as a GET has no body.
    const signer = new AwsV4Signer({
      method: 'GET',
      url: `${objectUrl(store, objectKey)}?${search}`,
      accessKeyId: store.accessKeyId,
      secretAccessKey: store.secretAccessKey,
      ...(store.session ? { sessionToken: store.session.token } : {}),
      service: 's3',
      region: store.region,
      datetime,
    });
    const key = await signingKeyOf(store, datetime.slice(0, 8));
    const signature = hex(await hmacSha256(key, utf8(await signer.stringToSign())));
    // Assembled from what was signed, as a presigned URL is.
    const path = `${signer.url.origin}${signer.encodedPath}`;
    const url = signer.encodedSearch === '' ? path : `${path}?${signer.encodedSearch}`;
    if (!addressesObject(url, store, objectKey)) {
      throw new Error('a signed request would have addressed another object');
    }
    const credential = `${store.accessKeyId}/${signer.credentialString}`;
    return {
      url,
      headers: {
        ...Object.fromEntries(signer.headers),
        authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signer.signedHeaders}, Signature=${signature}`,
      },
    };
  };
}
