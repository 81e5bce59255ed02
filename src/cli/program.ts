// The command line as yargs knows it, made of the commands.

import yargs, { type Argv } from 'yargs';
import packageJson from '../../package.json' with { type: 'json' };
import { usageError } from './cli-error.ts';
import type { Command, CommandGroup } from './command.ts';
import { apps } from './commands/apps.ts';
import { download } from './commands/download.ts';
import { events } from './commands/events.ts';
import { exportCommand } from './commands/export.ts';
import { extend } from './commands/extend.ts';
import { fsck } from './commands/fsck.ts';
import { importCommand } from './commands/import.ts';
import { inspect } from './commands/inspect.ts';
import { keys } from './commands/keys.ts';
import { login, logout } from './commands/login.ts';
import { ls } from './commands/ls.ts';
import { mint } from './commands/mint.ts';
import { revoke } from './commands/revoke.ts';
import { stores } from './commands/stores.ts';
import { webhooks } from './commands/webhooks.ts';
import type { Exit } from './exit-codes.ts';
import { EPILOGUE } from './help.ts';
import { columnsOf, type Session } from './session.ts';

const COMMANDS: readonly (Command | CommandGroup)[] = [
  login,
  logout,
  mint,
  ls,
  inspect,
  revoke,
  extend,
  download,
  keys,
  apps,
  events,
  webhooks,
  stores,
  fsck,
  exportCommand,
  importCommand,
];

/** Lines longer than that are hard to read. */
const WIDEST_HELP = 100;

/** Runs one command line. Throws what is wrong with it, and what its command throws. */
export async function runProgram(session: Session, args: readonly string[]): Promise<Exit> {
  let exit: Exit = 'done';
  const run = async (command: Command, given: Record<string, unknown>) => {
    const result = await command.run({ ...session, isJson: given.json === true }, given);
    if (result) exit = result;
  };
  const program = yargs([...args])
    .scriptName('hallpass')
    .usage('$0 <command>: short-lived links to private S3 objects, which you can take back')
    .detectLocale(false)
    .updateStrings(WORDS)
    .parserConfiguration({
      'boolean-negation': false,
      'greedy-arrays': false,
      'parse-positional-numbers': false,
      'camel-case-expansion': false,
      'dot-notation': false,
    })
    .option('json', { type: 'boolean', description: 'Print JSON, and problems as JSON too' })
    .help()
    .alias('h', 'help')
    .version(packageJson.version)
    .completion('completion', 'Print a script for the completions of bash or zsh')
    .epilogue(EPILOGUE)
    .wrap(Math.min(WIDEST_HELP, columnsOf(session.stdout)))
    .strict()
    .recommendCommands()
    .demandCommand(1, 'Say what to do.')
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      throw error ?? usageError(wrongUsage(message));
    });
  for (const command of COMMANDS) addTo(program, command, run);
  await program.parseAsync();
  return exit;
}

/** As many as it is told of: what has no place in the sentence would be added at its end. */
const MISSING_WORDS = 'An argument is missing: %s given, %s needed.';
const MISSING = { one: MISSING_WORDS, other: MISSING_WORDS };
const WORDS = {
  'Not enough non-option arguments: got %s, need at least %s': MISSING,
} as unknown as Record<string, string>;

type Run = (command: Command, args: Record<string, unknown>) => Promise<void>;

function addTo(program: Argv, entry: Command | CommandGroup, run: Run): void {
  if ('commands' in entry) {
    program.command(entry.command, entry.description, (group) => {
      for (const command of entry.commands) addTo(group, command, run);
      return group.demandCommand(1, `Say what to do: ${entry.description}.`);
    });
    return;
  }
  const { command, aliases = [], description, positionals = {}, options = {} } = entry;
  program.command(
    [command, ...aliases],
    description,
    (it) => {
      for (const [name, positional] of Object.entries(positionals)) it.positional(name, positional);
      for (const example of entry.examples ?? []) it.example(...example);
      return it.options(options);
    },
    (args) => run(entry, args),
  );
}

/** Yargs puts each part on a line of its own. */
function wrongUsage(message: string): string {
  const sentence = message
    .trim()
    .replace(/\s*\n\s*/g, ' ')

    .replace(/[^.?!]$/, '$&.');
  return `${sentence} \`hallpass --help\`, or --help after a command, shows what there is.`;
}
