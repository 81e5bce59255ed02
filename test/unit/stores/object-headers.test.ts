// What goes out of what a store says of an object, and how a browser may take it.

import { describe, expect, test } from 'vitest';
import type { Grant } from '../../../src/links/grant.ts';
import {
  objectHeaders,
  validatorHeaders,
  wholeHeaders,
} from '../../../src/stores/object-headers.ts';

const GRANT: Grant = {
  app: 'App1',
  operation: 'download',
  consistency: 'strong',
  store: 'demo',
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  bucket: 'private-bucket',
  key: 'reports/Übersicht.pdf',
  delivery: 'stream',
  disposition: 'attachment',
};

const STORED = {
  'Accept-Ranges': 'bytes',
  'Cache-Control': 'public, max-age=31536000',
  'Content-Disposition': 'inline',
  'Content-Encoding': 'gzip',
  'Content-Length': '16',
  'Content-Range': 'bytes 0-15/100',
  'Content-Security-Policy': 'script-src *',
  'Content-Type': 'application/pdf',
  ETag: '"abc"',
  'Last-Modified': 'Wed, 25 Nov 2026 00:14:23 GMT',
  Location: 'https://private-bucket.s3.amazonaws.com/',
  Server: 'AmazonS3',
  'Set-Cookie': 'claim=x',
  'x-amz-bucket-region': 'eu-central-1',
  'x-amz-id-2': 'id',
  'x-amz-meta-customer': 'secret',
  'x-amz-request-id': 'id',
  'x-amz-version-id': 'v1',
};

const headersFor = (grant: Partial<Grant>, stored: Record<string, string>) =>
  objectHeaders({ ...GRANT, ...grant }, new Headers(stored));

test('nothing goes out that is not on the list', () => {
  expect(headersFor({}, STORED)).toEqual({
    'Accept-Ranges': 'bytes',
    'Content-Disposition': `attachment; filename="Ubersicht.pdf"; filename*=UTF-8''%C3%9Cbersicht.pdf`,
    'Content-Encoding': 'gzip',
    'Content-Length': '16',
    'Content-Range': 'bytes 0-15/100',
    'Content-Type': 'application/pdf',
    ETag: '"abc"',
    'Last-Modified': 'Wed, 25 Nov 2026 00:14:23 GMT',
  });
});

test('of an object that has not changed only its validators go out', () => {
  expect(Object.keys(validatorHeaders(new Headers(STORED)))).toEqual(['ETag', 'Last-Modified']);
});

describe('the type and whether it is shown', () => {
  test.each([
    ['as stored, saved', {}, 'application/pdf', 'application/pdf', 'attachment'],
    ['HTML, saved', {}, 'text/html', 'text/html', 'attachment'],
    ['nothing stored', {}, undefined, 'application/octet-stream', 'attachment'],
    ['nonsense stored', {}, 'nonsense', 'application/octet-stream', 'attachment'],
    ['as granted', { contentType: 'text/csv' }, 'text/html', 'text/csv', 'attachment'],
    [
      'granted to be shown',
      { contentType: 'image/png', disposition: 'inline' },
      'text/html',
      'image/png',
      'inline',
    ],
    // No such grant can be minted; whoever made one all the same is held to the rule here again.
    ...[
      'image/svg+xml',
      'text/html',
      'text/xml',
      'application/xhtml+xml',
      'text/html; x=image/png',
    ].map((type) => [`${type} to be shown`, { disposition: 'inline' }, type, type, 'attachment']),
    [
      'SVG granted to be shown',
      { disposition: 'inline', contentType: 'image/svg+xml' },
      'image/png',
      'image/svg+xml',
      'attachment',
    ],
  ] as [string, Partial<Grant>, string | undefined, string, string][])(
    '%s',
    (_case, grant, stored, type, disposition) => {
      const headers = headersFor(grant, stored === undefined ? {} : { 'Content-Type': stored });
      expect(headers['Content-Type']).toBe(type);
      expect(headers['Content-Disposition']).toMatch(new RegExp(`^${disposition};`));
    },
  );
});

describe('the headers of the whole object', () => {
  test('are told by its first byte', () => {
    const whole = wholeHeaders(
      new Headers({ 'Content-Length': '1', 'Content-Range': 'bytes 0-0/100' }),
    );
    expect(Object.fromEntries(whole)).toEqual({ 'content-length': '100' });
  });

  test('have no length where the store tells none', () => {
    const whole = wholeHeaders(
      new Headers({ 'Content-Length': '1', 'Content-Range': 'bytes 0-0/*' }),
    );
    expect(Object.fromEntries(whole)).toEqual({});
  });

  test('are those of a store that answers with all of it', () => {
    expect(wholeHeaders(new Headers({ 'Content-Length': '100' })).get('Content-Length')).toBe(
      '100',
    );
  });
});
