// Requests as the OpenAPI document describes them, and as somebody who means harm would bend them.

import fc from 'fast-check';
import { type JsonSchema, openApi } from '../../src/schemas/openapi.ts';

export type AnyRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
};

/** Ids and the like that are there, by what they are of: with made-up ones alone nothing would be reached. */
export type Known = Readonly<Record<string, readonly string[]>>;

/** Texts that have broken somebody's server. */
const NASTY = [
  '',
  ' ',
  '\u0000',
  '../../etc/passwd',
  '%2e%2e%2f',
  '<script>alert(1)</script>',
  "' OR 1=1 --",
  '\u202efdp.exe',
  '\ud800',
  '😀'.repeat(200),
  'x'.repeat(10_000),
  '__proto__',
  'constructor',
  '-1',
  '1e999',
  'null',
  '2030-01-31T12:00:00Z',
  '0001-01-01T00:00:00Z',
  'https://169.254.169.254/latest/meta-data/',
  '2001:db8::/129',
];

const nasty = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 50 }));

/** Mostly what a schema asks for, by its examples and bounds; now and then anything at all. */
export function arbitraryOf(schema: JsonSchema, depth = 0): fc.Arbitrary<unknown> {
  const asked = askedBy(resolve(schema), depth);
  return fc.oneof(
    { weight: 12, arbitrary: asked },
    { weight: 1, arbitrary: nasty },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  );
}

function askedBy(schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
  const { type, anyOf, properties, items, minimum = -2, maximum = 2 ** 31, example } = schema;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (anyOf) return fc.oneof(...anyOf.map((one) => arbitraryOf(one, depth)));
  const given = example === undefined ? [] : [fc.constant(example)];
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer' || type === 'number') {
    return fc.oneof(...given, fc.integer({ min: minimum, max: maximum }), fc.double());
  }
  if (type === 'array' && items) {
    return fc.oneof(...given, fc.array(arbitraryOf(items, depth + 1), { maxLength: 4 }));
  }
  if (properties && depth < 4) {
    const entries = Object.entries(properties);
    const fields = Object.fromEntries(
      entries.map(([name, one]) => [name, arbitraryOf(one, depth + 1)]),
    );
    const requiredKeys = [...(schema.required ?? [])];
    return fc.oneof(
      ...given,
      fc.record(fields, { requiredKeys }),
      fc.record(fields, { requiredKeys: [] }),
    );
  }
  return fc.oneof(...given, fc.string({ unit: 'binary-ascii', maxLength: 300 }), nasty);
}

function resolve(schema: JsonSchema): JsonSchema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : resolve(openApi.components.schemas[name] ?? {});
}

/** A request to any route of the document. */
export function requestTo(known: Known): fc.Arbitrary<AnyRequest> {
  const operations = Object.entries(openApi.paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]) => ({ path, method, operation })),
  );
  return fc.oneof(
    ...operations.map(({ path, method, operation }) => {
      const parameters = operation.parameters ?? [];
      const [mediaType, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
      return fc
        .record({
          segments: fc.record(
            Object.fromEntries(
              [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [
                name,
                idOf(known, path, name),
              ]),
            ),
          ),
          query: fc.record(
            namesIn(parameters, 'query', (schema, name) =>
              name === 'app' ? idOf(known, path, 'app') : textOf(schema),
            ),
            { requiredKeys: [] },
          ),
          headers: fc.record(
            {
              ...namesIn(parameters, 'header', textOf),
              Authorization: fc
                .constantFrom(...(known.bearers ?? []))
                .map((key) => `Bearer ${key}`),
              Accept: fc.constantFrom('*/*', 'application/json', 'text/html', 'text/plain', 'q=;'),
              'Content-Type': fc.oneof(
                { weight: 9, arbitrary: fc.constant(mediaType ?? 'text/plain') },
                { weight: 1, arbitrary: fc.constantFrom('text/html', 'multipart/form-data', ';') },
              ),
            },
            { requiredKeys: ['Authorization', 'Content-Type'] },
          ),
          body: content ? arbitraryOf(content.schema) : fc.constant(undefined),
        })
        .map(({ segments, query, headers, body }) => ({
          method: method.toUpperCase(),
          path: pathOf(path, segments, query),
          headers: sendable(headers),
          body: method === 'get' ? undefined : body,
        }));
    }),
  );
}

function idOf(known: Known, path: string, name: string): fc.Arbitrary<string> {
  const [, , noun = ''] = path.split('/');
  const kept = known[name === 'id' ? noun : name] ?? [];
  const made = fc.oneof(fc.base64String({ maxLength: 40 }), nasty);
  return kept.length === 0
    ? made
    : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...kept) }, { weight: 1, arbitrary: made });
}

function namesIn(
  parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: JsonSchema;
  }[],
  place: string,
  make: (schema: JsonSchema, name: string) => fc.Arbitrary<string>,
): Record<string, fc.Arbitrary<string>> {
  const meant = parameters.filter((parameter) => parameter.in === place);
  return Object.fromEntries(meant.map(({ name, schema }) => [name, make(schema, name)]));
}

function textOf(schema: JsonSchema): fc.Arbitrary<string> {
  return arbitraryOf(schema).map((value) =>
    typeof value === 'string' ? value : JSON.stringify(value),
  );
}

function pathOf(
  template: string,
  segments: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string | undefined>>,
): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(segments[name] ?? ''));
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encode(value ?? '')}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** What fetch lets through: a real client could send no other either. */
function sendable(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && /^[\t -~]*$/.test(pair[1]),
  );
  return Object.fromEntries(entries);
}
