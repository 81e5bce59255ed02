// Denials as answers: RFC 9457 JSON for programs, a page for people. The words stand in problems.ts.

import type { Context } from 'hono';
import type { z } from 'zod';
import { toIso } from '../lib/time.ts';
import { problemPage } from '../pages/problem-page.tsx';
import type { problemShown } from '../schemas/problem.ts';
import { wantsPage } from './accept.ts';
import { type Denial, PROBLEMS, type Problem } from './problems.ts';
import { setRateLimitHeaders } from './rate-limit-headers.ts';

/** Answers a denial: a page where the client asks for HTML, RFC 9457 JSON elsewhere. */
export function problemResponse(c: Context, denial: Denial): Response | Promise<Response> {
  const problem = setProblemHeaders(c, denial);
  if (wantsPage(c)) return c.html(problemPage(problem), problem.status);
  return c.json(problemDetails(denial), problem.status, {
    'Content-Type': 'application/problem+json',
  });
}

/** Sets what a denial says in headers, for whoever renders it. */
export function setProblemHeaders(c: Context, denial: Denial): Problem {
  const problem: Problem = PROBLEMS[denial.reason];
  const retryAfterSeconds =
    'retryAfterSeconds' in denial ? denial.retryAfterSeconds : problem.retryAfterSeconds;
  if (retryAfterSeconds !== undefined) c.header('Retry-After', String(retryAfterSeconds));
  if (denial.reason === 'rate_limited') setRateLimitHeaders(c, denial);
  if (denial.reason === 'range_not_satisfiable' && denial.size !== undefined) {
    c.header('Content-Range', `bytes */${denial.size}`);
  }
  if (denial.reason === 'method_not_allowed') c.header('Allow', denial.allow);
  if (denial.reason === 'unauthenticated') c.header('WWW-Authenticate', 'Bearer realm="hallpass"');
  return problem;
}

/** A denial as RFC 9457 has it. */
export function problemDetails(denial: Denial): z.input<typeof problemShown> {
  const problem: Problem = PROBLEMS[denial.reason];
  const reason = problem.shownAs ?? denial.reason;
  return {
    type: `urn:hallpass:problem:${reason}`,
    title: problem.title,
    status: problem.status,
    detail: ('detail' in denial ? denial.detail : undefined) ?? problem.detail,
    reason,
    ...('errors' in denial ? { errors: denial.errors } : {}),
    ...('scope' in denial ? { scope: denial.scope } : {}),
    ...('rotatedTo' in denial ? { rotatedTo: denial.rotatedTo } : {}),
    ...('maxBytes' in denial ? { maxBytes: denial.maxBytes } : {}),
    ...('contentTypes' in denial ? { contentTypes: denial.contentTypes } : {}),
    ...('operation' in denial ? { operation: denial.operation } : {}),
    ...('quota' in denial ? { quota: denial.quota } : {}),
    ...('notBefore' in denial ? { notBefore: toIso(denial.notBefore) } : {}),
    ...('needsPassword' in denial ? { needsPassword: denial.needsPassword } : {}),
  };
}
