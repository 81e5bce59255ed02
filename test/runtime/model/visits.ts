// A recipient's request to a link, and whether its answer is the one that the model gives.

import { expect } from 'vitest';
import type { OpenFault } from '../../support/faults.ts';
import { presignedEnd } from '../../support/presigned.ts';
import {
  type Attempt,
  type LinkModel,
  type Model,
  type Outcome,
  open,
  SECOND,
} from './link-model.ts';
import type { KnownLink, World } from './world.ts';

export type Visit = {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers: Record<string, string>;
  readonly body?: string;
};

const MAX_URL_MS = 60 * SECOND;
export const PAGE = { Accept: 'text/html,*/*;q=0.8' };

const STATUS: Record<string, number> = {
  not_found: 404,
  expired: 410,
  revoked: 410,
  used_up: 410,
  not_yet: 403,
  password_required: 403,
  password_wrong: 403,
  password_locked: 429,
};

/** Visits the link as told, for which the model has `attempt`. */
export async function visitAndExpect(
  [link, model, { visit, faults }]: [KnownLink, Model, World],
  how: Visit,
  attempt: Attempt,
  fault: OpenFault | undefined,
): Promise<Response> {
  const outcome = open(model, link, attempt, fault);
  faults.opens = fault;
  const response = await visit(link.url, how);
  faults.opens = undefined;
  if (outcome?.kind === 'allow') await expectUrl(response, how, link, model.now, outcome.expiresAt);
  else await expectRefusal(response, how, outcome);
  return response;
}

async function expectUrl(
  response: Response,
  { method, headers }: Visit,
  link: LinkModel,
  now: number,
  expiresAt: number,
): Promise<void> {
  const isJson = headers.Accept === 'application/json';
  expect(response.status).toBe(isJson ? 200 : method === 'POST' ? 303 : 302);
  const answered = isJson ? ((await response.json()) as { url: string }).url : undefined;
  const url = new URL(answered ?? response.headers.get('Location') ?? '');
  expect(url.pathname).toBe(`/private-bucket/model/${link.name}.pdf`);
  const end = presignedEnd(url);
  expect(end).toBeGreaterThan(now);
  expect(end).toBeLessThanOrEqual(Math.min(expiresAt, now + MAX_URL_MS));
}

async function expectRefusal(
  response: Response,
  { method, headers }: Visit,
  outcome: Exclude<Outcome, { kind: 'allow' }> | undefined,
): Promise<void> {
  expect(response.headers.get('Location')).toBeNull();
  const text = await response.text();
  expect(text).not.toContain('X-Amz-');
  const isPage = headers.Accept === PAGE.Accept;
  if (outcome === undefined) {
    expect(response.status).toBe(503);
    expect(response.headers.get('Retry-After')).not.toBeNull();
  } else if (outcome.kind === 'confirm') {
    expect(response.status).toBe(isPage || method === 'HEAD' ? 200 : 428);
    if (isPage || method === 'HEAD') return;
    expect(JSON.parse(text).needsPassword).toBe(outcome.needsPassword);
  } else {
    expect(response.status).toBe(STATUS[outcome.reason]);
    if (!isPage && method !== 'HEAD') expect(JSON.parse(text).reason).toBe(outcome.reason);
  }
}
