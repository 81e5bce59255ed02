// The name, type and disposition a download arrives with: RFC 6266, and RFC 8187 for the whole name.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Grant } from '../../../src/links/grant.ts';
import { contentDisposition, responseOverrides } from '../../../src/stores/response-overrides.ts';

const GRANT: Grant = {
  app: 'App1',
  operation: 'download',
  consistency: 'strong',
  store: 'demo',
  endpoint: 'https://s3.eu-central-1.amazonaws.com',
  bucket: 'private-bucket',
  key: 'reports/q1.pdf',
  disposition: 'attachment',
};

/** The parts of a header value of exactly the form that RFC 6266 recommends. */
function parse(value: string): { disposition: string; ascii: string; name: string } {
  const form = /^(attachment|inline); filename="([^"\\]*)"; filename\*=UTF-8''([^;\s]*)$/;
  const [, disposition = '', ascii = '', encoded = ''] = form.exec(value) ?? [];
  // RFC 8187, 3.2.1: attr-char or percent-encoded.
  expect(encoded).toMatch(/^(?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})+$/);
  return { disposition, ascii, name: decodeURIComponent(encoded) };
}

function namesFor(filename: string): { ascii: string; name: string } {
  const { ascii, name } = parse(contentDisposition('attachment', filename));
  return { ascii, name };
}

test('a plain name stands in both parameters', () => {
  expect(contentDisposition('attachment', 'report.pdf')).toBe(
    `attachment; filename="report.pdf"; filename*=UTF-8''report.pdf`,
  );
  expect(contentDisposition('inline', 'report.pdf')).toMatch(/^inline; /);
});

test.each([
  ['Übersicht.pdf', 'Ubersicht.pdf'],
  ['Straße nach Łódź.txt', 'Stra_e nach _odz.txt'],
  ['日本語.pdf', '___.pdf'],
  ['ガイド.pdf', '___.pdf'],
  ['\u{1f389} party \u{1f389}.png', '_ party _.png'],
  ['ﬁle №1½.txt', 'file No11_2.txt'],
  ['50% off; only=today, (really)!.txt', '50_ off; only=today, (really)!.txt'],
  ['the "final" version.doc', 'the _final_ version.doc'],
  ['.hidden', '.hidden'],
])('%j comes with the ASCII fallback %j and its whole name', (filename, ascii) => {
  expect(namesFor(filename)).toEqual({ ascii, name: filename });
});

test.each([
  ['a\r\nSet-Cookie: x=1.txt', 'aSet-Cookie: x=1.txt'],
  ['nul\0tab\tdel\x7fnel\u0085.txt', 'nultabdelnel.txt'],
  ['invoice\u202efdp.exe', 'invoicefdp.exe'],
  ['\u2066a\u2067b\u2068c\u2069\u202a\u202b\u202c\u202d', 'abc'],
  ['../../etc/passwd', '.._.._etc_passwd'],
  ['C:\\temp\\x.bat', 'C:_temp_x.bat'],
  ['half \ud83c emoji', 'half \ufffd emoji'],
  ['', 'download'],
  ['   ', 'download'],
  ['\r\n', 'download'],
  ['\u202e\u00a0', 'download'],
])('of %j a recipient gets the safe name %j', (filename, name) => {
  expect(namesFor(filename).name).toBe(name);
});

test.each([
  ['\uff0e\uff0e\uff0f\uff0e\uff0e\uff0fetc\uff0fpasswd'],
  ['a\u2100b\u2044c\uff3cd'],
  ['\uff02; filename=evil.exe; x=\uff02'],
])('compatibility forms in %j make no separator or quote of the fallback', (filename) => {
  const { ascii, name } = namesFor(filename);
  expect(ascii).not.toMatch(/[/\\"%]/);
  expect(name).toBe(filename);
});

// What a file system takes for a folder, and what leaves nothing of itself in ASCII.
test.each(['.', '..', '\uff0e\uff0e', '\u0301'])(
  'the name %j is replaced where it would be no name',
  (filename) => {
    const { ascii, name } = namesFor(filename);
    expect([ascii, name]).not.toContain('');
    expect([ascii, name]).not.toContain('.');
    expect([ascii, name]).not.toContain('..');
  },
);

describe('of any name', () => {
  const anyName = fc.oneof(
    fc.string({ unit: 'binary' }),
    // Lone surrogates too.
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    fc
      .array(fc.constantFrom('"', '\\', '/', ';', '%22', '\r\n', '\u202e', '\uff0f', "'", '*', 'ü'))
      .map((parts) => parts.join('')),
  );

  test('the header is printable ASCII in the form of RFC 6266', () => {
    fc.assert(
      fc.property(anyName, (filename) => {
        const value = contentDisposition('attachment', filename);
        expect(value).toMatch(/^[ -~]+$/);
        expect(parse(value).disposition).toBe('attachment');
      }),
    );
  });

  test('neither name can leave its folder, break its quotes or mislead its reader', () => {
    fc.assert(
      fc.property(anyName, (filename) => {
        const { ascii, name } = namesFor(filename);
        expect(ascii).not.toMatch(/[/\\"%]/);
        expect(name).not.toMatch(/[/\\\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        expect(name.trim()).not.toBe('');
      }),
    );
  });

  test('the whole name is the name itself, but for what is unsafe in it', () => {
    const safe = /^(?=.*\S)[^\p{Cc}\u202a-\u202e\u2066-\u2069/\\]+$/u;
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((name) => safe.test(name)),
        (name) => {
          expect(namesFor(name).name).toBe(name);
        },
      ),
    );
  });

  test('a safe name is not made safer a second time', () => {
    fc.assert(
      fc.property(anyName, (filename) => {
        const { name } = namesFor(filename);
        expect(namesFor(name).name).toBe(name);
      }),
    );
  });
});

describe('the overrides of a grant', () => {
  test('they forbid keeping, and name the file after the last segment of its key', () => {
    expect(responseOverrides(GRANT)).toEqual({
      'response-cache-control': 'private, no-store',
      'response-content-disposition': contentDisposition('attachment', 'q1.pdf'),
    });
  });

  test('a filename, a disposition and a type of its own take precedence', () => {
    const grant: Grant = {
      ...GRANT,
      disposition: 'inline',
      filename: 'Übersicht.pdf',
      contentType: 'application/pdf',
    };
    expect(responseOverrides(grant)).toEqual({
      'response-cache-control': 'private, no-store',
      'response-content-disposition': contentDisposition('inline', 'Übersicht.pdf'),
      'response-content-type': 'application/pdf',
    });
  });

  test.each([
    ['reports/2030/', '2030'],
    ['reports//', 'reports'],
    ['/', 'download'],
    ['///', 'download'],
    ['reports/ /', 'download'],
    ['back\\slash', 'back_slash'],
    ['100%2Fdone', '100%2Fdone'],
  ])('the object %j is saved as %j', (key, name) => {
    const value = responseOverrides({ ...GRANT, key })['response-content-disposition'];
    expect(parse(value ?? '').name).toBe(name);
  });
});
