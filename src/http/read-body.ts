// Request bodies: bounded, parsed, checked by their schema, or a denial that names the field.

import type { Context } from 'hono';
import type * as z from 'zod';
import { denied, ok, type Result } from '../lib/result.ts';
import type { FieldError, RequestDenial } from '../links/denial.ts';
import type { Denial } from './problems.ts';
import type { HallpassContext } from './request-context.ts';

export const MAX_BODY_BYTES = 65_536;

type InvalidRequest = Extract<RequestDenial, { reason: 'invalid_request' }>;

/** Refuses with `unsupported_media_type`, `too_large` or `invalid_request`. */
export async function readJson<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
  maxBytes = MAX_BODY_BYTES,
): Promise<Result<z.output<Schema>, Denial>> {
  if (mediaTypeOf(c) !== 'application/json') return denied({ reason: 'unsupported_media_type' });
  return readBody(c, schema, parseJson, maxBytes);
}

/** Reads a form, JSON, or nothing at all, which is an empty form. Refuses like `readJson`. */
export async function readForm<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<Result<z.output<Schema>, Denial>> {
  switch (mediaTypeOf(c)) {
    case 'application/json':
      return readBody(c, schema, parseJson);
    case '':
    case 'application/x-www-form-urlencoded':
      return readBody(c, schema, parseForm);
    default:
      return denied({ reason: 'unsupported_media_type' });
  }
}

/** The fields of a form, each as often as it was sent. Refuses with `unsupported_media_type` or `too_large`. */
export async function readFields(
  c: Context<HallpassContext>,
  maxBytes = MAX_BODY_BYTES,
): Promise<Result<URLSearchParams, Denial>> {
  if (mediaTypeOf(c) !== 'application/x-www-form-urlencoded') {
    return denied({ reason: 'unsupported_media_type' });
  }
  const text = await readText(c.req.raw, maxBytes);
  if (text === undefined) {
    return denied({ reason: 'too_large', detail: `It may have ${maxBytes} bytes at most.` });
  }
  const fields = new URLSearchParams(text);
  c.set('fields', fields);
  return ok(fields);
}

/** The query of a URL by its schema. Refuses with `invalid_request`. */
export function readQuery<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Result<z.output<Schema>, Denial> {
  return parsed(schema, c.req.query());
}

function mediaTypeOf(c: Context): string {
  const [type = ''] = (c.req.header('Content-Type') ?? '').split(';');
  return type.trim().toLowerCase();
}

async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
  parse: (text: string) => unknown,
  maxBytes = MAX_BODY_BYTES,
): Promise<Result<z.output<Schema>, Denial>> {
  const text = await readText(c.req.raw, maxBytes);
  if (text === undefined) {
    return denied({ reason: 'too_large', detail: `It may have ${maxBytes} bytes at most.` });
  }
  return parsed(schema, parse(text));
}

/** Checks a part of a body by its own schema. Refuses with `invalid_request`. */
export function parsed<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): Result<z.output<Schema>, InvalidRequest> {
  const { success, data, error } = schema.safeParse(input);
  return success
    ? ok(data)
    : denied({ reason: 'invalid_request', errors: error.issues.flatMap(fieldErrors) });
}

/** `undefined` when the body is longer; a Content-Length is a claim and is not asked. */
async function readText(request: Request, maxBytes: number): Promise<string | undefined> {
  if (!request.body) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** What isn't JSON is `undefined`, which no schema accepts. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseForm(text: string): unknown {
  return Object.fromEntries(new URLSearchParams(text));
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...issue.path, key]),
      detail: 'is not a field of this request',
    }));
  }
  const pointer = pointerOf(issue.path);
  return [{ pointer, detail: pointer === '' ? 'must be a JSON object' : issue.message }];
}

/** RFC 6901. */
function pointerOf(path: readonly PropertyKey[]): string {
  return path
    .map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
