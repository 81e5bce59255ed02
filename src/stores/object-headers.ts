// The headers of a streamed object: of what its store says only these, and how a browser may take it is
// the grant's to say.

import { type Grant, grantedFilename, isInlineType } from '../links/grant.ts';
import { contentDisposition } from './response-overrides.ts';

const UNKNOWN_TYPE = 'application/octet-stream';
/** Type and subtype, then anything that can stand in a header. */
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:;[ -~]*)?$/;

/** Those of a whole object or of a part of it. */
export function objectHeaders(grant: Grant, stored: Headers): Record<string, string> {
  const contentType = grant.contentType ?? storedType(stored);
  // By the type that is sent, not by the one that was minted: what may run script is only saved.
  const isInline = grant.disposition === 'inline' && isInlineType(contentType);
  return {
    'Content-Type': contentType,
    'Content-Disposition': contentDisposition(
      isInline ? 'inline' : 'attachment',
      grantedFilename(grant),
    ),
    ...validatorHeaders(stored),
    ...passed(stored, ['Accept-Ranges', 'Content-Encoding', 'Content-Length', 'Content-Range']),
  };
}

/** All that 304 tells of an object. */
export function validatorHeaders(stored: Headers): Record<string, string> {
  return passed(stored, ['ETag', 'Last-Modified']);
}

/** A HEAD asks for the first byte: the whole object's headers, of which that byte's answer tells. */
export function wholeHeaders(stored: Headers): Headers {
  const whole = new Headers(stored);
  const range = stored.get('Content-Range');
  if (range === null) return whole;
  whole.delete('Content-Range');
  whole.delete('Content-Length');
  const [, size] = /\/(\d+)$/.exec(range) ?? [];
  if (size !== undefined) whole.set('Content-Length', size);
  return whole;
}

function storedType(stored: Headers): string {
  const type = stored.get('Content-Type') ?? '';
  return MEDIA_TYPE.test(type) ? type : UNKNOWN_TYPE;
}

function passed(stored: Headers, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = stored.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}
