// What the CORS headers of a store mean for pages that upload: https://fetch.spec.whatwg.org/#http-cors-protocol

import type { Store } from '../config.ts';
import { isServed, silenceFindings } from './diagnose.ts';
import { type Finding, finding } from './finding.ts';
import type { Outcome } from './store-answer.ts';

/** Headers that a browser asks for before an upload. */
export const UPLOAD_HEADERS = ['content-type', 'if-none-match', 'x-amz-checksum-sha256'];

/** Whether a page at `origin` may upload, by the answer to its preflight. */
export function preflightFindings(store: Store, outcome: Outcome, origin: string): Finding[] {
  if (outcome.kind !== 'answer') return silenceFindings(store, outcome);
  const { headers } = outcome;
  const isAllowed = isServed(outcome) && isAllowedOrigin(headers, origin);
  const lacks = [
    ...(isAllowed && lists(headers, 'Access-Control-Allow-Methods', 'PUT') ? [] : ['PUT']),
    ...UPLOAD_HEADERS.filter((name) => !lists(headers, 'Access-Control-Allow-Headers', name)),
  ];
  if (lacks.length === 0) return [];
  return [finding('cors_missing', store, { origin, what: lacks.join(', ') })];
}

/** Whether a page at `origin` would see the ETag of what it wrote. */
export function exposureFindings(store: Store, written: Outcome, origin: string): Finding[] {
  if (written.kind !== 'answer') return [];
  const { headers } = written;
  // Without any rule for this origin the preflight has said so.
  if (!isAllowedOrigin(headers, origin)) return [];
  const isExposed = lists(headers, 'Access-Control-Expose-Headers', 'ETag');
  return isExposed ? [] : [finding('cors_etag_hidden', store, { origin })];
}

function isAllowedOrigin(headers: Headers, origin: string): boolean {
  const allowed = headers.get('Access-Control-Allow-Origin');
  return allowed === '*' || allowed === origin;
}

/** Whether a comma-separated header has a name, or `*` for all. */
function lists(headers: Headers, header: string, name: string): boolean {
  const listed = (headers.get(header) ?? '').split(',').map((part) => part.trim().toLowerCase());
  return listed.includes('*') || listed.includes(name.toLowerCase());
}
