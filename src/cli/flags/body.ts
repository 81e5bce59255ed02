// What was written in flags, as the body of a request: checked by the very schema that the gateway
// checks it with, before anything is sent.

import type * as z from 'zod';
import { usageError } from '../cli-error.ts';
import { parseRate, parseSeconds } from '../duration.ts';
import { type Field, flagAt, inFlags, type Kind } from './field.ts';

export type Args = Readonly<Record<string, unknown>>;

type Fault = { readonly pointer: string; readonly detail: string };

const PARSERS: Partial<Record<Kind, (flag: string, text: string) => unknown>> = {
  duration: parseSeconds,
  rate: parseRate,
};

/** Throws a usage error that names the flags. */
export function bodyOf<Schema extends z.ZodType>(
  schema: Schema,
  fields: readonly Field[],
  args: Args,
  byHand: Readonly<Record<string, unknown>> = {},
): z.input<Schema> {
  const body = { ...partsOf(fields, args), ...byHand };
  const { error } = schema.safeParse(body);
  if (!error) return body as z.input<Schema>;
  const faults = error.issues.map(({ path, message }) => ({
    pointer: path.map((segment) => `/${String(segment)}`).join(''),
    detail: message,
  }));
  throw usageError(sentenceOf(faults));
}

export function partsOf(fields: readonly Field[], args: Args): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const field of fields) {
    const value = fieldValue(field, args);
    if (value !== undefined) put(body, field.path, value);
  }
  return body;
}

/** `--max-uses must be …; --ttl must be ….` */
export function sentenceOf(faults: readonly Fault[]): string {
  const parts = faults.map(({ pointer, detail }) => `${flagAt(pointer)} ${inFlags(detail)}`);
  return `${parts.join('; ')}.`;
}

function fieldValue({ flag, kind, isNullable }: Field, args: Args): unknown {
  const given = args[flag];
  if (args[`no-${flag}`] === true) {
    if (given !== undefined) throw usageError(`Give --${flag} or --no-${flag}, not both.`);
    return emptyOf(kind, isNullable);
  }
  const parse = PARSERS[kind];
  return parse && given !== undefined ? parse(`--${flag}`, String(given)) : given;
}

/** A merge patch takes away by null (RFC 7396). */
function emptyOf(kind: Kind, isNullable: boolean): unknown {
  if (isNullable) return null;
  return kind === 'list' ? [] : false;
}

function put(body: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    body[name] = value;
    return;
  }
  const inner = (body[name] ?? {}) as Record<string, unknown>;
  put(inner, rest, value);
  body[name] = inner;
}
