// What a recipient asks of an object, by method and headers, in terms that every store understands:
// stores ignore what they don't know, and If-Range is in no store's reference.
// https://www.rfc-editor.org/rfc/rfc9110#section-13

/** By lower-case name. */
export type AskedHeaders = Readonly<Record<string, string>>;

export type Question = {
  readonly headers: AskedHeaders;
  /** What is asked instead when the object isn't the one that If-Range names. */
  readonly otherwise?: { readonly unless: string; readonly headers: AskedHeaders } | undefined;
};

const CONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];
/** Of several ranges at once S3 knows nothing; whoever asks for them may be given the whole. */
const ONE_RANGE = /^bytes=(?:\d+-\d*|-\d+)$/i;
const FIRST_BYTE = 'bytes=0-0';

/** A GET, and the question that a HEAD is: of its first byte, since the platform may turn it into a GET. */
export function questionOf(method: 'GET' | 'HEAD', asked: AskedHeaders): Question {
  const conditions = only(asked, CONDITIONS);
  // Only GET has ranges (RFC 9110, 14.2).
  if (method === 'HEAD') return { headers: { ...conditions, range: FIRST_BYTE } };
  const { range, 'if-range': unless } = asked;
  if (range === undefined || !ONE_RANGE.test(range)) return { headers: conditions };
  if (unless === undefined) return { headers: { ...conditions, range } };
  // A weak validator proves no byte (RFC 9110, 13.1.5).
  if (unless.startsWith('W/')) return { headers: conditions };
  const isOwnMatch = unless.startsWith('"') && conditions['if-match'] === undefined;
  return {
    headers: { ...conditions, range, ...(isOwnMatch ? { 'if-match': unless } : {}) },
    otherwise: { unless, headers: conditions },
  };
}

/** Whether an answer is of another object than If-Range names, so that the range means nothing. */
export function isOfAnother(
  { headers, otherwise }: Question,
  answer: { readonly status: number; readonly headers: Headers },
): boolean {
  if (!otherwise) return false;
  const { unless } = otherwise;
  if (answer.status === 412) return headers['if-match'] === unless;
  if (answer.status !== 206) return false;
  const validator = unless.startsWith('"') ? 'ETag' : 'Last-Modified';
  return answer.headers.get(validator) !== unless;
}

function only(asked: AskedHeaders, names: readonly string[]): AskedHeaders {
  return Object.fromEntries(Object.entries(asked).filter(([name]) => names.includes(name)));
}
