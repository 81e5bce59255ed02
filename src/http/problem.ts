// The one table that speaks HTTP: each reason's status and words, as RFC 9457 JSON or as a page.
// The public sees fewer reasons than an operator: those of links say nothing of stores or keys.

import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { FieldError, LinkDenial, RequestDenial } from '../links/denial.ts';
import { problemPage } from '../pages/problem-page.tsx';

/** Reasons that only HTTP knows. */
type HttpDenial =
  | { readonly reason: 'method_not_allowed'; readonly allow: string }
  | { readonly reason: 'too_large'; readonly detail: string }
  | { readonly reason: 'unsupported_media_type' }
  | { readonly reason: 'unavailable' }
  | { readonly reason: 'internal_error' };

export type Denial = LinkDenial | RequestDenial | HttpDenial;
export type Reason = Denial['reason'];

export type Problem = {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  /** One sentence on what the reader can do. */
  readonly detail: string;
  readonly retryAfterSeconds?: number;
};

/** Long enough to get over a restart of a gate, short enough to wait for. */
const RETRY_AFTER_SECONDS = 5;

export const PROBLEMS = {
  not_found: {
    status: 404,
    title: 'There is nothing here',
    detail: 'Check that the link was copied completely, or ask its sender for a new one.',
  },
  expired: {
    status: 410,
    title: 'This link has expired',
    detail: 'Ask its sender for a new one.',
  },
  revoked: {
    status: 410,
    title: 'This link was withdrawn',
    detail: 'Ask its sender whether you should still have it.',
  },
  store_unavailable: {
    status: 503,
    title: 'This can’t be answered right now',
    detail: 'Try again in a few minutes; if that doesn’t help, tell the sender of the link.',
    retryAfterSeconds: 60,
  },
  unavailable: {
    status: 503,
    title: 'This can’t be answered right now',
    detail: 'Try again in a few seconds.',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  },
  internal_error: {
    status: 500,
    title: 'Something went wrong on our side',
    detail: 'Try again in a few minutes; if that doesn’t help, tell the sender of the link.',
  },
  unauthenticated: {
    status: 401,
    title: 'No valid API key',
    detail: 'Send "Authorization: Bearer <API key>" with a key that is in force.',
  },
  link_not_found: {
    status: 404,
    title: 'No such link',
    detail: 'This app has no link with this id.',
  },
  invalid_request: {
    status: 400,
    title: 'The request is not valid',
    detail: 'Correct what "errors" names and send the request again.',
  },
  outside_bounds: {
    status: 403,
    title: 'Outside the bounds of this app',
    detail: 'This app may not do what "errors" names.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'This Idempotency-Key belongs to another request',
    detail: 'Use a new key for a new request; the same key only repeats the very same body.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This method is not allowed here',
    detail: 'The Allow header names those that are.',
  },
  too_large: {
    status: 413,
    title: 'The request body is too large',
    detail: 'Send less.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The request body must be JSON',
    detail: 'Send it with "Content-Type: application/json".',
  },
} satisfies Record<Reason, Problem>;

/** Answers a denial: a page where the client asks for HTML, RFC 9457 JSON elsewhere. */
export function problemResponse(c: Context, denial: Denial): Response | Promise<Response> {
  const problem: Problem = PROBLEMS[denial.reason];
  if (problem.retryAfterSeconds) c.header('Retry-After', String(problem.retryAfterSeconds));
  if (denial.reason === 'method_not_allowed') c.header('Allow', denial.allow);
  if (denial.reason === 'unauthenticated') c.header('WWW-Authenticate', 'Bearer realm="hallpass"');
  if (wantsPage(c)) return c.html(problemPage(problem), problem.status);
  return c.json(problemDetails(denial, problem), problem.status, {
    'Content-Type': 'application/problem+json',
  });
}

function problemDetails(denial: Denial, problem: Problem) {
  return {
    type: `urn:hallpass:problem:${denial.reason}`,
    title: problem.title,
    status: problem.status,
    detail: 'detail' in denial ? denial.detail : problem.detail,
    reason: denial.reason,
    ...('errors' in denial ? { errors: denial.errors satisfies readonly FieldError[] } : {}),
  };
}

function wantsPage(c: Context): boolean {
  const json = 'application/problem+json';
  return (
    accepts(c, {
      header: 'Accept',
      supports: ['text/html', 'application/json', json],
      default: json,
    }) === 'text/html'
  );
}
