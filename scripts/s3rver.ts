// s3rver, typed (it is CommonJS without types) and corrected where it verifies signatures wrongly.

import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { ParsedUrlQuery } from 'node:querystring';

type Options = {
  directory: string;
  silent: boolean;
  vhostBuckets: boolean;
  configureBuckets: { name: string; configs: string[] }[];
};
/** A request as s3rver reads it (Koa's context): a guard with a parser of its own could be fooled. */
export type S3Request = {
  readonly method: string;
  readonly query: ParsedUrlQuery;
  readonly headers: IncomingHttpHeaders;
  path: string;
  status: number;
  type: string;
  body: unknown;
  readonly response: { get(header: string): string };
  remove(header: string): void;
};
type Server = {
  middleware: ((request: S3Request, next: () => Promise<void>) => Promise<void>)[];
  configureBuckets(): Promise<unknown>;
  callback(): RequestListener;
};
type Account = {
  createKeyPair(accessKeyId: string, secretAccessKey: string): void;
  revokeAccessKey(accessKeyId: string): void;
};
type CanonicalRequest = { uri: string; querystring: string; headers: IncomingHttpHeaders };
type SignatureV4 = { getStringToSign(canonical: CanonicalRequest, signature: object): string };

const require = createRequire(import.meta.url);

export const S3rver = require('@20minutes/s3rver') as new (options: Options) => Server;

/** Its key pairs count for every S3rver of this process. */
export const account = require('@20minutes/s3rver/lib/models/account').DUMMY_ACCOUNT as Account;

// A well-known pair, accepted unless told otherwise.
account.revokeAccessKey('S3RVER');

/** The path each request was sent and signed with, found again by its headers object. */
const signedPaths = new WeakMap<IncomingHttpHeaders, string>();

/** To be called before the path is rewritten: the signature is of the path as it was sent. */
export function rememberSignedPath({ path, headers }: S3Request): void {
  signedPaths.set(headers, path);
}

// s3rver's canonical request names the bucket of a virtual host, drops the last slash of `/bucket/`
// and leaves !'()* as they are in the query, where a content disposition has them. No client signs
// that: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
const v4 = require('@20minutes/s3rver/lib/signature/v4') as SignatureV4;
const { getStringToSign } = v4;
v4.getStringToSign = (canonical, signature) => {
  const path = decodeURIComponent(signedPaths.get(canonical.headers) ?? '/');
  const uri = path.split('/').map(encodeURIComponent).join('/');
  const querystring = toRfc3986(canonical.querystring);
  return getStringToSign({ ...canonical, uri: toRfc3986(uri), querystring }, signature);
};

/** `encodeURIComponent` leaves five characters that RFC 3986 reserves. */
export function toRfc3986(encoded: string): string {
  return encoded.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
