// s3rver, typed (it is CommonJS without types) and corrected where it verifies signatures wrongly.

import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { ParsedUrlQuery } from 'node:querystring';
import type { Readable } from 'node:stream';

type Options = {
  directory: string;
  silent: boolean;
  vhostBuckets: boolean;
  configureBuckets: { name: string; configs: string[] }[];
};
/** A request as s3rver reads it (Koa's context): a guard with a parser of its own could be fooled. */
export type S3Request = {
  readonly method: string;
  query: ParsedUrlQuery;
  readonly headers: IncomingHttpHeaders;
  path: string;
  status: number;
  type: string;
  body: unknown;
  readonly response: { get(header: string): string };
  remove(header: string): void;
};
/** A request whose signature was verified. */
export type VerifiedRequest = S3Request & {
  readonly params: { readonly bucket?: string; readonly key?: string };
  /** Where s3rver reads the body from. */
  req: Readable;
  readonly request: { body: unknown };
  readonly response: { get(header: string): string };
  readonly store: ObjectStore;
  set(header: string, value: string): void;
  remove(header: string): void;
};
type ObjectStore = {
  existsObject(bucket: string, key: string): Promise<boolean>;
  getMetadata(bucket: string, key: string): Promise<{ 'content-length': number }>;
  getResourcePath(bucket: string, key: string | undefined, resource: string): string;
};
export type Middleware<Request> = (request: Request, next: () => Promise<void>) => Promise<void>;
type Server = {
  middleware: Middleware<S3Request>[];
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

// s3rver has no place for what runs once a signature was verified: its router takes the middleware that
// verifies from this module, which therefore goes on to `extensions`, and then to s3rver's own answers.
const AUTHENTICATION = '@20minutes/s3rver/lib/middleware/authentication';
const createAuthentication = require(AUTHENTICATION) as () => Middleware<VerifiedRequest>;
(require.cache[require.resolve(AUTHENTICATION)] as NodeJS.Module).exports = () => {
  const authenticate = createAuthentication();
  return (request: VerifiedRequest, next: () => Promise<void>) =>
    authenticate(request, () => {
      const answer = extensions.reduceRight<() => Promise<void>>(
        (rest, extension) => () => extension(request, rest),
        next,
      );
      return answer();
    });
};

/** What answers verified requests before s3rver does, the first one first. */
export const extensions: Middleware<VerifiedRequest>[] = [];

export const S3rver = require('@20minutes/s3rver') as new (options: Options) => Server;

/** Its key pairs count for every S3rver of this process. */
export const account = require('@20minutes/s3rver/lib/models/account').DUMMY_ACCOUNT as Account;

/** Thrown, it is answered as S3 answers. */
export const S3Error = require('@20minutes/s3rver/lib/models/error') as new (
  code: string,
  message: string,
) => Error;

const { xmlBodyParser } = require('@20minutes/s3rver/lib/utils') as {
  xmlBodyParser(request: VerifiedRequest): Promise<void>;
};

/** Reads the XML in the body of a request. */
export async function readXmlBody(request: VerifiedRequest): Promise<unknown> {
  await xmlBodyParser(request);
  return request.request.body;
}

/** Headers that s3rver keeps with an object, and answers with it. */
export const keptHeaders = (
  require('@20minutes/s3rver/lib/models/object') as { ALLOWED_METADATA: string[] }
).ALLOWED_METADATA;

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
