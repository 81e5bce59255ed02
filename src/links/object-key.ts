// Which object keys a link may name.

import { utf8 } from '../lib/digest.ts';

/** S3's own limit: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1_024;

const CONTROL_CHARACTER = /\p{Cc}/u;

/** What is wrong with an object key, in words for its sender; `undefined` when it is fine. */
export function objectKeyFault(key: string): string | undefined {
  if (key === '') return 'must not be empty';
  if (!key.isWellFormed()) return 'must be well-formed Unicode';
  if (CONTROL_CHARACTER.test(key)) return 'must not contain control characters';
  if (utf8(key).length > MAX_KEY_BYTES) return `must be at most ${MAX_KEY_BYTES} bytes of UTF-8`;
  // URL parsers resolve dot segments before anything is signed: such a key would leave its bucket.
  if (key.split('/').some(isDotSegment)) return 'must not contain the path segments "." or ".."';
  return undefined;
}

/**
 * Also the spellings that a proxy or a client may decode once more: `%2e`, and `\` for `/`.
 * See the WHATWG URL standard, "double-dot URL path segment".
 */
function isDotSegment(segment: string): boolean {
  return (
    segment
      .replaceAll(/%2e/gi, '.')
      .split(/\\|%5c|%2f/i)
      // A URL parser drops the spaces at the end of a URL.
      .map((part) => part.trimEnd())
      .some((part) => part === '.' || part === '..')
  );
}
