// What each answer of a store means, by the error documents that AWS and its relatives send.

import { describe, expect, test } from 'vitest';
import {
  accessFault,
  clockFindings,
  deleteFindings,
  firstFault,
  listFindings,
  overrideFindings,
  publicFindings,
  readFault,
  writeFault,
} from '../../../src/stores/diagnose.ts';
import { exposureFindings, preflightFindings } from '../../../src/stores/diagnose-cors.ts';
import type { Finding } from '../../../src/stores/finding.ts';
import { type Outcome, readAnswer, type StoreAnswer } from '../../../src/stores/store-answer.ts';
import { testStore } from '../../support/stores.ts';

const NOW = Date.UTC(2030, 0, 31, 12, 0, 0);
const ORIGIN = 'https://get.example.com';
const KEY = 'reports/q1.pdf';
const STORE = testStore();
const R2 = testStore({ endpoint: 'https://account.r2.cloudflarestorage.com' });
const SILENCE: Outcome = { kind: 'silence' };
const SECRETS = [STORE.secretAccessKey, 'X-Amz-Signature', 'StringToSign', 'RequestId'];

type Sent = { body?: string | undefined; headers?: Record<string, string> };

function answer(status: number, { body, headers = {} }: Sent = {}): Promise<StoreAnswer> {
  const hasBody = ![204, 304].includes(status);
  return readAnswer(new Response(hasBody ? (body ?? '') : null, { status, headers }), NOW);
}

