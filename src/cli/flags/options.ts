// Fields as yargs knows options.

import type { Options } from 'yargs';
import type { Field, Kind } from './field.ts';

const TYPES = {
  text: { type: 'string', requiresArg: true },
  number: { type: 'number', requiresArg: true },
  flag: { type: 'boolean' },
  list: { type: 'string', array: true, requiresArg: true },
  duration: { type: 'string', requiresArg: true },
  rate: { type: 'string', requiresArg: true },
  secret: { type: 'string' },
} satisfies Record<Kind, Options>;

const HINTS: Partial<Record<Kind, string>> = {
  list: 'May be repeated.',
  duration: 'For example 90s, 10m, 2h, 7d.',
  rate: 'For example 60/60s.',
  secret: 'Without a value it is asked for, or read from standard input.',
};

export function optionsOf(fields: readonly Field[]): Record<string, Options> {
  return Object.fromEntries(fields.map((field) => [field.flag, optionOf(field)]));
}

/** A change may also take away what a mint has set: each such flag has a twin with `no-`. */
export function patchOptionsOf(fields: readonly Field[]): Record<string, Options> {
  const twins = fields.filter(isRemovable).map(({ flag }) => [`no-${flag}`, NO]);
  return { ...optionsOf(fields), ...Object.fromEntries(twins) };
}

const NO: Options = { type: 'boolean', hidden: true };

function isRemovable({ isNullable, kind }: Field): boolean {
  return isNullable || kind === 'flag' || kind === 'list';
}

function optionOf(field: Field): Options {
  const { kind, choices, description = '' } = field;
  const alias = kind === 'list' ? singular(field.flag) : undefined;
  const fallback = defaultOf(field);
  return {
    ...TYPES[kind],
    description: [description, HINTS[kind]].filter(Boolean).join(' '),
    ...(choices && { choices: [...choices] }),
    ...(alias && { alias }),
    ...(fallback && { defaultDescription: fallback }),
  };
}

/** `--tag a --tag b` reads better than `--tags a --tags b`. */
function singular(flag: string): string {
  return flag.replace(/ies$/, 'y').replace(/(?:(x)e)?s$/, '$1');
}

/** What the gateway takes in its place: it isn't sent. */
function defaultOf({ default: value, kind }: Field): string | undefined {
  if (value === undefined || kind === 'flag') return undefined;
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  return text === '' ? undefined : text;
}
