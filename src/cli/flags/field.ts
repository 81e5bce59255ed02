// The flags of a command are the fields of what it sends: their names, types, choices and descriptions
// come from its schema. Only what reads better by hand has another name or form.

import * as z from 'zod';

export type Kind = 'text' | 'number' | 'flag' | 'list' | 'duration' | 'rate' | 'secret';

export type Field = {
  /** Where it is in the body. */
  readonly path: readonly string[];
  readonly flag: string;
  readonly kind: Kind;
  readonly description: string | undefined;
  readonly choices: readonly string[] | undefined;
  readonly default: unknown;
  readonly isNullable: boolean;
};

type Property = {
  readonly $ref?: string;
  /** With `null` in a list, where nothing else is said of it. */
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly items?: Property;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly anyOf?: readonly Property[];
};

type Document = Property & { readonly $defs?: Readonly<Record<string, Property>> };

/** Fields whose flags have another name or take another form than their schemas say. */
const SUGAR: Readonly<Record<string, { readonly flag: string; readonly kind: Kind }>> = {
  ttlSeconds: { flag: 'ttl', kind: 'duration' },
  maxTtlSeconds: { flag: 'max-ttl', kind: 'duration' },
  keyPrefix: { flag: 'prefix', kind: 'text' },
  password: { flag: 'password', kind: 'secret' },
};

const KINDS: Readonly<Record<string, Kind>> = {
  string: 'text',
  integer: 'number',
  boolean: 'flag',
  array: 'list',
};

/** A schema with this id is written as `60/60s`. */
const RATE = '#/$defs/RateLimit';

export function fieldsOf(schema: z.ZodType, omitted: readonly string[] = []): Field[] {
  const document = z.toJSONSchema(schema, { io: 'input' }) as Document;
  const { properties = {} } = resolve(document, document);
  return Object.entries(properties)
    .filter(([name]) => !omitted.includes(name))
    .flatMap(([name, property]) => fieldsAt(document, [name], property));
}

/** An object is as many flags as it has fields. */
function fieldsAt(document: Document, path: readonly string[], property: Property): Field[] {
  const value = property.anyOf?.find(({ type }) => type !== 'null') ?? property;
  const { properties, type = [], enum: choices, const: only, items } = resolve(document, value);
  if (properties && value.$ref !== RATE) {
    return Object.entries(properties).flatMap(([name, inner]) =>
      fieldsAt(document, [...path, name], inner),
    );
  }
  const [name = ''] = path.slice(-1);
  const sugar = path.length === 1 ? SUGAR[name] : undefined;
  const types = [type].flat();
  const byType = KINDS[types.find((one) => one !== 'null') ?? ''];
  const kind = sugar?.kind ?? (value.$ref === RATE ? 'rate' : byType);
  if (!kind) throw new Error(`${path.join('.')} is of a type that no flag has`);
  const description = property.description ?? value.description;
  return [
    {
      path,
      flag: sugar?.flag ?? path.map(kebab).join('-'),
      kind,
      description: description && inFlags(description),
      choices: choices ?? items?.enum ?? (only === undefined ? undefined : [String(only)]),
      default: property.default,
      isNullable: value !== property || types.includes('null'),
    },
  ];
}

function resolve(document: Document, property: Property): Property {
  const name = property.$ref?.replace('#/$defs/', '');
  return (name !== undefined && document.$defs?.[name]) || property;
}

/** The flag of the field that a JSON Pointer leads to, as it is written. */
export function flagAt(pointer: string): string {
  const path = pointer.split('/').filter((segment) => segment !== '' && !/^\d+$/.test(segment));
  const [first = '', ...rest] = path;
  if (first === 'key') return 'the key';
  const flag = SUGAR[first]?.flag ?? kebab(first);
  // Of a rate, the flag has both parts.
  const inner = rest.filter((name) => name !== 'limit' && name !== 'windowSeconds').map(kebab);
  return `--${[flag, ...inner].join('-')}`;
}

/** What schemas say to those who write JSON, for those who write flags. */
export function inFlags(text: string): string {
  return text.replace(/\b[a-z]+(?:[A-Z][a-z]+)+\b/g, (name) => flagAt(`/${name}`));
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
