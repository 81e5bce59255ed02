// Pages of the dashboard as answers.

import type { Context } from 'hono';
import type { FormProblem } from '../pages/admin/form.tsx';
import { problemView } from '../pages/admin/problem-view.tsx';
import type { Viewer } from '../pages/admin/when.tsx';
import { problemDetails, setProblemHeaders } from './problem.ts';
import type { Denial } from './problems.ts';
import { readerOf } from './reader.ts';
import type { HallpassContext } from './request-context.ts';

export function viewerOf(c: Context<HallpassContext>): Viewer {
  return { now: c.var.services.clock(), timeZone: readerOf(c).timeZone };
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
