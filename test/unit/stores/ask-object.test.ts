// What of a recipient's request a store is asked, and what its answer says of If-Range.

import { describe, expect, test } from 'vitest';
import { isOfAnother, questionOf } from '../../../src/stores/ask-object.ts';

const ETAG = '"abc"';
const DATE = 'Wed, 25 Nov 2026 00:14:23 GMT';
const RANGE = 'bytes=16-31';

describe('a GET', () => {
  test.each([
    ['nothing', {}, {}],
    ['a range', { range: RANGE }, { range: RANGE }],
    ['a range to the end', { range: 'bytes=16-' }, { range: 'bytes=16-' }],
    ['the last bytes', { range: 'bytes=-16' }, { range: 'bytes=-16' }],
    ['several ranges, which may be ignored', { range: 'bytes=0-1,4-5' }, {}],
    ['a range of anything but bytes', { range: 'lines=0-1' }, {}],
    ['a range without numbers', { range: 'bytes=-' }, {}],
    ['If-None-Match', { 'if-none-match': ETAG }, { 'if-none-match': ETAG }],
    ['If-Modified-Since', { 'if-modified-since': DATE }, { 'if-modified-since': DATE }],
    ['If-Match', { 'if-match': ETAG }, { 'if-match': ETAG }],
    ['If-Unmodified-Since', { 'if-unmodified-since': DATE }, { 'if-unmodified-since': DATE }],
    ['If-Range without a range', { 'if-range': ETAG }, {}],
    ['If-Range with a weak ETag', { range: RANGE, 'if-range': `W/${ETAG}` }, {}],
    [
      'If-Range with an ETag',
      { range: RANGE, 'if-range': ETAG },
      { range: RANGE, 'if-match': ETAG },
    ],
    ['If-Range with a date', { range: RANGE, 'if-range': DATE }, { range: RANGE }],
    [
      'If-Range beside If-Match',
      { range: RANGE, 'if-range': ETAG, 'if-match': '"other"' },
      { range: RANGE, 'if-match': '"other"' },
    ],
    ['anything else', { authorization: 'Bearer x', cookie: 'claim=x', host: 'elsewhere' }, {}],
  ])('asks for %s', (_case, asked, sent) => {
    expect(questionOf('GET', asked as Record<string, string>).headers).toEqual(sent);
  });
});

describe('a HEAD', () => {
  test('asks for the first byte, under the same conditions but in no range', () => {
    const asked = { range: RANGE, 'if-range': ETAG, 'if-none-match': ETAG };
    expect(questionOf('HEAD', asked)).toEqual({
      headers: { range: 'bytes=0-0', 'if-none-match': ETAG },
    });
  });
});

describe('an answer to If-Range', () => {
  const answer = (status: number, headers: Record<string, string> = {}) => ({
    status,
    headers: new Headers(headers),
  });
  const byTag = questionOf('GET', { range: RANGE, 'if-range': ETAG });
  const byDate = questionOf('GET', { range: RANGE, 'if-range': DATE });

  test.each([
    ['412, since the store has another ETag', byTag, answer(412), true],
    [
      'a part of another object, since the store ignores If-Match',
      byTag,
      answer(206, { ETag: '"x"' }),
      true,
    ],
    ['a part of that object', byTag, answer(206, { ETag: ETAG }), false],
    ['416, since there is no such part', byTag, answer(416), false],
    ['all of it', byTag, answer(200, { ETag: '"x"' }), false],
    ['a part of what has another date', byDate, answer(206, { 'Last-Modified': 'x' }), true],
    ['a part of what has that date', byDate, answer(206, { 'Last-Modified': DATE }), false],
  ])('%s', (_case, question, given, expected) => {
    expect(isOfAnother(question, given)).toBe(expected);
  });

  test('412 is the recipient’s where If-Match was', () => {
    const question = questionOf('GET', { range: RANGE, 'if-range': ETAG, 'if-match': '"other"' });
    expect(isOfAnother(question, answer(412))).toBe(false);
  });

  test('all of it is asked for under the other conditions', () => {
    const asked = { range: RANGE, 'if-range': ETAG, 'if-none-match': '"old"' };
    expect(questionOf('GET', asked).otherwise?.headers).toEqual({ 'if-none-match': '"old"' });
  });
});
