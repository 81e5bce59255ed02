// Answers of ledgers over HTTP: the caller's rate in headers, and a denial as a problem.

import type { Context } from 'hono';
import type { Answer } from '../apps/ports.ts';
import { problemResponse } from './problem.ts';
import { setApiRateHeaders } from './rate-limit-headers.ts';

type Rendered = Response | Promise<Response>;

export function respond<Value>(
  c: Context,
  { result, rate }: Answer<Value>,
  render: (value: Value) => Rendered,
): Rendered {
  setApiRateHeaders(c, rate);
  return result.ok ? render(result.value) : problemResponse(c, result.denial);
}
