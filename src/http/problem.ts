// Denials as answers: RFC 9457 JSON for programs, a page for people. What
// programs are told stands in problems.ts, what people are told in pages/words.

import type { Context } from 'hono';
import type * as z from 'zod';
import { toIso } from '../lib/time.ts';
import { type ProblemShown, problemPage } from '../pages/problem-page.tsx';
import { type Language, wordsIn } from '../pages/words/words.ts';
import type { problemShown } from '../schemas/problem.ts';
import { wantsPage } from './accept.ts';
import { note } from './note.ts';
import { type Denial, PROBLEMS, type Problem } from './problems.ts';
import { setRateLimitHeaders } from './rate-limit-headers.ts';
import { readerOf } from './reader.ts';

/** How long a page waits to open itself: whoever waits for longer comes back. */
const LONGEST_REFRESH_SECONDS = 86_400;

/** The page that counts down runs one script, of ours. */
const COUNTDOWN_POLICY =
  "default-src 'none'; img-src data:; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Answers a denial: a page where the client asks for HTML, RFC 9457 JSON elsewhere. */
export function problemResponse(c: Context, denial: Denial): Response | Promise<Response> {
  const problem = setProblemHeaders(c, denial);
  if (wantsPage(c)) return problemPageResponse(c, denial, problem);
  return c.json(problemDetails(denial), problem.status, {
    'Content-Type': 'application/problem+json',
  });
}

function problemPageResponse(
  c: Context,
  denial: Denial,
  { status }: Problem,
): Response | Promise<Response> {
  const { language } = readerOf(c);
  // The page of a link that isn't open yet opens itself.
  if (opensSoon(denial)) c.header('Refresh', String(denial.retryAfterSeconds));
  const shown = problemInWords(denial, language);
  if (shown.waitSeconds !== undefined) c.header('Content-Security-Policy', COUNTDOWN_POLICY);
  return c.html(problemPage(shown, language), status);
}

/** A denial for people. What only programs run into is told in English. */
export function problemInWords(denial: Denial, language: Language): ProblemShown {
  const problem: Problem = PROBLEMS[denial.reason];
  const reason = problem.shownAs ?? denial.reason;
  const { problems, wait } = wordsIn(language);
  const { title, detail } = (problems as Readonly<Record<string, ProblemShown>>)[reason] ?? problem;
  const isKnownWait =
    'retryAfterSeconds' in denial && (denial.reason !== 'not_yet' || opensSoon(denial));
  if (!isKnownWait) return { title, detail };
  const sentence = denial.reason === 'not_yet' ? wait.opensIn : wait.tryAgainIn;
  return { title, detail: sentence, waitSeconds: denial.retryAfterSeconds };
}

function opensSoon(denial: Denial): denial is Extract<Denial, { reason: 'not_yet' }> {
  return denial.reason === 'not_yet' && denial.retryAfterSeconds <= LONGEST_REFRESH_SECONDS;
}

/** Sets what a denial says in headers, for whoever renders it, and notes why. */
export function setProblemHeaders(c: Context, denial: Denial): Problem {
  const problem: Problem = PROBLEMS[denial.reason];
  note(c, { reason: denial.reason });
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
