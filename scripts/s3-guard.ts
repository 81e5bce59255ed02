// What S3 refuses and s3rver would let through: unsigned reads, signatures from the future or
// without a date, URLs that never end because their lifetime is no number, and headers beside a URL
// that it wasn't signed for.

import type { S3Request } from './s3rver.ts';

/** What S3 tolerates between its clock and a signer's. */
const MAX_CLOCK_SKEW_MS = 15 * 60 * 1000;

export type S3Refusal = { status: number; code: string; message: string };

export function refuseUnsigned(request: S3Request, now: number): S3Refusal | undefined {
  const { method, query, headers } = request;
  if (method === 'OPTIONS') return undefined;
  const isPresigned = 'X-Amz-Algorithm' in query;
  if (!isPresigned && headers.authorization === undefined) return accessDenied('Access Denied');

  const signedAt = readAmzDate(isPresigned ? query['X-Amz-Date'] : headers['x-amz-date']);
  if (Number.isNaN(signedAt)) return accessDenied('A valid X-Amz-Date is required');
  if (signedAt - now > MAX_CLOCK_SKEW_MS) return accessDenied('Request is not yet valid');
  if (!isPresigned && now - signedAt > MAX_CLOCK_SKEW_MS) {
    const message = 'The difference between the request time and the current time is too large.';
    return { status: 403, code: 'RequestTimeTooSkewed', message };
  }
  if (isPresigned && !/^\d+$/.test(String(query['X-Amz-Expires']))) {
    const message = 'X-Amz-Expires should be a number';
    return { status: 400, code: 'AuthorizationQueryParametersError', message };
  }
  if (isPresigned && hasUnsignedAmzHeader(request)) {
    return accessDenied('There were headers present in the request which were not signed');
  }
  return undefined;
}

/** Whoever was given a URL can't ask for more by a header, such as a storage class. */
function hasUnsignedAmzHeader({ query, headers }: S3Request): boolean {
  const signed = String(query['X-Amz-SignedHeaders']).split(';');
  return Object.keys(headers).some((name) => name.startsWith('x-amz-') && !signed.includes(name));
}

function accessDenied(message: string): S3Refusal {
  return { status: 403, code: 'AccessDenied', message };
}

/** Milliseconds of `20261120T120000Z`, or NaN. */
function readAmzDate(value: string | string[] | undefined): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(value));
  if (!parts) return Number.NaN;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
