// What a client throws: a refusal with its problem, or that no answer came.

import type { Problem } from './types.ts';

/** A refusal by the gateway: go by `reason`. */
export class HallpassError extends Error {
  override readonly name = 'HallpassError';
  readonly status: number;
  readonly reason: string;
  readonly problem: Problem;

  constructor(problem: Problem) {
    const faults = problem.errors?.map(
      ({ pointer, detail }) => `${pointer || 'the body'} ${detail}`,
    );
    super([`${problem.title}.`, faults?.join('; ') ?? problem.detail].join(' '));
    this.status = problem.status;
    this.reason = problem.reason;
    this.problem = problem;
  }
}

/** What isn't a problem of the gateway's is one of whatever answered in its place. */
export async function errorOf(response: Response): Promise<HallpassError> {
  const { status } = response;
  const problem = await response.json().catch(() => undefined);
  if (isProblem(problem)) return new HallpassError(problem);
  return new HallpassError({
    type: 'about:blank',
    title: `The answer was ${status}, and not Hallpass’s`,
    status,
    detail: 'Check the URL of the gateway.',
    reason: 'not_hallpass',
  });
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'reason' in value && 'title' in value;
}
