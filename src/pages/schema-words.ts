// JSON Schemas in words.

import type { JsonSchema, OpenApi } from '../schemas/openapi.ts';

export type Field = {
  readonly name: string;
  readonly field: JsonSchema;
  readonly isRequired: boolean;
};

/** The name of the object that a schema refers to. */
export function refName({ $ref }: JsonSchema): string | undefined {
  return $ref?.split('/').at(-1);
}

/** The fields of an object, whether it stands there or is referred to. */
export function fieldsOf(schema: JsonSchema, api: OpenApi): Field[] {
  const name = refName(schema);
  const { properties = {}, required = [] } = name ? (api.components.schemas[name] ?? {}) : schema;
  return Object.entries(properties).map(([field, own]) => ({
    name: field,
    field: own,
    isRequired: required.includes(field),
  }));
}

export function typeOf(schema: JsonSchema): string {
  const { type, items, anyOf, format } = schema;
  const name = refName(schema);
  if (name) return name;
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(' or ');
  if (items) return `list of ${typeOf(items)}`;
  if (format === 'date-time') return 'instant';
  return [type ?? 'anything'].flat().join(' or ');
}

/** What a value may be, beyond its type. */
export function allowedOf(schema: JsonSchema): string {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems } = schema;
  const parts = [
    schema.enum && `One of ${schema.enum.join(', ')}.`,
    rangeOf(minimum, maximum, ''),
    rangeOf(minLength, maxLength, ' characters'),
    rangeOf(minItems, maxItems, ' items'),
    schema.default !== undefined && `Default: ${JSON.stringify(schema.default)}.`,
  ];
  return parts.filter(Boolean).join(' ');
}

function rangeOf(least: number | undefined, most: number | undefined, unit: string): string {
  // The largest whole number that JSON carries is no bound that anybody set.
  const top = most === Number.MAX_SAFE_INTEGER ? undefined : most;
  if (top === undefined) return least ? `At least ${grouped(least)}${unit}.` : '';
  return `${least ? `${grouped(least)} to` : 'Up to'} ${grouped(top)}${unit}.`;
}

function grouped(number: number): string {
  return number.toLocaleString('en');
}
