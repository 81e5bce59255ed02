// A JSON request body: bounded, parsed, checked by its schema, or a denial that names the field.

import type { Context } from 'hono';
import type { z } from 'zod';
import { denied, ok, type Result } from '../lib/result.ts';
import type { FieldError } from '../links/denial.ts';
import type { Denial } from './problem.ts';

export const MAX_BODY_BYTES = 65_536;

/** Refuses with `unsupported_media_type`, `too_large` or `invalid_request`. */
export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<Result<z.output<Schema>, Denial>> {
  if (!/^application\/json\s*(?:;|$)/i.test(c.req.header('Content-Type') ?? '')) {
    return denied({ reason: 'unsupported_media_type' });
  }
  const text = await readText(c.req.raw, MAX_BODY_BYTES);
  if (text === undefined) {
    return denied({ reason: 'too_large', detail: `It may have ${MAX_BODY_BYTES} bytes at most.` });
  }
  const parsed = schema.safeParse(parseJson(text));
  return parsed.success
    ? ok(parsed.data)
    : denied({ reason: 'invalid_request', errors: parsed.error.issues.flatMap(fieldErrors) });
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