/** An error document as AWS documents it. */
function refused(status: number, code: string, message = '', more = ''): Promise<StoreAnswer> {
  const body =
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<Error><Code>${code}</Code><Message>${message}</Message>${more}` +
    '<RequestId>4442587FB7D0A2F9</RequestId><HostId>HostId</HostId></Error>';
  return answer(status, { body });
}

const AWS_DENIED =
  'User: arn:aws:iam::123456789012:user/hallpass is not authorized to perform: s3:GetObject on ' +
  'resource: "arn:aws:s3:::private-bucket/reports/q1.pdf" because no identity-based policy allows ' +
  'the s3:GetObject action';
const KMS_DENIED =
  'User: arn:aws:iam::123456789012:user/hallpass is not authorized to perform: kms:Decrypt on the ' +
  'resource associated with this ciphertext because no identity-based policy allows the kms:Decrypt action';

/** What meets every request: status, code, message, more of the document, finding, part of its words. */
const ACCESS: [number, string, string, string, string, string][] = [
  [
    404,
    'NoSuchBucket',
    'The specified bucket does not exist',
    '<BucketName>private-bucket</BucketName>',
    'no_such_bucket',
    '"private-bucket"',
  ],
  [400, 'InvalidBucketName', 'The specified bucket is not valid.', '', 'no_such_bucket', ''],
  [
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    '<AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256</StringToSign><SignatureProvided>f00</SignatureProvided>',
    'bad_signature',
    'STORE_DEMO_SECRET_ACCESS_KEY',
  ],
  [
    403,
    'InvalidAccessKeyId',
    'The AWS Access Key Id you provided does not exist in our records.',
    '<AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId>',
    'unknown_access_key',
    'AKIAIOSFODNN7EXAMPLE',
  ],
  [401, 'Unauthorized', 'Unauthorized', '', 'unknown_access_key', ''],
  [
    403,
    'InvalidSecurity',
    'The provided security credentials are not valid.',
    '',
    'unknown_access_key',
    '',
  ],
  [
    301,
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint.',
    '<Endpoint>private-bucket.s3.eu-west-1.amazonaws.com</Endpoint><Bucket>private-bucket</Bucket>',
    'wrong_region',
    '"eu-central-1" is not',
  ],
  [
    307,
    'TemporaryRedirect',
    'Please re-send this request to the specified temporary endpoint.',
    '',
    'wrong_region',
    '',
  ],
  [
    400,
    'AuthorizationQueryParametersError',
    "Error parsing the X-Amz-Credential parameter; the region 'eu-central-1' is wrong; expecting 'eu-west-1'",
    '<Region>eu-west-1</Region>',
    'wrong_region',
    'region is "eu-west-1"',
  ],
  [
    400,
    'AuthorizationQueryParametersError',
    "Error parsing the X-Amz-Credential parameter; the region is wrong; expecting 'us-east-1'.",
    '',
    'wrong_region',
    'region is "us-east-1"',
  ],
  [
    400,
    'AuthorizationHeaderMalformed',
    "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
    '<Region>eu-west-1</Region>',
    'wrong_region',
    'region is "eu-west-1"',
  ],
  [
    400,
    'IllegalLocationConstraintException',
    'The me-south-1 location constraint is incompatible for the region specific endpoint this request was sent to.',
    '',
    'wrong_region',
    '',
  ],
  [400, 'IllegalLocationConstraint', '', '', 'wrong_region', ''],
  [400, 'InvalidRegion', 'Region does not match.', '', 'wrong_region', ''],
  [
    400,
    'InvalidRegionName',
    "The region name 'eu-central-1' is not valid. Must be one of: wnam, enam, weur, eeur, apac, auto",
    '',
    'wrong_region',
    '',
  ],
  [400, 'ExpiredToken', 'The provided token has expired.', '', 'credentials_expired', ''],
  [
    400,
    'InvalidToken',
    'The provided token is malformed or otherwise not valid.',
    '<Token-0>FwoGZXIvYXdzE</Token-0>',
    'credentials_expired',
    '_SESSION_EXPIRES_AT',
  ],
  [
    400,
    'TokenRefreshRequired',
    'The provided token must be refreshed.',
    '',
    'credentials_expired',
    '',
  ],
  [
    403,
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
    '<RequestTime>20300131T115930Z</RequestTime><ServerTime>2030-01-31T13:00:00Z</ServerTime>',
    'clock_skew',
    'clock is wrong',
  ],
  [403, 'RequestExpired', 'Request has expired', '', 'clock_skew', ''],
  [
    403,
    'AccessDenied',
    'Request has expired',
    '<X-Amz-Expires>60</X-Amz-Expires>',
    'clock_skew',
    '',
  ],
  [403, 'AccessDenied', 'Request is not yet valid', '', 'clock_skew', ''],
  [403, 'AccessDenied', 'Request is not valid yet', '', 'clock_skew', ''],
  [
    500,
    'InternalError',
    'We encountered an internal error. Please try again.',
    '',
    'store_failing',
    '500',
  ],
  [503, 'SlowDown', 'Please reduce your request rate.', '', 'store_failing', '503'],
  [429, 'TooManyRequests', '', '', 'store_failing', '429'],
];

describe('what meets every request', () => {
  test.each(ACCESS)('%d %s "%s" %s is %s', async (status, code, message, more, found, said) => {
    const fault = accessFault(STORE, await refused(status, code, message, more));
    expect(fault).toMatchObject({ level: 'error', code: found });
    expect(fault?.message).toContain(said);
    for (const secret of SECRETS) expect(fault?.message).not.toContain(secret);
    expect(firstFault(STORE, undefined, await refused(status, code, message, more))).toEqual(fault);
    expect(readFault(STORE, KEY, await refused(status, code, message, more))).toEqual(fault);
  });

  test('the region may be told by a header alone', async () => {
    const body = '<Error><Code>PermanentRedirect</Code></Error>';
    const headers = { 'x-amz-bucket-region': 'eu-west-1' };
    expect(accessFault(STORE, await answer(301, { body, headers }))?.message).toContain(
      'region is "eu-west-1"',
    );
  });

  test.each(['<b>eu</b>', 'EU WEST', 'x'.repeat(65)])('a region %j is not told', async (region) => {
    const body = '<Error><Code>PermanentRedirect</Code></Error>';
    const told = await answer(301, { body, headers: { 'x-amz-bucket-region': region } });
    const inBody = await refused(301, 'PermanentRedirect', '', `<Region>${region}</Region>`);
    for (const outcome of [told, inBody]) {
      expect(accessFault(STORE, outcome)?.message).toContain('"eu-central-1" is not');
    }
  });

  test('no answer is unreachable, and a session that ended is told without asking', () => {
    expect(accessFault(STORE, SILENCE)).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('https://s3.eu-central-1.amazonaws.com gives no answer'),
    });
    expect(accessFault(STORE, { kind: 'ended' })?.code).toBe('credentials_expired');
  });

  test.each([
    [403, 'AccessDenied', AWS_DENIED],
    [404, 'NoSuchKey', 'The specified key does not exist.'],
    [400, 'AuthorizationQueryParametersError', 'X-Amz-Expires must be less than a week'],
    [501, 'NotImplemented', 'A header you provided implies functionality that is not implemented'],
  ])('%d %s is none of it', async (status, code, message) => {
    const fault = accessFault(STORE, await refused(status, code, message));
    expect(fault?.code).toBe(status === 501 ? 'store_failing' : undefined);
  });

  test.each(['constructor', '__proto__', 'toString', 'nosuchbucket', 'NoSuchBucketPolicy'])(
    'the code %s means nothing',
    async (code) => {
      expect(accessFault(STORE, await refused(403, code))).toBeUndefined();
      expect(firstFault(STORE, undefined, await refused(403, code))?.code).toBe(
        'unexpected_answer',
      );
    },
  );
});

describe('a key that nobody has written', () => {
  test.each([
    [403, 'AccessDenied', AWS_DENIED],
    [403, 'AccessDenied', 'Access Denied'],
    [404, 'NoSuchKey', 'The specified key does not exist.'],
  ])('is %d %s at a sound store', async (status, code, message) => {
    expect(firstFault(STORE, undefined, await refused(status, code, message))).toBeUndefined();
  });

  test.each([
    [200, '<html>Welcome</html>'],
    [206, 'x'],
    [301, ''],
    [404, '<html><h1>Not Found</h1><code>NoSuchKey</code></html>'],
    [403, 'Forbidden'],
    [403, '{"code":"AccessDenied"}'],
    [418, '<Error><Code>NoSuchTeapot</Code></Error>'],
  ])('is not answered by S3 with %d %j', async (status, body) => {
    const fault = firstFault(STORE, undefined, await answer(status, { body }));
    expect(fault).toMatchObject({ level: 'error', code: 'unexpected_answer' });
    expect(fault?.message).toContain(String(status));
    expect(fault?.message).not.toContain('Teapot');
  });
});

describe('an object that shall be read', () => {
  test('is answered by S3, served or refused, or this is no S3', async () => {
    for (const sound of [answer(206), answer(416), refused(400, 'InvalidRequest')]) {
      expect(firstFault(STORE, KEY, await sound)).toBeUndefined();
    }
    for (const status of [301, 403, 404]) {
      const other = await answer(status, { body: '<html>' });
      expect(firstFault(STORE, KEY, other)?.code).toBe('unexpected_answer');
    }
  });

  test.each([200, 206, 416])('is readable at %d', async (status) => {
    expect(readFault(STORE, KEY, await answer(status))).toBeUndefined();
  });

  test.each([
    [403, 'AccessDenied', 'Access Denied', 'error', 'get_object_missing'],
    [403, 'AccessDenied', AWS_DENIED, 'error', 'get_object_missing'],
    [403, 'AccessDenied', KMS_DENIED, 'error', 'kms_decrypt_missing'],
    [404, 'NoSuchKey', 'The specified key does not exist.', 'warning', 'object_not_found'],
    [
      403,
      'InvalidObjectState',
      "The operation is not valid for the object's storage class",
      'warning',
      'object_archived',
    ],
    [
      400,
      'InvalidRequest',
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
      'error',
      'object_refused',
    ],
  ])('%d %s "%s" is the %s %s', async (status, code, message, level, found) => {
    expect(readFault(STORE, KEY, await refused(status, code, message))).toMatchObject({
      level,
      code: found,
    });
  });
});

describe('the clock of a store', () => {
  const at = (seconds: number) =>
    answer(403, { headers: { Date: new Date(NOW + seconds * 1_000).toUTCString() } });

  test.each([0, 30, -30])('may be off by %d s', async (seconds) => {
    expect(clockFindings(STORE, await at(seconds))).toEqual([]);
  });

  test.each([
    [31, '31 s ahead of'],
    [-31, '31 s behind'],
    [-7_200, '7200 s behind'],
  ])('that is off by %d s is told with its seconds', async (seconds, said) => {
    const [found] = clockFindings(STORE, await at(seconds));
    expect(found).toMatchObject({ level: 'warning', code: 'clock_skew' });
    expect(found?.message).toContain(said);
  });

  test('is told with its seconds where signatures fail by it', async () => {
    const body = '<Error><Code>RequestTimeTooSkewed</Code></Error>';
    const headers = { Date: new Date(NOW - 3_600_000).toUTCString() };
    const fault = accessFault(STORE, await answer(403, { body, headers }));
    expect(fault).toMatchObject({ level: 'error', code: 'clock_skew' });
    expect(fault?.message).toContain('3600 s behind');
  });

  test.each(['', 'soon', '<script>'])('that says %j says nothing', async (date) => {
    expect(clockFindings(STORE, await answer(200, { headers: { Date: date } }))).toEqual([]);
    expect(clockFindings(STORE, SILENCE)).toEqual([]);
  });
});

describe('response overrides', () => {
  const ASKED = { 'Cache-Control': 'no-store', 'Content-Disposition': 'attachment; filename="a"' };
  const off = testStore({ responseOverrides: false });

  test('that are honoured are fine, or a note where they are switched off', async () => {
    for (const status of [200, 206]) {
      const honoured = await answer(status, { headers: ASKED });
      expect(overrideFindings(STORE, honoured, ASKED)).toEqual([]);
      expect(overrideFindings(off, honoured, ASKED)).toMatchObject([
        { level: 'note', code: 'overrides_unused' },
      ]);
    }
  });

  test.each([
    [206, { 'Cache-Control': 'no-store' }, 'Content-Disposition'],
    [206, { 'Content-Disposition': ASKED['Content-Disposition'] }, 'Cache-Control'],
    [206, { ...ASKED, 'Content-Disposition': 'attachment' }, 'Content-Disposition'],
    [206, {}, 'Cache-Control and Content-Disposition'],
    [400, {}, 'Cache-Control and Content-Disposition'],
    [403, ASKED, 'Cache-Control and Content-Disposition'],
    [501, {}, 'Cache-Control and Content-Disposition'],
  ])('are ignored at %d with %j', async (status, headers, what) => {
    const ignored = await answer(status, { headers });
    const [found] = overrideFindings(STORE, ignored, ASKED);
    expect(found).toMatchObject({ level: 'error', code: 'overrides_ignored' });
    expect(found?.message).toContain(`answer with the ${what} that`);
    expect(overrideFindings(off, ignored, ASKED)).toEqual([]);
  });

  test.each([503, 429])('are not judged by an outage (%d)', async (status) => {
    const [found] = overrideFindings(STORE, await answer(status), ASKED);
    expect(found?.code).toBe('store_failing');
    expect(overrideFindings(STORE, SILENCE, ASKED)[0]?.code).toBe('unreachable');
  });
});

describe('more than Hallpass needs', () => {
  test.each([200, 206, 416])('an unsigned request that is served (%d)', async (status) => {
    const [found] = publicFindings(STORE, await answer(status), '"a"');
    expect(found).toMatchObject({ level: 'error', code: 'bucket_public' });
    expect(found?.message).toContain('Anybody may get "a"');
  });

  test.each([301, 400, 401, 403, 404])('no unsigned request is served by %d', async (status) => {
    expect(publicFindings(STORE, await answer(status), '"a"')).toEqual([]);
  });

  test('a bucket that may be listed, of which R2 has no other', async () => {
    const listed = await answer(200);
    const unknown = await refused(404, 'NoSuchKey');
    expect(listFindings(STORE, listed, unknown)).toMatchObject([
      { level: 'warning', code: 'list_bucket_granted' },
    ]);
    expect(listFindings(R2, listed, unknown)).toMatchObject([
      { level: 'note', code: 'list_bucket_granted' },
    ]);
  });

  test('a bucket that tells what is not there, though it refuses the list', async () => {
    const denied = await refused(403, 'AccessDenied');
    const unknown = await refused(404, 'NoSuchKey');
    expect(listFindings(STORE, denied, unknown)).toMatchObject([
      { level: 'note', code: 'list_bucket_implied' },
    ]);
    expect(listFindings(R2, denied, unknown)).toEqual([]);
    expect(listFindings(STORE, denied, denied)).toEqual([]);
    expect(listFindings(STORE, SILENCE, denied)[0]?.code).toBe('unreachable');
  });
});

describe('a preflight', () => {
  const ALLOWED = {
    'Access-Control-Allow-Origin': ORIGIN,
    'Access-Control-Allow-Methods': 'GET, PUT',
    'Access-Control-Allow-Headers': 'Content-Type, If-None-Match, X-Amz-Checksum-Sha256',
  };
  const ANY = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': '*',
    'Access-Control-Allow-Headers': '*',
  };

  test.each([
    [200, ALLOWED],
    [204, ALLOWED],
    [200, ANY],
  ])('of %d with %j is allowed', async (status, headers) => {
    expect(preflightFindings(STORE, await answer(status, { headers }), ORIGIN)).toEqual([]);
  });

  test.each([
    [403, {}, 'PUT, content-type, if-none-match, x-amz-checksum-sha256'],
    [403, ALLOWED, 'PUT'],
    [200, { ...ALLOWED, 'Access-Control-Allow-Origin': 'https://example.com' }, 'PUT'],
    [200, { ...ALLOWED, 'Access-Control-Allow-Methods': 'GET, HEAD, INPUT' }, 'PUT'],
    [
      200,
      { ...ALLOWED, 'Access-Control-Allow-Headers': 'content-type' },
      'if-none-match, x-amz-checksum-sha256',
    ],
  ])('of %d with %j is not', async (status, headers, what) => {
    const [found] = preflightFindings(STORE, await answer(status, { headers }), ORIGIN);
    expect(found).toMatchObject({ level: 'warning', code: 'cors_missing' });
    expect(found?.message).toContain(`don’t allow ${what} from ${ORIGIN}`);
  });

  test('without an answer is an outage', () => {
    expect(preflightFindings(STORE, SILENCE, ORIGIN)[0]?.code).toBe('unreachable');
  });

  test('is followed by an ETag that a page sees or not', async () => {
    const found = async (headers: Record<string, string>) =>
      exposureFindings(STORE, await answer(200, { headers }), ORIGIN).map(({ code }) => code);
    expect(await found(ANY)).toEqual(['cors_etag_hidden']);
    expect(await found({ ...ANY, 'Access-Control-Expose-Headers': 'x-amz-id, etag' })).toEqual([]);
    expect(await found({})).toEqual([]);
    expect(exposureFindings(STORE, SILENCE, ORIGIN)).toEqual([]);
  });
});

describe('a write', () => {
  test.each([200, 201, 204])('that is answered by %d is done', async (status) => {
    expect(writeFault(STORE, KEY, await answer(status))).toBeUndefined();
  });

  test.each([
    [403, 'AccessDenied', 'warning', 'put_object_missing'],
    [400, 'InvalidRequest', 'warning', 'put_refused'],
    [501, 'NotImplemented', 'warning', 'put_refused'],
    [503, 'SlowDown', 'error', 'store_failing'],
  ])('that is answered by %d %s is the %s %s', async (status, code, level, found) => {
    expect(writeFault(STORE, KEY, await refused(status, code))).toMatchObject({
      level,
      code: found,
    });
  });

  test('that is not answered is an outage', () => {
    expect(writeFault(STORE, KEY, SILENCE)?.code).toBe('unreachable');
  });

  test('is deleted, which is more than needed, or left, which is told with its key', () => {
    const of = (isDeleted: boolean, isLeft: boolean, store = STORE): Finding[] =>
      deleteFindings(store, KEY, { isDeleted, isLeft });
    expect(of(true, false)).toMatchObject([{ level: 'warning', code: 'delete_object_granted' }]);
    expect(of(true, false, R2)).toMatchObject([{ level: 'note', code: 'delete_object_granted' }]);
    expect(of(false, true)).toMatchObject([{ level: 'warning', code: 'probe_left' }]);
    expect(of(false, true)[0]?.message).toContain(`"${KEY}"`);
    expect(of(true, true).map(({ code }) => code)).toEqual(['delete_object_granted', 'probe_left']);
  });
});
