// Pages of the dashboard as answers.

import type { Context } from 'hono';
import { drawClaim, isClaim } from '../links/claim.ts';
import type { Idempotency } from '../links/ports.ts';
import type { FormProblem } from '../pages/admin/form.tsx';
import { problemView } from '../pages/admin/problem-view.tsx';
import type { Viewer } from '../pages/admin/when.tsx';
import { idempotencyOf } from './idempotency-key.ts';
import { problemDetails, setProblemHeaders } from './problem.ts';
import type { Denial } from './problems.ts';
import { readerOf } from './reader.ts';
import type { HallpassContext } from './request-context.ts';

export function viewerOf(c: Context<HallpassContext>): Viewer {
  return { now: c.var.services.clock(), timeZone: readerOf(c).timeZone };
}

/** What a form creates, it creates once: by the random value that it was shown with. */
export async function onceOf(
  c: Context<HallpassContext>,
  fields: URLSearchParams,
): Promise<Idempotency | undefined> {
  const once = fields.get('once') ?? '';
  return isClaim(once) ? idempotencyOf(c, once, fields.toString()) : undefined;
}

/** For a form that has made something and comes again with other content: then it makes another. */
export function refusedOnce(
  c: Context<HallpassContext>,
  fields: URLSearchParams,
  denial: Denial,
): Denial {
  if (denial.reason !== 'idempotency_key_reused') return denial;
  fields.set('once', drawClaim(c.var.services.random));
  return { reason: 'form_sent_before' };
}

/** A denial for a form that is shown again, by `render`, with what was typed. */
export function refusedForm(
  c: Context,
  denial: Denial,
  render: (problem: FormProblem) => ReturnType<typeof problemView>,
): Response | Promise<Response> {
  const { status } = setProblemHeaders(c, denial);
  return c.html(render(problemDetails(denial)), status);
}

/** A denial where there is nothing else to show. */
export function problemOnDashboard(c: Context, denial: Denial): Response | Promise<Response> {
  return refusedForm(c, denial, problemView);
}
