// What a browser may show in place of saving it.

import { describe, expect, test } from 'vitest';
import { isInlineType } from '../../../src/links/grant.ts';

describe('isInlineType', () => {
  test.each([
    'image/png',
    'image/jpeg',
    'image/gif',
    'image/webp',
    'image/avif',
    'image/bmp',
    'audio/mpeg',
    'audio/x-wav',
    'video/mp4',
    'video/vnd.dlna.mpeg-tts',
    'application/pdf',
    'text/plain',
    'text/plain; charset=utf-8',
    'text/plain;charset="utf-8"',
    'IMAGE/PNG',
    ' Text/Plain ; charset=utf-8',
  ])('%j may be shown inline', (contentType) => {
    expect(isInlineType(contentType)).toBe(true);
  });

  test.each([
    'text/html',
    'TEXT/HTML; charset=utf-8',
    'application/xhtml+xml',
    'image/svg+xml',
    'image/svg',
    'text/xml',
    'application/xml',
    'text/css',
    'text/javascript',
    'application/javascript',
    'application/json',
    'application/octet-stream',
    'multipart/mixed',
    'message/rfc822',
    'text/plainx',
    'xtext/plain',
    'text/plain/html',
    'text/html; text/plain',
    'text/plain, text/html',
    'video/mp4,text/html',
    'image/*',
    '*/*',
    'image',
    'image/',
    'video/',
    ';text/plain',
    '',
  ])('%j is always saved', (contentType) => {
    expect(isInlineType(contentType)).toBe(false);
  });

  // HTML Standard: a browser loads any type that ends in `+xml` as XML, which can run script.
  test.each(['video/anything+xml', 'audio/x+xml', 'Video/X+XML; charset=utf-8'])(
    '%j is XML by its suffix and always saved',
    (contentType) => {
      expect(isInlineType(contentType)).toBe(false);
    },
  );
});
