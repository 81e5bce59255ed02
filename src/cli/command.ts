// What a command is: its words, its flags, and what it does. Yargs is spoken to in program.ts alone.

import type { Options, PositionalOptions } from 'yargs';
import type { Exit } from './exit-codes.ts';
import type { Args } from './flags/body.ts';
import type { Session } from './session.ts';

export type Command = {
  /** The name and the positional arguments, as yargs writes them. */
  readonly command: string;
  readonly aliases?: readonly string[];
  readonly description: string;
  readonly positionals?: Readonly<Record<string, PositionalOptions>>;
  readonly options?: Readonly<Record<string, Options>>;
  readonly examples?: readonly (readonly [line: string, does: string])[];
  run(session: Session, args: Args): Promise<Exit | undefined>;
};

/** Commands about one thing: `hallpass keys create`. */
export type CommandGroup = {
  readonly command: string;
  readonly description: string;
  readonly commands: readonly Command[];
};

/** A positional argument or an option that yargs has made sure of. */
export function textOf(args: Args, name: string): string {
  return String(args[name]);
}

export function optionalText(args: Args, name: string): string | undefined {
  return args[name] === undefined ? undefined : String(args[name]);
}

export const APP_OPTION: Options = {
  type: 'string',
  requiresArg: true,
  description: 'Of operators: the id of the app.',
};

export const YES_OPTION: Options = {
  type: 'boolean',
  description: 'Don’t ask. Needed where nobody can be asked.',
};
